"""HTTP of consultations, ratings and readers' context: parse, one verb, answer."""

from fastapi import APIRouter

from . import ballots, context, listing, managing, saying, voting

router = APIRouter()
for _part in (
    voting.router, saying.router, managing.router, listing.router, ballots.router,
    context.router,
):  # fmt: skip
    router.include_router(_part)

record_router = APIRouter()
record_router.include_router(ballots.record_router)

vote_router = voting.vote_router

__all__ = ["record_router", "router", "vote_router"]
