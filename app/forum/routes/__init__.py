"""HTTP of the forum: parse, one verb, answer."""

from fastapi import APIRouter

from . import (
    erasing,
    feeds,
    genuine,
    handing,
    keeping,
    kinds,
    live,
    managing,
    reading,
    records,
    shielding,
    thread_names,
    writing,
)

router = APIRouter()
router.include_router(reading.router)
router.include_router(genuine.router)
router.include_router(writing.router)
router.include_router(kinds.router)
router.include_router(managing.router)
router.include_router(erasing.router)
router.include_router(keeping.router)
router.include_router(shielding.router)
router.include_router(handing.router)
router.include_router(feeds.router)
router.include_router(live.router)
router.include_router(thread_names.router)

record_router = APIRouter()
record_router.include_router(records.router)
record_router.include_router(thread_names.record_router)

__all__ = ["record_router", "router"]
