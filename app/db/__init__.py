"""Room `db`: engines, units of work, column types. One code path for SQLite and PostgreSQL.

Lives here: `Database` with `read()` and `write()`, `Work`, `Base` with its naming convention.
Does not: any table; any query; any decision.
Invariants: nobody but a unit of work commits, and the commit is durable before the answer exists
(ADR-0003); a `read()` cannot write; SQLite writes begin with BEGIN IMMEDIATE, so that two of them
never read the same state.
"""

from .engine import Database, open_database
from .tables import Base, CoarseInstant
from .work import Randomness, Work

__all__ = ["Base", "CoarseInstant", "Database", "Randomness", "Work", "open_database"]
