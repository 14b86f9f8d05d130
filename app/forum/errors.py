"""What the forum refuses."""

from app.kernel.errors import ConflictError, ForbiddenError, LimitError, NotFoundError


class UnknownBoardError(ConflictError):
    """The record is for a board whose home is elsewhere."""

    code = "unknown-board"


class UnknownTagError(ConflictError):
    """A thread's tag is none of its board's."""

    code = "unknown-tag"


class UnknownPostError(ConflictError):
    """The post that a record answers or changes is not here."""

    code = "unknown-post"


class StaleRevisionError(ConflictError):
    """The post has a newer version, or was erased."""

    code = "stale-revision"


class HiddenPostError(ConflictError):
    """A desk hid the post: its author can erase it or appeal, and not revise it."""

    code = "hidden-post"


class ThreadClosedError(ForbiddenError):
    """On this board only stewards open threads."""

    code = "thread-closed"


class ThreadLockedError(ForbiddenError):
    """Stewards locked or archived the thread."""

    code = "thread-locked"


class FilteredError(ForbiddenError):
    """The board does not take a text that holds `word`, one of its filters."""

    code = "filtered"

    def __init__(self, message: str, *, word: str) -> None:
        super().__init__(message)
        self.word = word


class TooSoonError(LimitError):
    """The thread or its board is slowed, and the name has posted there just now."""

    code = "too-soon"


class SamePlaceError(ConflictError):
    """The thread stands on this board already."""

    code = "same-place"


class BoardArchivedError(ForbiddenError):
    """The board takes no more posts."""

    code = "board-archived"


class StaleSettingsError(ConflictError):
    """Somebody else changed the settings since they were read."""

    code = "stale-settings"


class BoardTakenError(ConflictError):
    """A board with this short name is here already."""

    code = "board-taken"


class TooManyDraftsError(ConflictError):
    """A persona keeps as many drafts as one may keep."""

    code = "too-many-drafts"


class TooManySavedError(ConflictError):
    """A persona saved as many threads as one may save."""

    code = "too-many-saved"


class ShieldedError(ForbiddenError):
    """The author of the post answered lets only those answer whom they answered before."""

    code = "shielded"


class TooManyMutedError(ConflictError):
    """A persona muted as many as one may mute."""

    code = "too-many-muted"


class NoSuchThreadError(NotFoundError):
    """No such thread, or its tick has not come."""
