"""The monitor: a host or a copy that changes, drops or splits anything is caught, and told apart."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from app.federation.errors import (
    MissingFileError,
    NotAFileError,
    RecordDiffersError,
    WithheldError,
)
from app.federation.folders import CARD_PATH, Folder
from app.kernel.errors import AppError, MalformedError, TooLargeError
from app.tlog.checkpoints import parse_checkpoint, verify_checkpoint
from app.tlog.errors import (
    BadSignatureError,
    ShrunkLogError,
    SplitViewError,
    TileError,
    TruncatedCheckpointError,
    WrongKeyError,
    WrongOriginError,
)
from app.tlog.publication import CHECKPOINT_PATH

from tests import factories
from tests.federation.hosts import Host, card, flip, posts, published, verify
from tests.tlog.logs import LOG, OTHER_KEY

SIZES = (1, 2, 255, 256, 257, 300)


@pytest.fixture(scope="module")
def many() -> list[bytes]:
    """Posts enough for more than a tile."""
    return posts(max(SIZES))


@pytest.mark.parametrize("size", SIZES)
def test_honest_copy_verifies(size: int, many: list[bytes], tmp_path: Path) -> None:
    published(tmp_path / "host", many[:size])

    verified = verify(tmp_path / "host")

    assert verified.shown.checkpoint.tree.size == size
    assert verified.start == 0
    assert not verified.erasures.gone


def test_every_type_of_record_verifies(tmp_path: Path) -> None:
    every = list(factories.one_of_each_type().values())
    published(tmp_path / "host", every)

    assert verify(tmp_path / "host").shown.checkpoint.tree.size == len(every)


def test_only_new_entries_are_looked_at_again(many: list[bytes], tmp_path: Path) -> None:
    host = published(tmp_path / "host", many[:257])
    seen = host.checkpoint()
    host.publish(*many[257:])
    # What was verified earlier and went away since is seen by a walk over everything alone.
    host.erase(many[0])

    assert verify(tmp_path / "host", seen).start == 257
    with pytest.raises(WithheldError):
        verify(tmp_path / "host", seen, everything=True)


@pytest.mark.parametrize("place", [0, 1, 255, 256, 299])
def test_copy_that_drops_one_post_is_caught(place: int, many: list[bytes], tmp_path: Path) -> None:
    host = published(tmp_path / "host", many)
    host.erase(many[place])

    with pytest.raises(WithheldError) as caught:
        verify(tmp_path / "host")

    assert caught.value.digests == [factories.digest_of(many[place])]


def test_record_in_the_place_of_another_is_caught(tmp_path: Path) -> None:
    first, second = posts(2)
    host = published(tmp_path / "host", [first, second])
    host.path_of(first).write_bytes(second)

    with pytest.raises(RecordDiffersError, match="another record"):
        verify(tmp_path / "host")


def test_entry_that_names_another_type_is_caught(tmp_path: Path) -> None:
    ava = factories.person("Ava")
    post = factories.note(ava)
    host = Host(tmp_path / "host")
    host.publish(post, factories.update(ava, post))
    other = Host(tmp_path / "host")
    other.log.append([leaf.replace(b'"Update"', b'"Delete"') for leaf in host.log.leaves])
    for path, content in other.log.files.items():
        other.write(f"tlog/{path}", content)
    other.write(CHECKPOINT_PATH, other.log.checkpoint().note.encode())

    with pytest.raises(RecordDiffersError, match="another type"):
        verify(tmp_path / "host")


Attack: TypeAlias = Callable[[Host, Path], bytes | None]
"""Changes what a host shows; returns the checkpoint that was seen before, if that matters."""


def truncated(host: Host, _tmp: Path) -> bytes | None:
    """Show a checkpoint without its end."""
    host.write(CHECKPOINT_PATH, host.checkpoint()[:-1])
    return None


def shrunk(host: Host, _tmp: Path) -> bytes | None:
    """Show an older log than before."""
    return host.copy(_tmp / "later").publish(*posts(1, "Babak")).checkpoint()


def split(host: Host, tmp: Path) -> bytes | None:
    """Show a history of as many entries, but others."""
    twin = Host(tmp / "twin").publish(*posts(3, "Babak"))
    return twin.checkpoint()


def forked(host: Host, tmp: Path) -> bytes | None:
    """Show a longer history that does not begin with the one before."""
    twin = Host(tmp / "twin").publish(*posts(2, "Babak"))
    return twin.checkpoint()


def signed_by_another(host: Host, _tmp: Path) -> bytes | None:
    """Show a checkpoint of the right name and another key."""
    host.write(CHECKPOINT_PATH, host.log.checkpoint(OTHER_KEY).note.encode())
    return None


def key_changed(host: Host, _tmp: Path) -> bytes | None:
    """Show a card with another key for the log that was seen before."""
    seen = host.checkpoint()
    host.write(CARD_PATH, card(OTHER_KEY))
    host.write(CHECKPOINT_PATH, host.log.checkpoint(OTHER_KEY).note.encode())
    return seen


def of_another_log(host: Host, _tmp: Path) -> bytes | None:
    """Show another log's checkpoint."""
    host.write(CHECKPOINT_PATH, host.log.checkpoint(origin="goftogu/other").note.encode())
    return None


def changed(host: Host, _tmp: Path) -> bytes | None:
    """Show a checkpoint with another size under the same signature."""
    host.write(CHECKPOINT_PATH, host.checkpoint().replace(b"\n3\n", b"\n2\n"))
    return None


def without_checkpoint(host: Host, _tmp: Path) -> bytes | None:
    """Show no checkpoint."""
    (host.folder / CHECKPOINT_PATH).unlink()
    return None


def bent_tile(host: Host, _tmp: Path) -> bytes | None:
    """Show a tile with another hash in it."""
    flip(host.folder / "tlog/tile/0/000.p/3", 40)
    return None


ATTACKS: dict[Attack, type[AppError]] = {
    truncated: TruncatedCheckpointError,
    shrunk: ShrunkLogError,
    split: SplitViewError,
    signed_by_another: WrongKeyError,
    of_another_log: WrongOriginError,
    changed: BadSignatureError,
    without_checkpoint: MissingFileError,
    bent_tile: TileError,
}


def attacked(attack: Attack, tmp_path: Path) -> AppError:
    """Return what the monitor says of an attack."""
    host = published(tmp_path / "host", posts(3))
    seen = attack(host, tmp_path)
    with pytest.raises(AppError) as caught:
        verify(host.folder, seen)
    return caught.value


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_attack_is_caught(attack: Attack, tmp_path: Path) -> None:
    assert type(attacked(attack, tmp_path)) is ATTACKS[attack]


def test_each_attack_has_its_own_sentence(tmp_path: Path) -> None:
    told = set()
    for number, attack in enumerate(ATTACKS):
        (tmp_path / str(number)).mkdir()
        told.add(str(attacked(attack, tmp_path / str(number))))

    assert len(told) == len(ATTACKS)


def test_longer_history_with_another_beginning_is_a_split_view(tmp_path: Path) -> None:
    error = attacked(forked, tmp_path)

    assert isinstance(error, SplitViewError)
    # Whoever has the two can see for themselves: the log's key signed both.
    trees = [verify_checkpoint(parse_checkpoint(raw), [LOG]).tree for raw in error.evidence]
    assert [tree.size for tree in trees] == [2, 3]


def test_new_key_for_a_known_log_is_not_believed(tmp_path: Path) -> None:
    assert isinstance(attacked(key_changed, tmp_path), WrongKeyError)


def test_card_of_another_type_is_refused(tmp_path: Path) -> None:
    host = published(tmp_path / "host", posts(1))
    host.write(CARD_PATH, factories.note(factories.person("Ava")))

    with pytest.raises(MalformedError, match="no instance signed it"):
        verify(host.folder)


def test_entry_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    host = published(tmp_path / "host", posts(1))
    other = Host(host.folder)
    other.log.append([b'{"d":"%s","t":"Note","v":2}' % (b"00" * 32)])
    for path, content in other.log.files.items():
        other.write(f"tlog/{path}", content)
    other.write(CHECKPOINT_PATH, other.log.checkpoint().note.encode())

    with pytest.raises(MalformedError, match="one form"):
        verify(host.folder)


def test_link_in_a_copy_is_not_followed(tmp_path: Path) -> None:
    (post,) = posts(1)
    host = published(tmp_path / "host", [post])
    (tmp_path / "elsewhere").write_bytes(post)
    host.path_of(post).unlink()
    host.path_of(post).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(NotAFileError):
        verify(host.folder)


def test_linked_folder_in_a_copy_is_not_followed(tmp_path: Path) -> None:
    host = published(tmp_path / "host", posts(1))
    (host.folder / "records").rename(tmp_path / "elsewhere")
    (host.folder / "records").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(NotAFileError):
        verify(host.folder)


def test_pipe_in_a_copy_does_not_hold_the_walk_up(tmp_path: Path) -> None:
    (post,) = posts(1)
    host = published(tmp_path / "host", [post])
    host.path_of(post).unlink()
    os.mkfifo(host.path_of(post))

    with pytest.raises(NotAFileError):
        verify(host.folder)


@pytest.mark.parametrize("name", [CARD_PATH, CHECKPOINT_PATH, "tlog/tile/0/000.p/1"])
def test_file_that_is_too_large_is_not_read(name: str, tmp_path: Path) -> None:
    host = published(tmp_path / "host", posts(1))
    with (host.folder / name).open("r+b") as file:
        # A hole: it takes no room on the disk, and would take it in memory.
        file.truncate(2**40)

    with pytest.raises(TooLargeError):
        verify(host.folder)


def test_files_of_a_folder_stay_open_in_bounded_number(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        for number in range(300):
            folder.write(f"{number}/file", b"x")
        handles = len(list(Path("/proc/self/fd").iterdir()))
        assert all(folder.read(f"{number}/file", 1) == b"x" for number in range(300))

    assert handles < 150
