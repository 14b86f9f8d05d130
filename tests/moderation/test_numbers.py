"""Every act is in the log, and a month is counted from the log as from the database."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from app import tlog
from app.federation.folders import Folder
from app.federation.monitor import look, walk
from app.moderation import service, store
from app.moderation.model import Action, ActionKind, Proposal, Role
from app.moderation.rules import dsa
from app.moderation.rules.ledger import ACT_TYPES, TYPES, Ledger, read_ledger
from app.moderation.rules.numbers import count_month
from app.records import VerifiedRecord
from app.records.codec import decode_leaf
from app.wiring import House

from tests import factories
from tests.houses import publish, release
from tests.moderation.desks import act, seat
from tests.moderation.random_acts import act_at_random, publish_files
from tests.moderation.samples import REASONS

NOVEMBER = date(2026, 11, 1)
AVA, BABAK, CYRA = (factories.person(name) for name in ("Ava", "Babak", "Cyra"))


def ledger_of(public: Path) -> Ledger:
    """Read a published folder as a stranger does."""
    with Folder(public) as files:
        shown = look(files)

        def records() -> Iterator[VerifiedRecord]:
            for entries in walk(files, shown, 0, kinds=TYPES):
                for entry in entries:
                    assert entry.record is not None
                    yield entry.record

        return read_ledger(records(), shown.card.signer)


def require_equal(house: House, count: int) -> None:
    """Let desks act at random; each act is one entry, and each month comes to the same numbers."""
    host = act_at_random(house, count)
    publish_files(house)
    with house.db.read() as work:
        entries = tlog.list_entries(work, 0, tlog.count_entries(work))
        kinds = [decode_leaf(entry.leaf)[1] for entry in entries]
        rows = store.count_found(work, store.Sought())
    ledger = ledger_of(house.settings.data / "public")
    months = sorted({logged.day.replace(day=1) for logged in ledger.acts})
    with house.db.read() as work:
        did = house.door.instance_did
        from_database = [service.count_month(work, did, month) for month in months]
        differences = list(service.compare_with_log(work, ledger, did))
    from_log = [count_month(ledger, month) for month in months]

    assert sum(kind in ACT_TYPES for kind in kinds) == rows == len(ledger.acts) == count
    assert {logged.digest for logged in ledger.acts} == {action.digest for action in host.taken}
    assert from_log == from_database
    assert sum(numbers.acts for numbers in from_log) == count
    assert differences == []
    assert len(months) > 1
    for part in ("automatic", "undone", "automatic_undone", "appeals_late"):
        assert sum(getattr(numbers, part) for numbers in from_log) > 0, part


@pytest.mark.slow
def test_six_hundred_random_acts_are_as_many_entries_and_the_numbers_agree(house: House) -> None:
    require_equal(house, 600)


@pytest.mark.nightly
def test_ten_thousand_random_acts_are_ten_thousand_entries(house: House) -> None:
    require_equal(house, 10_000)


@pytest.mark.slow
def test_month_is_counted_by_all_that_it_says(house: House) -> None:
    posts = [
        factories.note(AVA, title=f"Number {n}", text=f"What stands in {n}.") for n in range(3)
    ]
    publish(house, *(factories.card(who) for who in (AVA, BABAK, CYRA)), *posts)
    first, second = seat(house, BABAK), seat(house, CYRA, role=Role.STEWARD, boards=())
    hidden = act(house, first, posts[0], ActionKind.HIDE)
    act(house, second, posts[1], ActionKind.CLEAR)
    assert isinstance(hidden, Action)
    proposed = act(house, first, posts[2], ActionKind.ERASE)
    assert isinstance(proposed, Proposal)
    with house.db.write() as work:
        service.undo(work, house.door, first.at(house), [hidden.digest], REASONS)
        service.second(work, house.door, second.at(house), proposed.id)
        before = service.count_month(work, house.door.instance_did, NOVEMBER)
    release(house)

    with house.db.read() as work:
        numbers = service.count_month(work, house.door.instance_did, NOVEMBER)
        december = service.count_month(work, house.door.instance_did, date(2026, 12, 1))

    assert before.acts == 0, "what waits for its tick is not counted"
    assert numbers.month == "2026-11"
    assert numbers.kinds == {"clear": 1, "erase": 1, "hide": 1, "undo": 1}
    assert numbers.rules == {"threat": 4}
    assert numbers.sources == {"report": 4}
    assert numbers.boards == {factories.SQUARE.did: 4}
    assert (numbers.acts, numbers.undone, numbers.automatic, numbers.desks) == (4, 1, 0, 2)
    assert (december.acts, december.desks) == (0, 2)


@pytest.mark.slow
def test_lines_for_the_dsa_have_its_fields_and_hold_what_the_reasons_say(house: House) -> None:
    post = factories.note(AVA, text="What stands here.")
    publish(house, *(factories.card(who) for who in (AVA, BABAK)), post)
    at = seat(house, BABAK)
    hidden = act(house, at, post, ActionKind.HIDE, until=date(2026, 12, 1))
    act(house, at, post, ActionKind.CLEAR)
    assert isinstance(hidden, Action)
    release(house)
    publish_files(house)

    lines = list(
        dsa.list_statements(ledger_of(house.settings.data / "public"), NOVEMBER, "https://a/rules")
    )

    assert [set(line) for line in lines] == [set(dsa.FIELDS)]
    told = {name: value for name, value in lines[0].items() if value}
    assert told == {
        "decision_visibility": '["DECISION_VISIBILITY_CONTENT_DISABLED"]',
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "decision_ground_reference_url": "https://a/rules",
        "incompatible_content_ground": "threat",
        "incompatible_content_explanation": REASONS.facts,
        "category": "STATEMENT_CATEGORY_VIOLENCE",
        "decision_facts": REASONS.facts,
        "content_type": '["CONTENT_TYPE_TEXT"]',
        "application_date": "2026-11-21",
        "end_date_visibility_restriction": "2026-12-01",
        "source_type": "SOURCE_TYPE_OTHER_NOTIFICATION",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": hidden.digest.hex(),
    }
