"""HTTP of consultations and of ratings: parse, one verb, answer."""

from fastapi import APIRouter

from . import ground, rating, translations

router = APIRouter()
router.include_router(rating.router)
router.include_router(translations.router)

record_router = APIRouter()
record_router.include_router(ground.router)

__all__ = ["record_router", "router"]
