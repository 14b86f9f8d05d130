"""The one tree of errors."""

import re
from collections.abc import Iterator

import app.main
import app.wiring
import app.worker  # noqa: F401 (every room must be imported before its errors can be listed)
import pytest
from app.kernel.errors import AppError
from app.web.error_pages import sentences_of, status_of


def every_error(parent: type[AppError] = AppError) -> Iterator[type[AppError]]:
    """Yield every error of every room."""
    yield parent
    for child in parent.__subclasses__():
        yield from every_error(child)


@pytest.mark.parametrize("error", list(every_error()), ids=lambda error: error.__name__)
def test_every_error_has_a_stable_code_and_sentences(error: type[AppError]) -> None:
    # Some write their sentence themselves, from facts that a test of all cannot have.
    status = status_of(error.__new__(error))

    assert error.__name__.endswith("Error")
    assert error.__doc__
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.code)
    assert 400 <= status <= 503
    assert all(sentences_of(error.code, status))
