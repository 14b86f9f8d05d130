"""Any flipped bit of a bundle or a mirror is found: by the file alone, and without a network.

Of a mirror: the card, the checkpoint, every bundle of entries, every tile of hashes and every
record. Not its page and style sheet, which are the mirror's own words and prove nothing, and not
partial tiles of an older checkpoint, which nobody reads any more.

Of a bundle: every bit of the file. Who makes its checksums anew on the way is found by the host's
signature, and a host who signs it anew by the signatures of others, but for the page: that is the
host's own rendering of the records.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from app.federation.bundles.archive import read_archive, write_archive
from app.federation.bundles.checking import verify_bundle
from app.federation.bundles.codec import read_bundle
from app.kernel.errors import AppError
from app.wiring import House

from tests import factories
from tests.federation.hosts import files_of, flip, mirror, posts, published, verify
from tests.federation.made import export, remade
from tests.houses import publish

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
KINDS = {
    "card": r"\.well-known/goftogu",
    "checkpoint": r"tlog/checkpoint",
    "entries": r"tlog/tile/entries/\d+",
    "last entries": r"tlog/tile/entries/\d+\.p/\d+",
    "tile": r"tlog/tile/0/\d+",
    "last tile": r"tlog/tile/0/\d+\.p/\d+",
    "tile of tiles": r"tlog/tile/1/\d+\.p/\d+",
    "record": r"records/[0-9a-f]{64}",
}


def is_found(folder: Path) -> bool:
    """Whether the monitor sees that something is wrong."""
    try:
        verify(folder)
    except AppError:
        return True
    return False


def require_found(folder: Path, name: str, bit: int) -> None:
    """Flip a bit, look whether it is found, and flip it back."""
    flip(folder / name, bit)
    assert is_found(folder), f"bit {bit} of {name} was flipped"
    flip(folder / name, bit)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A mirror of a log with a record of every type."""
    host = published(tmp_path / "host", factories.one_of_each_type().values())
    mirror(tmp_path / "small", host.folder)
    return tmp_path / "small"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mirror of a log with every kind of tile."""
    folder = tmp_path_factory.mktemp("large")
    mirror(folder / "large", published(folder / "host", posts(260)).folder)
    return folder / "large"


def draw_flips(folder: Path, count: int) -> Iterator[tuple[str, int]]:
    """Yield files and bits of them: half by the bits that there are, half by the files."""
    names = list(files_of(folder))
    sizes = [(folder / name).stat().st_size * 8 for name in names]
    chance = Random(count)
    for _ in range(count):
        name = chance.choices(names, sizes)[0] if chance.random() < 0.5 else chance.choice(names)
        yield name, chance.randrange(sizes[names.index(name)])


def test_flipped_bit_of_a_mirror_is_found(small: Path) -> None:
    for name, bit in draw_flips(small, 60):
        require_found(small, name, bit)
    assert verify(small).start == 0


@pytest.mark.slow
def test_thousand_flipped_bits_of_a_mirror_are_found(small: Path) -> None:
    for name, bit in draw_flips(small, 1000):
        require_found(small, name, bit)
    assert verify(small).start == 0


@pytest.mark.slow
@pytest.mark.parametrize("flips", [6, pytest.param(500, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bit_of_every_kind_of_file_is_found(kind: str, flips: int, large: Path) -> None:
    names = [name for name in files_of(large) if re.fullmatch(KINDS[kind], name)]
    chance = Random(f"{kind} {flips}")

    assert names
    for _ in range(flips):
        name = chance.choice(names)
        require_found(large, name, chance.randrange((large / name).stat().st_size * 8))


def test_every_file_of_a_mirror_is_of_a_known_kind(large: Path) -> None:
    kinds = re.compile("|".join(KINDS.values()))

    assert [name for name in files_of(large) if not kinds.fullmatch(name)] == []


@pytest.mark.nightly
def test_every_flipped_bit_of_a_mirror_is_found(small: Path) -> None:
    for name, raw in files_of(small).items():
        for bit in range(len(raw) * 8):
            require_found(small, name, bit)


@pytest.fixture
def bundle(house: House) -> bytes:
    """A bundle with a thread, a revision, an erasure and the cards of who wrote."""
    old = factories.note(AVA, title="Water", text="Where does it go?")
    answer = factories.note(BABAK, reply_to=old, text="Into the pistachios.")
    erased = factories.note(BABAK, reply_to=old, text="I should not have said it.")
    publish(house, factories.card(AVA), factories.card(BABAK), old)
    publish(house, answer, erased)
    publish(house, factories.update(BABAK, answer), factories.erasure(BABAK, erased))
    return export(house)


def flipped(raw: bytes, chance: Random) -> bytes:
    """Return bytes with one bit turned over."""
    changed = bytearray(raw)
    changed[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize("flips", [1000, pytest.param(50_000, marks=pytest.mark.nightly)])
def test_any_flipped_bit_of_a_bundle_is_found(flips: int, bundle: bytes) -> None:
    chance = Random(flips)
    for _ in range(flips):
        with pytest.raises(AppError):
            read_bundle(flipped(bundle, chance))


def flip_in(name: str, chance: Random) -> Callable[[dict[str, bytes]], None]:
    """Return what flips a bit of one of a bundle's files."""

    def change(files: dict[str, bytes]) -> None:
        files[name] = flipped(files[name], chance)

    return change


def names_in(bundle: bytes) -> list[str]:
    """Return the names of a bundle's files, below its folder."""
    return [name.partition("/")[2] for name in read_archive(bundle)]


@pytest.mark.slow
@pytest.mark.parametrize("flips", [100, pytest.param(1000, marks=pytest.mark.nightly)])
def test_flipped_bit_in_an_archive_that_was_made_anew_is_found(flips: int, bundle: bytes) -> None:
    """Of every file, also of manifests: the courier makes the archive anew and nothing else."""
    files = read_archive(bundle)
    for name in files:
        chance = Random(f"{name} {flips}")
        for _ in range(flips):
            with pytest.raises(AppError):
                read_bundle(write_archive({**files, name: flipped(files[name], chance)}))


MADE = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"}
"""Files that `remade` makes from the others."""


@pytest.mark.slow
@pytest.mark.parametrize("flips", [100, pytest.param(1000, marks=pytest.mark.nightly)])
def test_flipped_bit_under_manifests_that_were_made_anew_is_found(
    flips: int, bundle: bytes
) -> None:
    """A courier who has read our code makes everything anew but the host's signature."""
    for name in set(names_in(bundle)) - MADE:
        chance = Random(f"{name} {flips}")
        for _ in range(flips):
            with pytest.raises(AppError):
                read_bundle(remade(bundle, flip_in(name, chance)))


@pytest.mark.slow
@pytest.mark.parametrize("flips", [40, pytest.param(1000, marks=pytest.mark.nightly)])
@pytest.mark.parametrize(
    "name",
    ["data/records.jsonl", "data/proofs.txt", "data/checkpoint", "data/policy", "data/instance.json"],
)  # fmt: skip
def test_flipped_bit_that_the_host_signs_anew_is_found(
    name: str, flips: int, bundle: bytes, house: House
) -> None:
    chance = Random(f"{name} {flips}")
    for _ in range(flips):
        with pytest.raises(AppError):
            verify_bundle(remade(bundle, flip_in(name, chance), house.keys["instance"]))
