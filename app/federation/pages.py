"""The room's view models."""

from .mirror_page import MirrorPage

__all__ = ["MirrorPage"]
