"""What anyone reads of the log, from the public folder alone: its files, and proofs made of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from app.crypto.note_keys import VerifierKey
from app.kernel.errors import AppError, MalformedError, NotFoundError

from .checkpoints import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from .files import PublicFolder
from .proof_files import encode_proof_file
from .publication import CHECKPOINT_PATH, WITNESSED_PATH, Publication, describe, path_of
from .tiles import WIDTH, Tile, VerifiedTiles
from .tree import HASH_BYTES, TreeHead, prove_consistency, prove_inclusion


class PublishedLog:
    """The log as its readers have it. Whatever is not in the folder does not exist here."""

    def __init__(self, folder: PublicFolder, key: VerifierKey) -> None:
        self._folder = folder
        self.key = key
        """What the log is verified with."""
        # Most are asked for right after a tick, by many: they share what one of them verified.
        self._verified = lru_cache(maxsize=2)(self._verify)

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

    def root_at(self, size: int) -> bytes:
        """Return the root that the log had when it had `size` entries.

        Raises:
            NotFoundError: it is not published with as many yet.
            TileError: the files in the folder were damaged.

        """
        checkpoint, tiles = self._verified(self._folder.read(CHECKPOINT_PATH))
        if size > checkpoint.tree.size:
            raise NotFoundError("the log has not grown so far")
        return tiles.root_at(size)

    def prove(self, index: int) -> bytes:
        """Return the `.tlog-proof` of an entry.

        It stands under the last checkpoint that most of our witnesses have signed, and for an entry
        that is newer under the one that is published now.

        Raises:
            NotFoundError: no published checkpoint holds it yet.
            TileError: the files in the folder were damaged.

        """
        found = self._find_witnessed()
        if found is None or index >= found[0].tree.size:
            found = self._verified(self._folder.read(CHECKPOINT_PATH))
        checkpoint, tiles = found
        if index >= checkpoint.tree.size:
            raise NotFoundError("the entry is not signed yet")
        path = prove_inclusion(index, checkpoint.tree.size, tiles.read_node)
        return encode_proof_file(index, path, checkpoint)

    def prove_growth(self, tree: TreeHead, old: int) -> Sequence[bytes]:
        """Return the consistency proof from a size to a tree that the log has signed.

        Raises:
            NotFoundError, TileError: the files in the folder were damaged.

        """
        tiles = VerifiedTiles(tree, self._read_tile)
        return prove_consistency(old, tree.size, tiles.read_node)

    def _find_witnessed(self) -> tuple[VerifiedCheckpoint, VerifiedTiles] | None:
        try:
            return self._verified(self._folder.read(WITNESSED_PATH))
        except AppError:
            # Not there, or of a folder that was put together by hand: the newest will do.
            return None

    def _verify(self, raw: bytes) -> tuple[VerifiedCheckpoint, VerifiedTiles]:
        checkpoint = verify_checkpoint(parse_checkpoint(raw), [self.key])
        return checkpoint, VerifiedTiles(checkpoint.tree, self._read_tile)

    def _read_tile(self, tile: Tile) -> bytes:
        """Return a tile; where a partial one has been removed since, it begins the full one."""
        try:
            return self._folder.read(path_of(tile))
        except NotFoundError:
            full = replace(tile, width=WIDTH)
            if tile == full:
                raise
            return self._folder.read(path_of(full))[: tile.width * HASH_BYTES]
