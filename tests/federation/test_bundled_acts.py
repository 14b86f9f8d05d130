"""Bundles with acts of desks inside: what is hidden is in none, and what they bring home acts."""

import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from app.federation.bundles.bringing import Brought, bring, list_own_acts
from app.federation.bundles.checking import verify_bundle
from app.federation.bundles.codec import read_bundle
from app.kernel.clock import DAY_S, FixedClock, day_of
from app.moderation import service, store
from app.moderation.model import ActionKind, Proposal
from app.wiring import House

from tests.factories import card, note, person, update
from tests.federation.made import export
from tests.houses import advance, find_post, open_at, publish, release
from tests.moderation.desks import act, digest_of, seat
from tests.moderation.samples import REASONS

pytestmark = pytest.mark.slow

AVA, BABAK, CYRA, DARA = map(person, ("Ava", "Babak", "Cyra", "Dara"))
HIDDEN = note(AVA, title="Hidden", text="Needle one, which nobody reads.")
CHANGED = update(AVA, HIDDEN, text="Needle two, which nobody reads.")
RESTORED = note(AVA, title="Restored", text="It was hidden, and is back.")
ERASED = note(AVA, title="Erased", text="Needle three, which is nowhere.")
LABELLED = note(AVA, title="Labelled", text="It stands under a label.")


@pytest.fixture
def before(house: House) -> bytes:
    """A bundle as readers have carried it away before any desk acted."""
    publish(house, *map(card, (AVA, BABAK, CYRA, DARA)))
    publish(house, HIDDEN, RESTORED, ERASED, LABELLED)
    publish(house, CHANGED)
    return export(house)


@pytest.fixture
def after(house: House, before: bytes) -> bytes:
    """A bundle made after desks hid a post, gave one back, erased one, and labelled one."""
    first, second = seat(house, BABAK), seat(house, CYRA)
    act(house, first, HIDDEN, ActionKind.HIDE)
    act(house, first, LABELLED, ActionKind.LABEL)
    wrong = bytes.fromhex(digest_of(act(house, first, RESTORED, ActionKind.HIDE)))
    with house.db.write() as work:
        service.undo(work, house.door, first.at(house), [wrong], REASONS)
    proposed = act(house, first, ERASED, ActionKind.ERASE)
    assert isinstance(proposed, Proposal)
    with house.db.write() as work:
        service.second(work, house.door, second.at(house), proposed.id)
    release(house)
    return export(house)


@pytest.fixture
def other(template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """The same instance in another folder, as it was before anybody said anything."""
    shutil.copytree(template, tmp_path / "other")
    house = open_at(tmp_path / "other", clock)
    yield house
    house.db.close()


def brought(house: House, bundle: bytes, *, is_turned: bool = False) -> Brought:
    """Import a bundle as the command does."""
    contents = read_bundle(bundle).contents.records
    own = list_own_acts(bundle, house.door.instance_did)
    done = bring(house.db, house.door, contents[::-1] if is_turned else contents, logged=own)
    release(house)
    return done


def states(house: House) -> list[tuple[bool, bool, str, str] | None]:
    """Return what readers see of each post: hidden, erased, its label, its words."""
    posts = (find_post(house, raw) for raw in (HIDDEN, RESTORED, ERASED, LABELLED))
    return [
        (post.is_hidden, post.erased_on is not None, post.label, post.version.text.markdown)
        if post
        else None
        for post in posts
    ]


def desks(house: House) -> set[str]:
    """Return the keys of the desks that a house knows."""
    with house.db.read() as work:
        return {desk.did for desk in store.list_desks(work)}


def test_hidden_words_are_in_no_file_of_a_bundle(after: bytes) -> None:
    with zipfile.ZipFile(BytesIO(after)) as opened:
        whole = b"".join(opened.read(name) for name in opened.namelist())

    assert b"Needle" not in whole
    assert b"is back" in whole
    assert verify_bundle(after).posts == 2


@pytest.mark.parametrize("is_turned", [False, True])
def test_acts_do_elsewhere_what_they_did_here(
    house: House, other: House, before: bytes, after: bytes, *, is_turned: bool
) -> None:
    first = brought(other, before, is_turned=is_turned)
    second = brought(other, after, is_turned=is_turned)

    assert first.refused.total() == second.refused.total() == 0
    assert states(other) == states(house)
    assert desks(other) == desks(house)
    assert states(house)[0] == (True, False, "", "")


def test_bundle_alone_brings_what_is_not_hidden(house: House, other: House, after: bytes) -> None:
    done = brought(other, after)

    # What hides or erases a post whose words no bundle holds finds none.
    assert dict(done.refused) == {"no such record": 2}
    assert states(other) == [None, states(house)[1], None, states(house)[3]]


def test_older_bundle_gives_nothing_hidden_back_at_home(
    house: House, before: bytes, after: bytes
) -> None:
    told = states(house)

    assert brought(house, before).refused.total() == 0
    assert states(house) == told
    assert b"Needle" not in b"".join(read_bundle(export(house)).contents.records)


def test_bundle_of_a_day_brings_the_older_posts_that_were_acted_on(
    house: House, other: House, before: bytes
) -> None:
    advance(house, 2 * DAY_S)
    act(house, seat(house, BABAK), LABELLED, ActionKind.LABEL)
    release(house)

    done = brought(other, export(house, day_of(house.clock.now())))

    assert done.refused.total() == 0
    assert states(other)[3] == states(house)[3]


def test_acts_count_as_our_own_only_if_our_log_holds_them(house: House, after: bytes) -> None:
    assert len(list_own_acts(after, house.door.instance_did)) == 5
    assert list_own_acts(after, AVA.root) == frozenset()
    assert list_own_acts(after[:-1], house.door.instance_did) == frozenset()
