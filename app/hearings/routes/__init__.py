"""HTTP of hearings: parse, one verb, answer."""

from fastapi import APIRouter

from . import answering, heard, live, staff

router = APIRouter()
for _part in (answering, heard, live, staff):
    router.include_router(_part.router)

__all__ = ["router"]
