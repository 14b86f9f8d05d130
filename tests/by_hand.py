"""Requests as no client library sends them: handed to the application as a server would."""

import asyncio
from typing import Any

from fastapi import FastAPI
from starlette.types import Message


def answer_to(app: FastAPI, path: str, raw_path: bytes, **said: Any) -> list[Message]:
    """Return what an application sends when it is asked for a path with a GET without a body.

    `said` is the rest of what the server knows of the request: `headers`, `query_string`, `server`.
    """
    sent: list[Message] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": raw_path, "query_string": b"", "client": None,
        "server": None, "root_path": "", **said,
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent
