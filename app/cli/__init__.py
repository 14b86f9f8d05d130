"""The commands. Results on stdout, everything else on stderr.

Exit codes: 0 done, 1 failed, 2 usage, 3 does not verify, 4 network, 5 refused.
"""

import ctypes
import sys
from typing import Final

import typer
from sqlalchemy.exc import DBAPIError

from app.kernel.errors import AppError

from . import (
    backup,
    bundle,
    demands,
    imports,
    invitations,
    keys,
    listening,
    log,
    mirror,
    mirrors,
    moderation,
    moderators,
    officials,
    operate,
    opinion,
    partners,
    records,
    retire,
    seizure,
    shutdown,
    stewards,
    succession,
    witnesses,
)
from .output import complain
from .transport import NetworkError, RefusedError

FAILED: Final = 1
NETWORK: Final = 4
REFUSED: Final = 5
_PR_SET_DUMPABLE: Final = 4

app = typer.Typer(
    name="goftogu",
    help="A dialogue forum whose posts are signed by their authors.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    operate, backup, log, stewards, invitations, witnesses, keys, records, imports, mirror, mirrors,
    bundle, moderation, moderators, officials, demands, opinion, partners, succession, retire,
    seizure, shutdown, listening,
):  # fmt: skip
    module.register(app)


def main() -> None:
    """Run a command, and say in one sentence what went wrong if something did."""
    _leave_no_core()
    try:
        app()
    except RefusedError as error:
        complain(str(error))
        sys.exit(REFUSED)
    except NetworkError as error:
        complain(str(error))
        sys.exit(NETWORK)
    except AppError as error:
        # What pages say to readers about a code does not fit who sits at a command line.
        complain(f"{str(error)[:1].upper()}{str(error)[1:]}.")
        sys.exit(FAILED)
    except DBAPIError as error:
        # Its class alone: a database's message may hold a statement's values.
        complain(
            f"The database does not answer as it should ({type(error.orig).__name__}). Does it "
            "run? Is its disk full or failing? After an update of this program, run `goftogu init` "
            "once. If it is damaged, restore a backup."
        )
        sys.exit(FAILED)
    except OSError as error:
        complain(f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror))
        sys.exit(FAILED)


def _leave_no_core() -> None:
    """Let a crash leave no copy of our memory, on the disk or in a program that collects them.

    Requests, with whatever they say of who sent them, and keys that are in use stand in memory for
    a while: nothing in Python can promise otherwise. A limit on the size of such files would not
    do, because Linux does not ask it where a program collects them (core(5)).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
