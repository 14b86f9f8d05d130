"""HTTP of hearings: parse, one verb, answer."""

from fastapi import APIRouter

from . import answering, commitments, filing, heard, judging, ledger, live, staff, tracker

router = APIRouter()
for _part in (answering, heard, live, staff, tracker, filing, commitments, judging, ledger):
    router.include_router(_part.router)

record_router = ledger.record_router

__all__ = ["record_router", "router"]
