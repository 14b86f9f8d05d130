"""HTTP of hearings: parse, one verb, answer."""

from fastapi import APIRouter

from . import commitments, filing, judging, tracker

router = APIRouter()
for _part in (tracker, filing, commitments, judging):
    router.include_router(_part.router)

__all__ = ["router"]
