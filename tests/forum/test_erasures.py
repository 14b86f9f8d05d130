"""An erasure acts at once and for good: words, title and signed bytes go, a tombstone stays."""

import pytest
from app import records
from app.forum import service, store
from app.forum.errors import StaleRevisionError, UnknownPostError
from app.identity.errors import KeyInactiveError
from app.kernel.errors import GoneError, NotFoundError
from app.records.errors import WrongSignerError
from app.wiring import House

from tests import factories
from tests.houses import find_record, publish, read_rows, release, require_post, submit

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
SECRET = "the name of my street"


def read(house: House, raw: bytes) -> bytes:
    """Return what anyone may read of a record."""
    with house.db.read() as work:
        return records.get_public_bytes(work, factories.digest_of(raw))


def stored_bytes(house: House, raw: bytes) -> bytes | None:
    """Return the signed bytes that the door still holds."""
    stored = find_record(house, raw)
    assert stored is not None
    return stored.raw


def test_erasure_empties_text_title_and_bytes_before_any_tick(house: House) -> None:
    post = factories.note(AVA, title="Where I live", text=SECRET)
    publish(house, post)

    submit(house, factories.erasure(AVA, post))

    erased = require_post(house, post)
    assert erased.version.text.markdown == ""
    assert erased.version.text.title == ""
    assert stored_bytes(house, post) is None
    with pytest.raises(GoneError):
        read(house, post)


def test_tombstone_keeps_its_place_its_author_and_its_answers(house: House) -> None:
    post = factories.note(AVA)
    publish(house, factories.card(AVA), post)
    answer = factories.note(BABAK, reply_to=post)
    publish(house, answer, factories.erasure(AVA, post))

    tombstone = require_post(house, post)
    with house.db.read() as work:
        thread = service.get_thread(work, tombstone.thread)
        numbers = [item.number for item in service.list_page(work, thread, 1)[1]]

    assert tombstone.erased_on == factories.TODAY
    assert tombstone.number == 1
    assert tombstone.author.name == "Ava"
    assert numbers == [1, 2]
    assert require_post(house, answer).erased_on is None


def test_erasure_empties_every_version(house: House) -> None:
    post = factories.note(AVA, text=SECRET)
    second = factories.update(AVA, post, text=f"{SECRET}, corrected")
    third = factories.update(AVA, post, after=second, text="nothing")
    publish(house, post, second)
    publish(house, third)

    submit(house, factories.erasure(AVA, post, after=third))

    assert [stored_bytes(house, raw) for raw in (post, second, third)] == [None, None, None]
    with house.db.read() as work:
        versions = store.list_versions(work, factories.digest_of(post))
    assert [version.text.markdown for version in versions] == ["", "", ""]


def test_post_erased_while_it_waits_is_never_shown(house: House) -> None:
    post = factories.note(AVA, text=SECRET)
    submit(house, post)

    submit(house, factories.erasure(AVA, post))

    assert stored_bytes(house, post) is None
    release(house)
    shown = require_post(house, post)
    assert shown.number == 1
    assert shown.erased_on == factories.TODAY
    assert shown.version.text.markdown == ""
    with pytest.raises(GoneError):
        read(house, post)


def test_revision_that_waits_is_erased_with_its_post(house: House) -> None:
    post = factories.note(AVA, text="One.")
    publish(house, post)
    revision = factories.update(AVA, post, text=SECRET)
    submit(house, revision)

    submit(house, factories.erasure(AVA, post, after=revision))
    release(house)

    assert require_post(house, post).version.text.markdown == ""
    assert stored_bytes(house, revision) is None


def test_erasure_itself_is_in_the_log_and_can_be_read(house: House) -> None:
    post = factories.note(AVA)
    publish(house, post)
    erasure = factories.erasure(AVA, post)

    submit(house, erasure)
    with pytest.raises(NotFoundError):
        read(house, erasure)
    release(house)

    assert read(house, erasure) == erasure


def test_anothers_post_cannot_be_erased(house: House) -> None:
    post = factories.note(AVA)
    publish(house, factories.card(AVA), factories.card(BABAK), post)

    for key in (BABAK.key, BABAK.root_key):
        with pytest.raises(WrongSignerError):
            submit(house, factories.erasure(BABAK, post, key=key))

    assert read(house, post) == post


def test_board_key_and_instance_key_erase_nothing(house: House) -> None:
    """A host's act is another record, signed by a desk, and says so."""
    post = factories.note(AVA)
    publish(house, post)

    for key in (factories.SQUARE.key, house.keys["instance"]):
        with pytest.raises(WrongSignerError):
            submit(house, factories.erasure(AVA, post, key=key))


def test_revoked_key_erases_nothing_and_its_root_does(house: House) -> None:
    card, post = factories.card(AVA), factories.note(AVA)
    revoked = [factories.key_line(AVA, state="revoked")]
    publish(house, card, post, factories.card(AVA, after=card, keys=revoked))

    with pytest.raises(KeyInactiveError):
        submit(house, factories.erasure(AVA, post))
    assert read(house, post) == post

    submit(house, factories.erasure(AVA, post, key=AVA.root_key))
    assert stored_bytes(house, post) is None


def test_erased_post_can_be_neither_revised_nor_erased_again(house: House) -> None:
    post = factories.note(AVA)
    publish(house, post, factories.erasure(AVA, post))

    for change in (factories.update(AVA, post), factories.erasure(AVA, post)):
        with pytest.raises(StaleRevisionError):
            submit(house, change)


def test_erasure_built_on_an_older_version_wins(house: House) -> None:
    """What protects people never loses a race: the author may not know her newest revision yet."""
    post = factories.note(AVA, text=SECRET)
    publish(house, post, factories.update(AVA, post, text=f"{SECRET} again"))

    submit(house, factories.erasure(AVA, post, after=post))

    assert require_post(house, post).version.text.markdown == ""


def test_erasure_of_a_version_that_never_was_is_refused(house: House) -> None:
    post = factories.note(AVA)
    publish(house, post)

    with pytest.raises(StaleRevisionError):
        submit(house, factories.erasure(AVA, post, after=factories.note(AVA)))


def test_erasure_on_another_board_is_refused(house: House) -> None:
    post = factories.note(AVA, board=factories.SQUARE)
    publish(house, post)
    moved = factories.moved(factories.erasure(AVA, post), AVA.key, factories.LIVE)

    with pytest.raises(UnknownPostError):
        submit(house, moved)


def test_erased_words_are_not_in_the_index_either(house: House) -> None:
    """An index that only marks what is removed would keep every word with its place."""
    post = factories.note(AVA, text="They went into the pistachios.")
    publish(house, post)
    assert "pistachios" in repr(read_rows(house))

    submit(house, factories.erasure(AVA, post))

    assert "istachio" not in repr(read_rows(house))


def test_erased_words_are_in_no_file_of_the_instance(house: House) -> None:
    """A seized disk must not hold what its author took back, not even in the journal."""
    post = factories.note(AVA, text=SECRET)
    publish(house, post)
    submit(house, factories.erasure(AVA, post))
    release(house)

    kept = b"".join(file.read_bytes() for file in house.settings.data.glob("goftogu.db*"))

    assert factories.digest_of(post) in kept, "we look in the right place"
    assert SECRET.encode() not in kept
