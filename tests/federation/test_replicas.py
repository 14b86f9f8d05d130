"""A partner's boards are shown here, and nothing of a partner reaches what is not its own."""

from typing import Any

import pytest
from app import forum, opinion, records
from app.federation import monitor, partners
from app.federation.errors import NewerRecordError, RecordDiffersError
from app.federation.folders import Folder
from app.federation.monitor import list_digests, look
from app.federation.partners import PartnerState, Right
from app.federation.partners.errors import NotGrantedError
from app.kernel.clock import DAY_S, day_of
from app.records import UnverifiedRecord, parse_record
from app.records.errors import UnknownTypeError
from app.wiring import House, folder_of

from tests import factories
from tests.consultations import KEYS
from tests.federation import neighbours
from tests.federation.hosts import verify
from tests.houses import advance, publish, release, require_post, submit
from tests.tlog.strangers import public

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")


def test_post_of_a_partner_is_read_here_byte_for_byte(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    note = factories.note(AVA, board=WATER, title="Whose water?")
    publish(home, factories.card(AVA), note)

    replayed = neighbours.pull(house, partner, home)

    post = require_post(house, note)
    assert post.author.name == "Ava"
    assert replayed.set_aside == 0
    with house.db.read() as work:
        board = forum.find_board(work, did=WATER.did)
    assert board is not None
    assert (board.slug, board.home) == ("sepidar-water", home.door.instance_did)


def test_board_that_is_not_granted_is_not_shown(house: House, home: House) -> None:
    partner = neighbours.introduce(house, home, "sepidar")
    note = factories.note(AVA, board=WATER)
    publish(home, factories.card(AVA), note)

    neighbours.pull(house, partner, home)

    with house.db.read() as work:
        assert forum.find_board(work, did=WATER.did) is None
        assert forum.find_post(work, digest=factories.digest_of(note)) is None


def test_post_for_a_board_that_we_may_not_carry_to_is_refused(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER, rights=[Right.READ])
    neighbours.pull(house, partner, home)

    with pytest.raises(NotGrantedError):
        submit(house, factories.card(AVA), factories.note(AVA, board=WATER))


def test_post_that_is_carried_gets_no_entry_in_this_log(house: House, home: House) -> None:
    neighbours.pull(house, neighbours.befriend(house, home, "sepidar", WATER), home)
    submit(house, factories.card(AVA), factories.note(AVA, board=WATER))

    assert release(house) == 1  # The card.


def test_copy_keeps_the_homes_proofs_and_this_log_names_nothing_of_it(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    note = factories.note(AVA, board=WATER)
    publish(home, factories.card(AVA), note)
    neighbours.pull(house, partner, home)
    release(house)
    digest, copy = factories.digest_of(note), folder_of(house, partner)

    verified, tree = verify(copy), home.sequencer.published.get_checkpoint().tree
    with Folder(copy) as files, Folder(public(house)) as own:
        assert digest in list_digests(look(files))
        assert digest not in list_digests(look(own))
    assert verified.shown.checkpoint.tree == tree
    for path in (f"records/{digest.hex()}", f"receipts/{digest.hex()}.json"):
        assert (copy / path).read_bytes() == (public(home) / path).read_bytes()


def test_file_that_does_not_verify_is_kept_out_and_leaves_what_was_there(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    note = factories.note(AVA, board=WATER)
    publish(home, factories.card(AVA), note)
    path = home.settings.data / "public" / "records" / factories.digest_of(note).hex()
    path.write_bytes(note.replace(b"Note", b"Nota"))

    with pytest.raises(RecordDiffersError):
        neighbours.pull(house, partner, home)

    assert neighbours.find(house, partner).state is PartnerState.ACTIVE
    with house.db.read() as work:
        assert partners.get_replica(work, partner.did).trouble.startswith("unverified: ")
        assert forum.find_board(work, did=WATER.did)
        assert forum.find_post(work, digest=factories.digest_of(note)) is None


def test_partner_that_was_upgraded_first_is_no_liar(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a newer version logs is of a form that an older one refuses; it waits for its own upgrade."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    note = factories.note(AVA, board=WATER)
    publish(home, factories.card(AVA), note)
    with monkeypatch.context() as older:
        parse = parse_record

        def parse_as_before(raw: bytes) -> UnverifiedRecord:
            if raw == note:
                raise UnknownTypeError("no such type")
            return parse(raw)

        older.setattr(monitor, "parse_record", parse_as_before)
        with pytest.raises(NewerRecordError):
            neighbours.pull(house, partner, home)
        assert neighbours.find(house, partner).state is PartnerState.ACTIVE
        with house.db.read() as work:
            assert partners.get_replica(work, partner.did).trouble.startswith("newer-record")

    neighbours.pull(house, partner, home)

    assert require_post(house, note).author.name == "Ava"


def test_nothing_is_done_by_itself_on_a_partners_board(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    note = factories.note(AVA, board=WATER, title="Whose water?")
    publish(home, factories.card(AVA), note)
    with home.db.write() as work:
        thread = forum.get_thread(work, forum.get_post(work, factories.digest_of(note)).thread)
        question = opinion.Question(
            question="Whose water?",
            language="en",
            results=opinion.ResultsShown.CLOSED,
            asks_side=False,
            until=day_of(work.now),
        )
        opinion.open_conversation(work, home.door, thread, question, KEYS)
    neighbours.pull(house, partner, home)
    advance(house, 2 * DAY_S)

    with house.db.write() as work:
        due_here = opinion.list_over(work, house.door.instance_did)
        drawn_here = opinion.draw_panels(work, house.marks_key, house.door.instance_did)
    with home.db.read() as work:
        due_there = opinion.list_over(work, home.door.instance_did)

    assert (due_here, drawn_here, len(due_there)) == ([], 0, 1)


def test_answers_that_a_tick_shuffled_before_their_openings_are_decided_about_once(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    openings = [factories.note(AVA, board=WATER, title=f"Well {number}") for number in range(20)]
    posts = openings + [
        factories.note(AVA, board=WATER, reply_to=opening)
        for opening in openings
        for _ in range(14)
    ]
    with home.db.write() as work:
        work.carried.update(map(factories.digest_of, posts))
        for raw in [factories.card(AVA), *posts]:
            home.door.submit(work, raw)
    release(home)
    for _ in posts[::100]:
        home.publisher.keep_up()
    take, decided = records.take_logged, 0

    def count(*given: Any) -> None:
        nonlocal decided
        decided += 1
        take(*given)

    monkeypatch.setattr(records, "take_logged", count)
    replayed = neighbours.pull(house, partner, home)

    assert replayed.set_aside == 0
    assert all(require_post(house, raw).number for raw in posts)
    # What the author's card does to those before it is decided a second time.
    assert decided <= len(posts) + 5
