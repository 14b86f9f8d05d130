"""What anyone reads of the log, from the public folder alone: its files, and proofs made of it."""

from datetime import date
from functools import lru_cache

from app.crypto.note_keys import VerifierKey
from app.kernel.errors import MalformedError, NotFoundError

from .checkpoints import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from .files import PublicFolder
from .proof_files import encode_proof_file
from .publication import CHECKPOINT_PATH, Publication, describe, path_of
from .tiles import VerifiedTiles
from .tree import prove_inclusion


class PublishedLog:
    """The log as its readers have it. Whatever is not in the folder does not exist here."""

    def __init__(self, folder: PublicFolder, key: VerifierKey) -> None:
        self._folder = folder
        self.key = key
        """What the log is verified with."""
        # Most are asked for right after a tick, by many: they share what one of them verified.
        self._verified = lru_cache(maxsize=1)(self._verify)

    def read(self, path: str) -> tuple[Publication, bytes]:
        """Return a file below `public`, and how it is served.

        Raises:
            NotFoundError: the log has no such file.

        """
        try:
            publication = describe(path)
        except MalformedError as error:
            raise NotFoundError("no such file of the log") from error
        return publication, self._folder.read(path)

    def get_checkpoint(self) -> VerifiedCheckpoint:
        """Return the checkpoint that is published now; its cosignatures are not verified yet.

        Raises:
            NotFoundError: nothing was published yet.
            MalformedError, VerificationError: the file in the folder was damaged.

        """
        return self._verified(self._folder.read(CHECKPOINT_PATH))[0]

    def get_day(self) -> date:
        """Return the UTC day on which the checkpoint was published: readers are told nothing finer.

        Raises:
            NotFoundError: nothing was published yet.

        """
        return self._folder.get_day(CHECKPOINT_PATH)

    def prove(self, index: int) -> bytes:
        """Return the `.tlog-proof` of an entry, under the checkpoint that is published now.

        Raises:
            NotFoundError: no published checkpoint holds it yet.
            TileError: the files in the folder were damaged.

        """
        checkpoint, tiles = self._verified(self._folder.read(CHECKPOINT_PATH))
        if index >= checkpoint.tree.size:
            raise NotFoundError("the entry is not signed yet")
        path = prove_inclusion(index, checkpoint.tree.size, tiles.read_node)
        return encode_proof_file(index, path, checkpoint)

    def _verify(self, raw: bytes) -> tuple[VerifiedCheckpoint, VerifiedTiles]:
        checkpoint = verify_checkpoint(parse_checkpoint(raw), [self.key])
        tiles = VerifiedTiles(checkpoint.tree, lambda tile: self._folder.read(path_of(tile)))
        return checkpoint, tiles
