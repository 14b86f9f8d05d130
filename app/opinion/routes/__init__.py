"""HTTP of consultations, ratings and readers' context: parse, one verb, answer."""

from fastapi import APIRouter

from . import (
    awaiting,
    ballots,
    context,
    ground,
    listing,
    managing,
    panel,
    rating,
    results,
    rounds,
    saying,
    sides,
    translations,
    voting,
)

router = APIRouter()
for _part in (
    voting, saying, managing, listing, ballots, sides, rounds, panel, results, awaiting, context,
    rating, translations,
):  # fmt: skip
    router.include_router(_part.router)

record_router = APIRouter()
record_router.include_router(ballots.record_router)
record_router.include_router(ground.router)

vote_router = voting.vote_router

__all__ = ["record_router", "router", "vote_router"]
