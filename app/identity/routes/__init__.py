"""HTTP of joining, logging in and out, recovery and invitations."""

from fastapi import APIRouter

from . import inviting, joining, login, recovery
from .common import end_session

router = APIRouter()
for part in (joining, login, recovery, inviting):
    router.include_router(part.router)

__all__ = ["end_session", "router"]
