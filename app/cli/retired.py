"""Serving what is left of an instance that was wound down."""

from pathlib import Path
from typing import Any

from .output import remark


def is_retired(data: Path) -> bool:
    """Return whether the instance in a folder has wound itself down and has no keys any more."""
    from app.federation.retired import NOTICE

    return (data / NOTICE).exists() and not (data / "keys").exists()


def serve_retired(data: Path, origin: str, listen: str, place: dict[str, Any]) -> None:
    """Serve its published files and its page until told to stop."""
    import uvicorn

    from app.federation.retired import create_retired_app
    from app.web.server import open_socket

    app = create_retired_app(data / "public", origin)
    config = uvicorn.Config(
        app,
        http="h11",
        proxy_headers=False,
        access_log=False,
        server_header=False,
        log_config=None,
        lifespan="off",
        **place,
    )
    remark(f"This instance is retired: {origin}/ says where its boards are.")
    taken = None if place else [open_socket(Path(listen.removeprefix("unix:")))]
    uvicorn.Server(config).run(taken)
