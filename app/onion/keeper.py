"""Keeps a service published: connects, publishes, watches, and begins again when anything ends.

It lives in a thread of its own. Nobody waits for it but who stops it.
"""

import logging
from collections import deque
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from .errors import TorError
from .model import Service, State, Status
from .tor import Tor

if TYPE_CHECKING:
    from .control import Link

LOOK_EVERY_S: Final = 10.0
STALE_S: Final = 30.0
"""After this long without an answer, what tor said last counts no more."""
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
_STOP_S: Final = 15.0
_ENDING_AT_MOST: Final = 1000


class Keeper:
    """Keeps one service published by one tor."""

    def __init__(
        self, tor: Tor, service: Service, on_change: Callable[[Status], None] = lambda _status: None
    ) -> None:
        """`on_change` is called in the keeper's thread with every new state."""
        self._tor = tor
        self._service = service
        self._on_change = on_change
        self._status = Status(state=State.STARTING)
        self._looked_at = monotonic()
        self._end = Event()
        self._news = Event()
        self._link: Link | None = None
        self._ending: deque[int] = deque(maxlen=_ENDING_AT_MOST)
        """Circuits that are to be closed."""
        self._thread = Thread(target=self._run, name="onion", daemon=True)

    def end_circuit(self, circuit: int) -> None:
        """Let tor close the circuit with this number soon; returns at once, for any thread."""
        self._ending.append(circuit)
        self._news.set()

    @property
    def status(self) -> Status:
        """How the service is doing; a tor that hangs shows as one that is silent."""
        status = self._status
        is_told_by_tor = status.state in {State.STARTING, State.PUBLISHED}
        if is_told_by_tor and monotonic() - self._looked_at > STALE_S:
            return Status(state=State.SILENT)
        return status

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Take the service away, and end a tor of our own."""
        self._end.set()
        self._news.set()
        link = self._link
        if link is not None:
            # Frees the thread if it waits for a tor that hangs.
            link.close()
        self._tor.dismiss()
        self._thread.join(_STOP_S)

    def _run(self) -> None:
        wait = FIRST_WAIT_S
        while not self._end.is_set():
            state = self._keep_published()
            if self._status.state is State.PUBLISHED:
                wait = FIRST_WAIT_S
            if not self._end.is_set():
                self._tell(Status(state=state))
            self._end.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)
        self._tor.dismiss()

    def _keep_published(self) -> State:
        """Publish and watch until something ends; return what."""
        try:
            self._publish()
            while not self._end.is_set():
                self._look()
                self._news.wait(LOOK_EVERY_S)
                self._news.clear()
        except TorError as error:
            return error.state
        except ImportError:
            return State.STEM_MISSING
        except Exception as error:  # noqa: BLE001 (a door: the forum goes on, and so do we)
            # Its class alone: a message may hold what was said to tor.
            told = {"kind": type(error).__name__}
            logging.getLogger("goftogu.onion").warning("onion-failed", extra=told)
            return State.REFUSED
        finally:
            link, self._link = self._link, None
            if link is not None:
                link.close()
        return State.STARTING

    def _publish(self) -> None:
        # stem takes three megabytes, and a forum without an onion service does without it.
        from .control import Link  # noqa: PLC0415

        control = self._tor.summon(self._service)
        self._link = link = Link(control, self._news.set)
        if self._tor.is_ours:
            link.take_ownership()
        else:
            link.add(self._service)

    def _look(self) -> None:
        link = self._link
        if link is None or not link.is_open:
            raise TorError(State.TOR_ENDED if self._tor.is_ours else State.UNREACHABLE)
        while self._ending:
            link.end_circuit(self._ending.popleft())
        self._tell(link.look(self._service))

    def _tell(self, status: Status) -> None:
        is_new = status.state is not self._status.state
        self._status, self._looked_at = status, monotonic()
        if is_new:
            self._on_change(status)
