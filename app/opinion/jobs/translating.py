"""What the worker does with texts that wait for the machine: one at a time, in no page's time.

The machine speaks LibreTranslate's API on this host or in its own network (`outbound.OwnHost`), and
is given sentences: what it leaves as it was is then seen for each of them. Nothing says whose text
it is, or who asked.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from app.db import Database
from app.kernel.errors import MalformedError, TooLargeError, UnavailableError
from app.opinion import service
from app.opinion.service import Wanted
from app.web import outbound

EVERY_S: Final = 2.0
_WITHIN_S: Final = 120.0
_UP_S: Final = 10.0
_TOGETHER: Final = 20
_TRIES: Final = 3
_OK: Final = 200
_REFUSED: Final = 400


class Translator:
    """Translates what waits. One runs at a time."""

    def __init__(self, db: Database, address: str) -> None:
        self._db = db
        self._host = outbound.parse_own_host(address)
        self._failed = Counter[tuple[bytes, str]]()

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield the texts that wait, as long as the machine gets on with them."""
        last = None
        while True:
            with self._db.read() as work:
                wanted = service.find_wanted(work)
            if wanted is None or wanted == last:
                return
            last = wanted
            yield self.step

    def step(self) -> bool:
        """Translate one version; return whether there may be more.

        Raises:
            UnavailableError: the machine is away: what waits goes on waiting.

        """
        with self._db.read() as work:
            wanted = service.find_wanted(work)
        if wanted is None:
            return False
        answers = self._translate(wanted)
        with self._db.write() as work:
            service.keep_machine(work, wanted, answers)
        return True

    def _translate(self, wanted: Wanted) -> list[str]:
        """Return an answer for each sentence; none where the machine fails on this text alone."""
        key, answers = (wanted.version, wanted.target), list[str]()
        sentences = wanted.sentences
        for start in range(0, len(sentences), _TOGETHER):
            some = sentences[start : start + _TOGETHER]
            try:
                answers += self._ask(some, wanted)
            except UnavailableError:
                self._require_up()
                self._failed[key] += 1
                if self._failed[key] < _TRIES:
                    raise
                # Others go on: a text on which the machine falls over would hold all up.
                answers += [""] * len(some)
        del self._failed[key]
        return answers

    def _require_up(self) -> None:
        """Require that the machine answers at all: then the text is what it fails on."""
        if outbound.ask_own(self._host, "GET", "/languages", b"", _UP_S).status != _OK:
            raise UnavailableError("the machine that translates is not up")

    def _ask(self, sentences: list[str], wanted: Wanted) -> list[str]:
        asked = {
            "q": sentences,
            "source": wanted.source.partition("-")[0],
            "target": wanted.target.partition("-")[0],
            "format": "text",
        }
        nothing = [""] * len(sentences)
        body = json.dumps(asked).encode()
        try:
            received = outbound.ask_own(self._host, "POST", "/translate", body, _WITHIN_S)
        except (MalformedError, TooLargeError):
            return nothing
        if received.status == _REFUSED:
            # It knows one of the two languages not, or not this pair.
            return nothing
        if received.status != _OK:
            raise UnavailableError("the machine that translates has its own trouble")
        return _read_answers(received.body, len(sentences)) or nothing


def _read_answers(body: bytes, count: int) -> list[str]:
    """Return the sentences of an answer; none if it is not what was asked for."""
    found: Any = None
    with suppress(ValueError, RecursionError):
        found = json.loads(body)
    texts = found.get("translatedText") if isinstance(found, dict) else None
    if not isinstance(texts, list) or len(texts) != count:
        return []
    return texts if all(isinstance(text, str) for text in texts) else []
