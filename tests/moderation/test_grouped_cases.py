"""Which cases a group of reporters brought, as a desk is shown them."""

from app.db import Work
from app.moderation import service, store
from app.moderation.model import Case, Matter, Rule, Subject, SubjectKind
from app.moderation.model.crowds import Cluster, Evidence
from app.wiring import House
from sqlalchemy import event

from tests.moderation.samples import BOARD, DESK, STEWARD


def bring(work: Work, number: int, *, board: str = BOARD, rule: Rule = Rule.SPAM) -> Case:
    """Open a case that two people of a group reported."""
    subject = Subject(kind=SubjectKind.POST, name=f"{number:064x}")
    matter = Matter(subject=subject, board=board, version=b"first")
    service.report(work, matter, rule, "", mark=b"a" * 32)
    return service.report(work, matter, rule, "", mark=b"b" * 32)


def find(house: House, ids: list[str]) -> tuple[list[str], int]:
    """Return which cases of a group the desk is shown, and how many statements that took."""
    with house.db.write() as work:
        cases = dict.fromkeys(ids, 2)
        evidence = {Evidence.WORDS: 3}
        store.put_clusters(
            work, [Cluster(cases=cases, latest=cases, reporters=3, evidence=evidence)]
        )
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(house.db.engine, "before_cursor_execute", note)
    with house.db.read() as work:
        found = service.find_grouped_cases(work, DESK)
    event.remove(house.db.engine, "before_cursor_execute", note)
    return [case.id for case in found[1]] if found else [], len(asked)


def test_a_large_group_asks_no_more_than_a_small_one(house: House) -> None:
    with house.db.write() as work:
        ids = [bring(work, number).id for number in range(60)]

    few, asked = find(house, ids[:2])
    many, asked_of_many = find(house, ids)

    assert (sorted(few), sorted(many)) == (sorted(ids[:2]), sorted(ids))
    assert asked_of_many == asked


def test_danger_other_boards_and_what_was_decided_are_left_out(house: House) -> None:
    with house.db.write() as work:
        ordinary = [bring(work, number).id for number in range(3)]
        danger = bring(work, 3, rule=Rule.THREAT).id
        elsewhere = bring(work, 4, board=STEWARD.did).id
        decided = bring(work, 5)
        store.decide_case(work, decided, bytes(32))

    shown, _ = find(house, [decided.id, elsewhere, danger, *reversed(ordinary)])

    assert shown == sorted(ordinary)
