"""HTTP of consultations: parse, one verb, answer."""

from fastapi import APIRouter

from . import panel, sides

router = APIRouter()
for _part in (sides.router, panel.router):
    router.include_router(_part)

__all__ = ["router"]
