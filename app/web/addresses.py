"""Another instance or a mirror by its address, as a source of published files."""

import json
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Self

from app.kernel.errors import AppError, MalformedError, TooLargeError, UnavailableError
from app.onion import WayOut

from . import outbound
from .together import FILES_PATH, FILES_TYPE, FOLDERS, MOST_FILES, encode_paths, parse_files

if TYPE_CHECKING:
    import httpx

TIMEOUT_S: Final = 30.0
_ACTIVITY: Final = "application/activity+json"
_AT_ONCE: Final = 8
_OK: Final = 200
_CREATED: Final = 201
_NOT_FOUND: Final = 404
_GONE: Final = 410
_BUSY: Final = {408, 425, 429}
_TROUBLE: Final = 500
_AWAY: Final = 503
_NOT_THERE: Final = {_NOT_FOUND, _GONE}
_ELSEWHERE: Final = range(300, 400)
_MOST_WORDS: Final = 300
"""Of each half of what an instance says about why."""
_JOINER: Final = "\u200c"
"""Does not show, and belongs to Persian words."""
_PAGE: Final = "text/html"
# A plain web server does not know ours: it names none, or says that these are bytes.
_MEDIA_TYPES: Final = {
    "", "application/activity+json", "application/json", "application/octet-stream", "text/csv",
    "text/plain",
}  # fmt: skip


class NetworkError(UnavailableError):
    """The instance could not be reached."""

    code = "unavailable"


class RefusedError(AppError):
    """The instance answered, and refused."""

    code = "refused"

    def __init__(self, message: str, *, problem: str = "") -> None:
        """Say why in the instance's words; `problem` is the code of its problem+json, if any."""
        super().__init__(message)
        self.problem = problem


class Address:
    """An instance or a mirror by its address, as a source of published files.

    What comes back is bounded in bytes and time and of a type that such a file can have: a page
    that somebody put in between is not taken for a missing file. Nothing is followed elsewhere.
    """

    def __init__(self, address: str, way: WayOut | None = None) -> None:
        self._base = address.rstrip("/")
        self._way = way
        self._client = outbound.open_client(TIMEOUT_S, way)
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._is_plain = False
        """Whether files are known to come one by one: a mirror is a folder, and no program."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._client.close()

    def read(self, path: str, most: int) -> bytes | None:
        """Return what a path holds; None if nothing is there, or no longer.

        Raises:
            NetworkError: not reachable.
            RefusedError: another answer, one of another type, one that is too long or never ends.

        """
        url = f"{self._base}/{path}"
        answer = self._receive("GET", url, most=most, unread=_NOT_THERE)
        if answer.status in _NOT_THERE:
            return None
        if answer.status != _OK:
            raise RefusedError(f"{path}: refused with {answer.status}: {_meaning(answer.status)}")
        if answer.media_type not in _MEDIA_TYPES:
            raise RefusedError(f"{path}: an answer of another type than such a file has")
        return answer.body

    def is_gone(self, path: str) -> bool:
        """Whether the instance says that something was there and was erased.

        Raises:
            NetworkError: not reachable.

        """
        url = f"{self._base}/{path}"
        return self._receive("GET", url, unread=_NOT_THERE).status == _GONE

    def post(self, path: str, body: bytes) -> bytes:
        """Hand bytes in, and return the answer.

        Raises:
            NetworkError: not reachable, or in trouble of its own.
            RefusedError: it refused them, in its words.

        """
        answer = self._receive("POST", f"{self._base}/{path}", body)
        if answer.status in {_OK, _CREATED}:
            return answer.body
        if answer.status in _BUSY or answer.status >= _TROUBLE:
            raise NetworkError(f"answered {answer.status}: {_meaning(answer.status)}")
        raise RefusedError(_reason(answer.body, answer.status), problem=_find_problem(answer.body))

    def read_many(self, paths: Sequence[str], most: int) -> Iterator[bytes | None]:
        """Return what several paths hold: in few answers, or several at a time.

        Raises:
            NetworkError, RefusedError: see `read`.

        """
        left = list(paths)
        while len(left) > 1 and not self._is_plain and all(p.startswith(FOLDERS) for p in left):
            found = self._read_together(left[:MOST_FILES], most)
            yield from found
            left = left[len(found) :]
        yield from self._pool.map(lambda path: self.read(path, most), left)

    def _read_together(self, paths: Sequence[str], most: int) -> list[bytes | None]:
        """Return what the first of some paths hold; none of them where files come one by one."""
        answer = self._receive("POST", f"{self._base}/{FILES_PATH}", encode_paths(paths))
        is_front = answer.media_type == _PAGE
        if answer.status in _BUSY or (answer.status == _AWAY and not is_front):
            raise NetworkError(f"answered {answer.status}: {_meaning(answer.status)}")
        if answer.status != _OK or answer.media_type != FILES_TYPE:
            # A front hands out files though its instance is away; what else is wrong each tells.
            self._is_plain = True
            return []
        try:
            return parse_files(answer.body, paths, most)
        except MalformedError as error:
            raise RefusedError(str(error)) from error

    def _receive(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        *,
        most: int = outbound.MAX_ANSWER_BYTES,
        unread: Collection[int] = (),
    ) -> outbound.Received:
        return _receive(
            method, url, body, client=self._client, way=self._way, most=most, unread=unread
        )


def ask(method: str, url: str, body: bytes | None = None, *, way: WayOut | None = None) -> bytes:
    """Ask an address, and return the answer.

    Raises:
        NetworkError: not reachable.
        RefusedError: another answer than 200 or 201, or too long a one.

    """
    answer = _receive(method, url, body, way=way)
    if answer.status not in {_OK, _CREATED}:
        reason = _reason(answer.body, answer.status)
        raise RefusedError(f"the instance refused: {answer.status} {reason}")
    return answer.body


def ask_own(url: str) -> bytes:
    """Ask this host's own address, as readers do.

    Raises:
        NetworkError, RefusedError: as for `ask`.

    """
    try:
        client = outbound.open_own_client(TIMEOUT_S, url)
    except UnavailableError as error:
        raise NetworkError(str(error)) from error
    with client:
        answer = _receive("GET", url, client=client)
    if answer.status != _OK:
        raise RefusedError(f"it answers {answer.status} {_reason(answer.body, answer.status)}")
    return answer.body


def _receive(
    method: str,
    url: str,
    body: bytes | None = None,
    *,
    client: "httpx.Client | None" = None,  # noqa: TID251 (its own opened it)
    most: int = outbound.MAX_ANSWER_BYTES,
    unread: Collection[int] = (),
    way: WayOut | None = None,
) -> outbound.Received:
    try:
        return outbound.exchange(
            method, url, body, media_type=_ACTIVITY, within_s=outbound.most_s(way),
            client=client, most=most, unread=unread, way=way,
        )  # fmt: skip
    except (TooLargeError, MalformedError) as error:
        raise RefusedError(str(error)) from error
    except UnavailableError as error:
        raise NetworkError(str(error)) from error


def _meaning(status: int) -> str:
    if status in _ELSEWHERE:
        return "it points elsewhere, and nothing is followed; give the address that it means"
    return "ask again later, or another source"


def _find_problem(body: bytes) -> str:
    """Return the code of an answer in problem+json, or nothing."""
    return _told(_read_problem(body).get("code"))


def _reason(body: bytes, status: int) -> str:
    """Return the instance's own words, if it answered with problem+json."""
    problem = _read_problem(body)
    if "title" in problem and "detail" in problem:
        return f"{_told(problem['title'])}. {_told(problem['detail'])}"
    return "There is nothing at this address." if status == _NOT_FOUND else ""


def _read_problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    # Deeper than Python reads is no answer either: whoever is asked would stop us all by it.
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(words: object) -> str:
    """Return a stranger's words as one line, for a terminal and a log too."""
    text = str(words)[:_MOST_WORDS] if isinstance(words, str) else ""
    return "".join(c if c.isprintable() or c == _JOINER else " " for c in text)
