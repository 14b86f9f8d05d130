"""The web server: uvicorn, which would wait for open event streams for as long as they last."""

from socket import socket

import uvicorn

from .streams import Streams


class Server(uvicorn.Server):
    """A server that ends its event streams before it waits for what it still has to answer."""

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop taking requests and finish those that were taken."""
        self._streams.close()
        await super().shutdown(sockets)
