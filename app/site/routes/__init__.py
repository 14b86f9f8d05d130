"""HTTP of the pages that belong to no single room."""

from fastapi import APIRouter

from . import conventions, erasing, general, reach, search, sponsors, state

router = general.router
router.include_router(conventions.router)
language_router = APIRouter()
# The prose pages take any one word as their address, so they come last.
language_router.include_router(search.router)
language_router.include_router(erasing.router)
language_router.include_router(reach.router)
language_router.include_router(sponsors.router)
language_router.include_router(state.language_router)
language_router.include_router(general.language_router)

__all__ = ["language_router", "router"]
