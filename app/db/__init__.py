"""Room `db`: engines, units of work, column types. One code path for SQLite and PostgreSQL.

Lives here: `Database` with `read()`, `write()` and `write_together()`, `Work`, `Base`.
Does not: any table; any query; any decision.
Invariants: nobody but a unit of work commits, and the commit is durable before the answer exists
(ADR-0003); a `read()` cannot write; one writer at a time on both databases; listeners hear what a
work changed after its commit; erased words leave the write-ahead log, and PostgreSQL's files once
a day.
"""

from .anew import write_anew
from .beside import Beside
from .engine import Database, open_database
from .tables import Base, CoarseInstant
from .work import EVERYTHING, Randomness, Work

__all__ = [
    "EVERYTHING",
    "Base",
    "Beside",
    "CoarseInstant",
    "Database",
    "Randomness",
    "Work",
    "open_database",
    "write_anew",
]
