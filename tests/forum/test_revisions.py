"""Revisions form a line: each names the version it replaces, and the newest alone can be replaced."""

import shutil
from pathlib import Path

import pytest
from app.forum import store
from app.forum.errors import StaleRevisionError, UnknownPostError
from app.identity.errors import CustodyDiffersError
from app.kernel.clock import FixedClock
from app.kernel.errors import MalformedError
from app.records.errors import WrongSignerError
from app.records.model import Custody
from app.wiring import House

from tests import factories
from tests.houses import SeededRandomness, open_at, publish, release, require_post, submit

AVA, BABAK = factories.person("Ava"), factories.person("Babak")


def texts_of(house: House, post: bytes) -> list[str]:
    """Return the texts of the versions that readers can see, oldest first."""
    with house.db.read() as work:
        versions = store.list_versions(work, factories.digest_of(post))
    return [version.text.markdown for version in versions]


def shown_text(house: House, post: bytes) -> str:
    """Return the text that readers see."""
    return require_post(house, post).version.text.markdown


def test_revision_waits_and_then_replaces_the_text(house: House) -> None:
    post = factories.note(AVA, text="One.")
    publish(house, post)
    submit(house, factories.update(AVA, post, text="Two."))

    assert shown_text(house, post) == "One."
    assert texts_of(house, post) == ["One."]

    release(house)

    assert shown_text(house, post) == "Two."
    assert texts_of(house, post) == ["One.", "Two."]


def test_revisions_follow_each_other(house: House) -> None:
    post = factories.note(AVA, text="One.")
    second = factories.update(AVA, post, text="Two.")
    third = factories.update(AVA, post, after=second, text="Three.")

    for record in (post, second, third):
        publish(house, record)

    assert texts_of(house, post) == ["One.", "Two.", "Three."]
    assert require_post(house, post).head == factories.digest_of(third)


def test_second_revision_of_one_version_is_refused(house: House) -> None:
    """The home log's order breaks ties: whoever comes second builds on what is there."""
    post = factories.note(AVA)
    one, other = (factories.update(AVA, post, text=text) for text in ("One.", "Other."))
    publish(house, post)
    submit(house, one)

    with pytest.raises(StaleRevisionError):
        submit(house, other)


def test_revision_of_what_never_was_is_refused(house: House) -> None:
    post = factories.note(AVA)
    publish(house, post)

    with pytest.raises(StaleRevisionError):
        submit(house, factories.update(AVA, post, after=factories.note(AVA)))


@pytest.mark.parametrize("seed", range(5))
def test_newest_revision_is_shown_however_its_batch_is_shuffled(
    template: Path, tmp_path: Path, seed: int
) -> None:
    shutil.copytree(template, tmp_path / "instance")
    clock = FixedClock(factories.NOW)
    house = open_at(tmp_path / "instance", clock, SeededRandomness(seed))
    post = factories.note(AVA, text="One.")
    second = factories.update(AVA, post, text="Two.")
    third = factories.update(AVA, post, after=second, text="Three.")

    publish(house, post, second, third)

    text, texts = shown_text(house, post), texts_of(house, post)
    house.db.close()
    assert text == "Three."
    assert texts == ["One.", "Two.", "Three."]


def test_anothers_post_cannot_be_revised(house: House) -> None:
    post = factories.note(AVA)
    publish(house, post)

    with pytest.raises(WrongSignerError):
        submit(house, factories.update(BABAK, post, text="I take it all back."))

    release(house)
    assert texts_of(house, post) == ["Where does the water go?"]


def test_other_key_of_the_same_persona_revises(house: House) -> None:
    keys = [factories.key_line(AVA), factories.key_line(AVA, 1)]
    post = factories.note(AVA)
    publish(house, factories.card(AVA, keys=keys), post)

    publish(house, factories.update(AVA, post, text="Two.", key=AVA.seed.posting_key(1)))

    assert shown_text(house, post) == "Two."


def test_root_revises_when_its_posting_key_is_revoked(house: House) -> None:
    card, post = factories.card(AVA), factories.note(AVA)
    revoked = [factories.key_line(AVA, state="revoked")]
    publish(house, card, post, factories.card(AVA, after=card, keys=revoked))

    publish(house, factories.update(AVA, post, text="Somebody had my key.", key=AVA.root_key))

    assert shown_text(house, post) == "Somebody had my key."


def test_root_of_another_persona_revises_nothing(house: House) -> None:
    post = factories.note(AVA)
    publish(house, factories.card(AVA), factories.card(BABAK), post)

    with pytest.raises(WrongSignerError):
        submit(house, factories.update(BABAK, post, key=BABAK.root_key))


def test_revision_that_declares_another_custody_is_refused(house: House) -> None:
    post = factories.note(AVA)
    publish(house, factories.card(AVA), post)
    pretending = factories.person("Ava", Custody.UNLOCKED)

    with pytest.raises(CustodyDiffersError):
        submit(house, factories.update(pretending, post))


def test_revision_on_another_board_is_refused(house: House) -> None:
    post = factories.note(AVA, board=factories.SQUARE)
    publish(house, post)
    moved = factories.moved(factories.update(AVA, post), AVA.key, factories.LIVE)

    with pytest.raises(UnknownPostError):
        submit(house, moved)


def test_revision_of_an_unknown_post_is_refused(house: House) -> None:
    with pytest.raises(UnknownPostError):
        submit(house, factories.update(AVA, factories.note(AVA)))


def test_revision_of_a_revision_is_refused(house: House) -> None:
    """`object` names the post; a version is named by its digest."""
    post = factories.note(AVA)
    second = factories.update(AVA, post)
    publish(house, post, second)
    third = factories.forged(
        factories.update(AVA, post, after=second),
        AVA.key,
        lambda d: d.update(object=factories.id_of(second)),
    )

    with pytest.raises(UnknownPostError):
        submit(house, third)


def test_revision_retitles_a_thread_and_no_reply(house: House) -> None:
    opening = factories.note(AVA, title="Water")
    publish(house, opening)
    reply = factories.note(BABAK, reply_to=opening)
    publish(house, reply, factories.update(AVA, opening, title="Rivers"))

    assert require_post(house, opening).version.text.title == "Rivers"
    titled = factories.forged(
        factories.update(BABAK, reply), BABAK.key, lambda d: d.update(name="A title")
    )
    with pytest.raises(MalformedError):
        submit(house, titled)
