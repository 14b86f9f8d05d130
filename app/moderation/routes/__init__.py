"""HTTP of moderation: parse, one verb, answer."""

from fastapi import APIRouter

from . import (
    appeals,
    author,
    cases,
    desk,
    feed,
    grouped,
    legal,
    log,
    reporting,
    seconding,
    undoing,
)

router = APIRouter()
for _part in (
    reporting.router, legal.router, author.router, log.language_router, feed.language_router,
    desk.router, cases.router, grouped.router, seconding.router, undoing.router, appeals.router,
):  # fmt: skip
    router.include_router(_part)

__all__ = ["router"]
