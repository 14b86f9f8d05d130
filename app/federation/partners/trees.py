"""Trees of logs that were verified here: what a takeover names is compared with them.

A partner's copy has only what its log's key signed, and so has what this instance publishes itself.
"""

from pathlib import Path

from app.db import Work
from app.federation.folders import Folder
from app.federation.monitor import look
from app.tlog.publication import CHECKPOINT_PATH

from . import store
from .errors import SuccessionError
from .model import Takeover


def find_root(folder: Path, size: int) -> bytes | None:
    """Return the root that the log in a folder had at a size; None: the folder is not so far.

    Raises:
        MalformedError, VerificationError, MissingFileError: the folder is damaged.

    """
    if not (folder / CHECKPOINT_PATH).exists():
        return None
    with Folder(folder) as files:
        shown = look(files)
        return shown.tiles.root_at(size) if size <= shown.checkpoint.tree.size else None


def require_tree(
    work: Work, former: str, takeover: Takeover, data: Path, *, must_be_here: bool
) -> None:
    """Require that the former home's log had the tree that a takeover names, as far as is known.

    `must_be_here` is for who takes over: then all of that tree was replayed here as well.

    Raises:
        SuccessionError: the log had another, or what is here does not reach so far.
        MalformedError, VerificationError, MissingFileError: what is here is damaged.

    """
    partner = store.find_partner(work, did=former)
    folder = data / "partners" / partner.name if partner else data / "public"
    root = find_root(folder, takeover.size)
    if root is None:
        # Whoever has less of that log than a successor follows the successors' signatures: the
        # home is gone, and what lacks here may never come. What its log says later is compared.
        if must_be_here or partner is None:
            raise SuccessionError("what is here of the old log does not reach that tree")
        return
    if root.hex() != takeover.root:
        raise SuccessionError("the old log had another root at that size")
    if must_be_here and partner and store.get_replica(work, former).size < takeover.size:
        raise SuccessionError("not all of the old log up to that tree was replayed here")
