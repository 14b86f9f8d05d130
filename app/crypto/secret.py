"""What every secret has in common: nobody sees it, sends it off or compares it by accident."""


class Secret:
    """A private key or a seed. Redacted as text; it does not pickle and does not compare."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # Python's way to say that it has none

    def __repr__(self) -> str:
        """Name its kind alone."""
        return f"{type(self).__name__}(…)"

    def __reduce__(self) -> str:
        """Refuse to pickle: a secret goes nowhere by accident."""
        raise TypeError("a secret does not pickle")

    def __eq__(self, other: object) -> bool:
        """Refuse to compare secrets."""
        raise TypeError("a secret does not compare")
