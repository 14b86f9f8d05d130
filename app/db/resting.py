"""Connections that rested are asked whether they still live before they are used.

A restart of the server closes all of them. Asking each time, as SQLAlchemy does by itself, is one
way there and back more for every page and every commit; one that answered a moment ago is used, and
if the server went away since, its user is told to come again.
"""

from time import monotonic
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

REST_S: Final = 1.0
_SINCE: Final = "rests_since"


def ping_after_rest(engine: Engine) -> None:
    """Ask connections of an engine that nobody used for a second or more before they are used."""

    def note(_driver: object, record: Any) -> None:  # noqa: ANN401 (the pool's own)
        record.info[_SINCE] = monotonic()

    def ping(driver: Any, record: Any, _taken: object) -> None:  # noqa: ANN401 (as above)
        since = record.info.get(_SINCE)
        if since is None or monotonic() < since + REST_S:
            return
        try:
            is_there = engine.dialect.do_ping(driver)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
        if not is_there:
            raise InvalidatePoolError

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ping)
