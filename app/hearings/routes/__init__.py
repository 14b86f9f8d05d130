"""HTTP of hearings: parse, one verb, answer."""

from fastapi import APIRouter

from . import answering, commitments, filing, heard, judging, live, staff, tracker

router = APIRouter()
for _part in (answering, heard, live, staff, tracker, filing, commitments, judging):
    router.include_router(_part.router)

__all__ = ["router"]
