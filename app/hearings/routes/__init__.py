"""HTTP of hearings: parse, one verb, answer."""

from fastapi import APIRouter

from . import answering, asking, binding, deciding, heard, live, offering, reading, staff

router = APIRouter()
for _part in (reading, heard, live, asking, answering, deciding, offering, binding, staff):
    router.include_router(_part.router)

__all__ = ["router"]
