"""HTTP of hearings: parse, one verb, answer."""

from fastapi import APIRouter

from . import (
    answering,
    asking,
    binding,
    commitments,
    deciding,
    filing,
    heard,
    judging,
    ledger,
    live,
    offering,
    reading,
    staff,
    tracker,
)

router = APIRouter()
for _part in (
    reading, heard, live, asking, answering, deciding, offering, binding, staff, tracker, filing,
    commitments, judging, ledger,
):  # fmt: skip
    router.include_router(_part.router)

record_router = ledger.record_router

__all__ = ["record_router", "router"]
