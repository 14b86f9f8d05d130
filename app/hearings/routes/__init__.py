"""HTTP of hearings: parse, one verb, answer."""

from fastapi import APIRouter

from . import officials

router = APIRouter()
for _part in (officials,):
    router.include_router(_part.router)

__all__ = ["router"]
