"""How an instance is doing: what the worker saw, for readers, partners and its operator.

- `model`  a line and its states; `rules` judge from values (pure); `tables`, `store`
- `jobs`   looks every minute; `routes` shows it, as a page and as a feed
"""

from .model import LATE_S, Line, Look
from .store import get_look

__all__ = ["LATE_S", "Line", "Look", "get_look"]
