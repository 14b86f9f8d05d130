"""HTTP of consultations, ratings and readers' context: parse, one verb, answer."""

from fastapi import APIRouter

from . import context

router = APIRouter()
for _part in (context.router,):
    router.include_router(_part)

__all__ = ["router"]
