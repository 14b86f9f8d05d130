"""HTTP of consultations: parse, one verb, answer."""

from fastapi import APIRouter

from . import results

router = APIRouter()
router.include_router(results.router)

__all__ = ["router"]
