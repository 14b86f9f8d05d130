"""HTTP of hearings: parse, one verb, answer."""

from fastapi import APIRouter

from . import asking, binding, deciding, offering, reading

router = APIRouter()
for _part in (reading, asking, deciding, offering, binding):
    router.include_router(_part.router)

__all__ = ["router"]
