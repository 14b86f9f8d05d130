"""HTTP of joining, logging in and out, and recovery."""

from fastapi import APIRouter

from . import joining, login, recovery
from .common import end_session

router = APIRouter()
for part in (joining, login, recovery):
    router.include_router(part.router)

__all__ = ["end_session", "router"]
