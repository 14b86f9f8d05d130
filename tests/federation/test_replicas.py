"""A partner's boards are shown here, and nothing of a partner reaches what is not its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app import forum, opinion
from app.federation import monitor, partners
from app.federation.errors import NewerRecordError, RecordDiffersError
from app.federation.partners import PartnerState, Right
from app.federation.partners.errors import NotGrantedError
from app.kernel.clock import DAY_S, day_of
from app.records import UnverifiedRecord, parse_record
from app.records.errors import UnknownTypeError
from app.wiring import House

from tests import factories
from tests.consultations import KEYS
from tests.federation import neighbours
from tests.houses import advance, publish, release, require_post, submit

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")


@pytest.fixture
def home(house: House, tmp_path: Path) -> Iterator[House]:
    """Another instance, with a board about water."""
    home = neighbours.found(tmp_path / "home", house, WATER)
    yield home
    home.db.close()


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


def test_lie_freezes_the_partner_and_leaves_what_was_there(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    note = factories.note(AVA, board=WATER)
    publish(home, factories.card(AVA), note)
    path = home.settings.data / "public" / "records" / factories.digest_of(note).hex()
    path.write_bytes(note.replace(b"Note", b"Nota"))

    with pytest.raises(RecordDiffersError):
        neighbours.pull(house, partner, home)

    assert neighbours.find(house, partner).state is PartnerState.FROZEN
    with house.db.read() as work:
        assert partners.get_replica(work, partner.did).trouble


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
        closed_here = opinion.close_due(work, house.door)
        drawn_here = opinion.draw_panels(work, house.marks_key, house.door.instance_did)
    with home.db.write() as work:
        closed_there = opinion.close_due(work, home.door)

    assert (closed_here, drawn_here, len(closed_there)) == ([], 0, 1)
