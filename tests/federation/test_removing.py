"""Removal that travels: by its author for everybody, by the rules as advice, by a law nowhere else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from app import records, tlog, wiring
from app.crypto.multikey import encode_digest
from app.federation import partners
from app.federation.bundles.bringing import bring
from app.federation.partners import carrying
from app.forum import Facets, find_posts
from app.identity.errors import PersonaLimitedError
from app.kernel.clock import DAY_S, HOUR_S, day_of
from app.main import create_app
from app.moderation import service
from app.moderation.codec import encode_reasons
from app.moderation.model import Action, ActionKind, Ground, Named, Role, Subject, SubjectKind
from app.moderation.rules.ledger import TYPES, read_ledger
from app.records import parse_record, sign_record, store, verify_record
from app.records.codec import decode_leaf, encode_leaf
from app.records.model import ACT
from app.records.model import REASONS as REASONS_MEMBER
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.acts import DESK, act_members
from tests.federation import neighbours
from tests.houses import advance, publish, release, require_post, submit
from tests.moderation.desks import act, decision, seat
from tests.moderation.samples import REASONS
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.slow

AVA, BABAK, CYRA = map(factories.person, ("Ava", "Babak", "Cyra"))
WATER = factories.board_key("water")
NOTE = factories.note(AVA, board=WATER, title="Whose water?", text="Needle in these words.")
HEX = factories.digest_of(NOTE).hex()


@pytest.fixture
def home(house: House, tmp_path: Path) -> Iterator[House]:
    """Another instance, with a thread about water that is read here."""
    home = neighbours.found(tmp_path / "home", house, WATER)
    publish(home, *map(factories.card, (AVA, BABAK, CYRA)), NOTE)
    neighbours.pull(house, neighbours.befriend(house, home, "sepidar", WATER), home)
    yield home
    home.db.close()


def partner_of(house: House, name: str = "sepidar") -> partners.Partner:
    """Return another instance as this one knows it."""
    with house.db.read() as work:
        return partners.get_partner(work, name)


def pull(house: House, home: House) -> partners.Replayed:
    """Bring the replica up to date."""
    return neighbours.pull(house, partner_of(house), home)


def find_needle(house: House) -> int:
    """Return how many posts a search for a word of the post finds."""
    with house.db.read() as work:
        return len(find_posts(work, "needle", Facets(), before=None, limit=9))


def say_erased(house: House) -> int:
    """Sign what was erased here, as the worker does."""
    with house.db.write() as work:
        return partners.say_erased(work, house.door)


def test_authors_erasure_takes_rows_index_and_copy_and_is_confirmed(
    house: House, home: House
) -> None:
    copied = wiring.folder_of(house, partner_of(house)) / "records" / HEX
    assert copied.exists()
    assert find_needle(house) == 1
    publish(home, factories.erasure(AVA, NOTE))
    pull(house, home)

    post = require_post(house, NOTE)
    assert post.erased_on
    assert not post.version.text.markdown
    assert not copied.exists()
    assert find_needle(house) == 0
    assert [say_erased(house), say_erased(house)] == [1, 0]
    neighbours.pull(home, partner_of(home, "reader"), house)
    with home.db.read() as work:
        (asked,) = partners.list_asked(work, factories.digest_of(NOTE))
    assert asked.confirmed_on


def test_post_on_a_live_board_that_a_partner_reads_is_erased(house: House, home: House) -> None:
    """A tick of a second is no reason to keep words."""
    live = factories.board_key("well", tick_s=1)
    publish(home, factories.board(live, home=home.keys["instance"]))
    with home.db.read() as work:
        reader = partners.get_partner(work, house.door.instance_did)
    neighbours.grant(home, reader, [live], partners.Right.READ)
    pull(house, home)
    with house.db.write() as work:
        partners.accept(work, house.door, partner_of(house))
    neighbours.pull(home, reader, house)
    note = factories.note(AVA, board=live)
    publish(home, note)

    submit(home, factories.erasure(AVA, note))

    assert require_post(home, note).erased_on is not None


def test_erasure_that_is_made_here_acts_here_at_once(house: House, home: House) -> None:
    copied = wiring.folder_of(house, partner_of(house)) / "records" / HEX
    submit(house, factories.erasure(AVA, NOTE))

    assert require_post(house, NOTE).erased_on
    assert not copied.exists()
    assert require_post(home, NOTE).erased_on is None


def test_partner_that_says_nothing_for_a_day_is_told_on_the_tombstone(
    house: House, home: House
) -> None:
    publish(home, factories.erasure(AVA, NOTE))
    with TestClient(create_app(home, ORIGIN), ORIGIN) as client:
        visitor = Visitor(client)
        waits = visitor.get(f"/p/{HEX}").text
        advance(home, DAY_S + 2 * HOUR_S)
        with home.db.read() as work:
            late = partners.list_late(work)
        # The page was made before: that it is late comes with the next change of the thread.
        publish(home, factories.note(BABAK, board=WATER, reply_to=NOTE, day=today(home)))
        is_late = visitor.get(f"/p/{HEX}").text
        pull(house, home)
        say_erased(house)
        neighbours.pull(home, partner_of(home, "reader"), house)
        said = visitor.get(f"/p/{HEX}").text

    assert "Has a day to say so" in waits
    assert "Has not said so within a day" in is_late
    assert late == {house.door.instance_did: 1}
    assert "Says that it erased it" in said


def test_erasure_that_had_to_wait_here_is_confirmed_once_it_acts(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its day had not come by this clock, or the card of who signed it stands behind it."""
    with monkeypatch.context() as right:
        right.setattr("app.records.rules.require_past_day", lambda *_: None)
        publish(home, factories.erasure(AVA, NOTE, day=today(home) + timedelta(days=3)))
    pull(house, home)
    waits = say_erased(house)
    advance(house, 2 * DAY_S)
    pull(house, home)

    assert require_post(house, NOTE).erased_on
    assert (waits, say_erased(house)) == (0, 1)


def test_receipt_of_another_instance_confirms_nothing(house: House, home: House) -> None:
    erasure = factories.erasure(AVA, NOTE)
    publish(home, erasure)
    with home.db.write() as work:
        members = {
            "object": f"ap://{home.door.instance_did}/actor",
            "urn:goftogu:erased": [encode_digest(factories.digest_of(erasure))],
        }
        raw = sign_record(
            home.door.key, "Accept", members, nonce=factories.nonce(), day=day_of(work.now)
        )
        home.door.submit(work, raw)

    with home.db.read() as work:
        (asked,) = partners.list_asked(work, factories.digest_of(NOTE))
    assert asked.confirmed_on is None


def test_what_a_home_hides_by_the_rules_is_hidden_here_until_it_gives_it_back(
    house: House, home: House
) -> None:
    desk = seat(home, CYRA, boards=(WATER.did,))
    done = act(home, desk, NOTE, ActionKind.HIDE)
    assert isinstance(done, Action)
    release(home)
    pull(house, home)
    hidden = require_post(house, NOTE).is_hidden
    with home.db.write() as work:
        service.undo(work, home.door, desk.at(home), [done.digest], REASONS)
    release(home)
    home.publisher.give_back()
    pull(house, home)

    assert hidden
    assert not require_post(house, NOTE).is_hidden
    assert find_needle(house) == 1


def test_what_a_homes_desks_did_is_no_act_of_this_log(house: House, home: House) -> None:
    """Neither missing in it, nor counted among what was done here."""
    act(home, seat(home, CYRA, boards=(WATER.did,)), NOTE, ActionKind.HIDE)
    own = factories.note(AVA, board=factories.LIVE, title="Wells")
    publish(house, own)
    act(house, seat(house, BABAK, role=Role.STEWARD, boards=()), own, ActionKind.HIDE)
    for each in (home, house):
        release(each)
    pull(house, home)
    assert require_post(house, NOTE).is_hidden

    numbers, differences = {}, {}
    for each in (home, house):
        did = each.door.instance_did
        with each.db.read() as work:
            entries = tlog.list_entries(work, 0, tlog.count_entries(work))
            digests = [decode_leaf(entry.leaf)[0] for entry in entries]
            raws = [r.raw for r in records.list_records(work, digests) if r.raw]
            logged = (verify_record(parse_record(raw)) for raw in raws)
            ledger = read_ledger((r for r in logged if r.type in TYPES), did)
            month = day_of(work.now).replace(day=1)
            differences[did] = list(service.compare_with_log(work, ledger, did))
            numbers[did] = service.count_month(work, did, month).acts

    assert set(numbers.values()) == {1}
    assert list(differences.values()) == [[], []]


def test_rules_are_advice_where_the_operator_set_so(house: House, home: House) -> None:
    with house.db.write() as work:
        partners.settle(work, partner_of(house), follows_rules=False)
    act(home, seat(home, CYRA, boards=(WATER.did,)), NOTE, ActionKind.HIDE)
    release(home)
    pull(house, home)

    assert not require_post(house, NOTE).is_hidden
    with TestClient(create_app(house, ORIGIN), ORIGIN) as client:
        page = Visitor(client).get(f"/p/{HEX}").text
    assert "keeps these words from its readers" in page
    assert "Needle in these words." in page


def test_what_a_homes_law_takes_is_read_here_until_a_desk_here_takes_it(
    house: House, home: House
) -> None:
    law = {"ground": Ground.LAW, "law": "A law, § 1"}
    act(home, seat(home, CYRA, boards=(WATER.did,)), NOTE, ActionKind.HIDE, **law)
    release(home)
    pull(house, home)
    before = require_post(house, NOTE)

    act(house, seat(house, BABAK, role=Role.STEWARD, boards=()), NOTE, ActionKind.HIDE, **law)
    after = require_post(house, NOTE)

    assert require_post(home, NOTE).is_hidden
    assert (before.is_hidden, after.is_hidden) == (False, True)
    assert before.act != after.act


def test_what_a_desk_here_hides_stays_at_its_home(house: House, home: House) -> None:
    steward = seat(house, BABAK, role=Role.STEWARD, boards=())
    act(house, steward, NOTE, ActionKind.HIDE)
    release(house)
    neighbours.pull(home, partner_of(home, "reader"), house)

    assert require_post(house, NOTE).is_hidden
    assert not require_post(home, NOTE).is_hidden


def test_desk_of_a_partner_reaches_no_board_of_this_host(house: House, home: House) -> None:
    own = factories.note(BABAK, text="Here.")
    publish(house, own)
    named = Named(id=factories.id_of(own), digest=factories.digest_of(own))
    log_unasked(home, act_members(ActionKind.HIDE, WATER.did, named, REASONS))
    replayed = pull(house, home)

    assert not require_post(house, own).is_hidden
    assert replayed.set_aside == 1


def test_limit_in_a_partners_log_reaches_nobody_here(house: House, home: House) -> None:
    reasons = encode_reasons(replace(REASONS, until=today(home) + timedelta(days=5)))
    limit: dict[str, object] = {
        "audience": f"ap://{WATER.did}/actor",
        "object": f"ap://{AVA.root}/actor",
        REASONS_MEMBER: reasons,
        ACT: "limit",
    }
    log_unasked(home, limit, "Block")
    pull(house, home)

    submit(house, factories.note(AVA, text="Here I may write.", day=today(house)))


def log_unasked(home: House, members: dict[str, object], kind: str = "Remove") -> None:
    """Let a home's log hold what its own door would refuse, as a host that cheats can."""
    raw = sign_record(DESK, kind, members, nonce=factories.nonce(), day=today(home))
    record = records.verify_record(records.parse_record(raw))
    with home.db.write() as work:
        leaf = encode_leaf(record.digest, record.type)
        include_by = tlog.append(work, leaf, tlog.HOUSE_LANE)
        store.add_record(work, record, include_by)
    release(home)


def test_suspension_at_a_home_holds_for_what_is_carried_and_nowhere_else(
    house: House, home: House
) -> None:
    until = today(home) + timedelta(days=5)
    wanted = decision(ActionKind.LIMIT, replace(REASONS, until=until))
    steward = seat(home, CYRA, role=Role.STEWARD, boards=())
    with home.db.write() as work:
        subject = Subject(kind=SubjectKind.PERSONA, name=AVA.root)
        service.act_on(work, home.door, steward.at(home), subject, wanted)
    release(home)
    pull(house, home)
    carried = factories.note(AVA, board=WATER, title="Carried", day=today(house))

    submit(house, factories.note(AVA, text="Here I may write.", day=today(house)), carried)

    with home.db.write() as work, pytest.raises(PersonaLimitedError):
        partners.take_handed(work, home.door, handed(house, home, carried))
    brought = bring(home.db, home.door, [carried])
    assert (brought.new, sum(brought.refused.values())) == (0, 1)


def handed(house: House, home: House, raw: bytes) -> partners.Handed:
    """Return a record as this instance hands it over, without its author's cards."""
    carried = partners.Carried(
        digest=factories.digest_of(raw),
        partner=home.door.instance_did,
        raw=raw,
        author=AVA.did,
        day=factories.TODAY,
    )
    body = carrying.encode_handed(house.keys["instance"], home.door.instance_did, carried, ())
    return partners.verify_handed(partners.parse_handed(body), home.door.instance_did)


def today(house: House) -> date:
    """Return the day at an instance."""
    return day_of(house.clock.now())
