"""HTTP of consultations: parse, one verb, answer."""

from fastapi import APIRouter

from . import report

router = APIRouter()
router.include_router(report.router)

__all__ = ["router"]
