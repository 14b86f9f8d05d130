"""The web server: uvicorn, with one loop for every socket that a process listens on.

Alone, it would wait for open event streams for as long as they last.
"""

import asyncio
import errno
import gc
import math
import resource
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from .listener import Entry, Kind, Listener
from .places import REQUESTS_AT_MOST
from .streams import WAITING_AT_MOST, Streams

CONNECTIONS_AT_MOST: Final = REQUESTS_AT_MOST + WAITING_AT_MOST
"""Of each listener: a crowd on one takes no place from the others."""
DESCRIPTORS: Final = 16_384
"""All listeners full, with their fronts' connections, the database's and files."""
_BACKLOG: Final = 2_048
_NEW_OBJECTS: Final = 50_000
_QUIET_S: Final = 60.0


class Complaints:
    """What the loop complains of, but a lack of descriptors once a minute.

    Asyncio complains of it for every place of a socket's queue, each second anew: thousands of
    lines, and seconds without an answer, for whoever opens all connections that a process may have.
    """

    def __init__(self) -> None:
        self._told_at = -math.inf

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell of something that nobody caught, unless it was told just now."""
        if getattr(context.get("exception"), "errno", None) in {errno.EMFILE, errno.ENFILE}:
            if loop.time() - self._told_at < _QUIET_S:
                return
            self._told_at = loop.time()
        loop.default_exception_handler(context)


class Beside(uvicorn.Server):
    """A server of another socket, which runs and ends with the main one."""

    def __init__(self, config: uvicorn.Config, taken: socket.socket) -> None:
        super().__init__(config)
        self.taken = taken

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them to the main server."""
        yield


class Server(uvicorn.Server):
    """A server that ends its event streams before it waits for what it still has to answer."""

    def __init__(
        self, config: uvicorn.Config, streams: Streams, beside: Sequence[Beside] = ()
    ) -> None:
        super().__init__(config)
        self._streams = streams
        self._beside = beside
        self._running: list[asyncio.Task[None]] = []

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to end, looking for cycles of garbage seldom: requests leave hardly any.

        By its own measure Python looks through all that stays after each few hundred new objects,
        which is a tenth of the work of taking in a post.
        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS, 20, 100)
        allow_descriptors()
        super().run(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, on all sockets."""
        asyncio.get_running_loop().set_exception_handler(Complaints())
        await super().startup(sockets)
        for server in self._beside:
            self._running.append(asyncio.create_task(server.serve([server.taken])))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking requests and finish those that were taken."""
        self._streams.close()
        for server in self._beside:
            server.should_exit = True
        await super().shutdown(sockets)
        await asyncio.gather(*self._running)


def allow_descriptors(most: int = DESCRIPTORS) -> None:
    """Let this process open so many files and sockets, or as many as the system lets it.

    Systems allow 1,024 unless a program asks for more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def open_beside(
    app: ASGIApp, listener: Listener, path: Path, http: type[asyncio.Protocol]
) -> Beside:
    """Return a server of a unix socket, for `Server` to run beside its own.

    `http` reads requests: one of those in `circuits`.

    Raises:
        OSError: the socket cannot be made there.

    """
    config = make_config(Entry(app, listener), http=http, lifespan="off")
    # Not with the time of our clock: how far it is off tells one host from another.
    config.date_header = listener.kind is Kind.WEB
    return Beside(config, open_socket(path))


def make_config(app: ASGIApp, **options: Any) -> uvicorn.Config:  # noqa: ANN401 (uvicorn's own)
    """Return how we serve on any socket: nobody tells us who they are, and nothing is noted."""
    return uvicorn.Config(
        app,
        proxy_headers=False,
        access_log=False,
        server_header=False,
        log_config=None,
        limit_concurrency=CONNECTIONS_AT_MOST,
        timeout_keep_alive=15,
        **options,
    )


def open_socket(path: Path) -> socket.socket:
    """Return a listening unix socket, in the place of one that a dead process left.

    Its folder says who may reach it; the socket itself lets its group in (tor, or a front).

    Raises:
        OSError: it cannot be made there.

    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.bind(str(path))
    path.chmod(0o660)
    made.listen(_BACKLOG)
    return made
