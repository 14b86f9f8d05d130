"""Two hundred reports after a coordinated attack: one person clears them by the pages."""

from random import Random

import pytest
from app.moderation import store
from app.moderation.model import ActionKind, Rule
from app.wiring import House

from tests import factories
from tests.houses import require_post, submit
from tests.moderation.crowds import CALL, WORDS
from tests.moderation.desks import look_for_groups, report
from tests.moderation.working import AVA, Worker

pytestmark = pytest.mark.slow

POSTS, COLLUDING, HONEST, REPORTS = 14, 143, 60, 200
_MOST_FORMS = 60


def attack(house: House) -> tuple[list[bytes], list[bytes]]:
    """Let 143 colluding personas report 9 posts among 60 honest ones; return those posts, and the others.

    Two of the others hold private data, and three are ordinary cases.
    """
    random = Random(7)
    texts = [f"What I think of the {n}th well, and why." for n in range(POSTS)]
    raws = [factories.note(AVA, title=f"Well {n}", text=text) for n, text in enumerate(texts)]
    submit(house, *raws)
    mobbed, private, ordinary = raws[:9], raws[9:11], raws[11:]
    crowd = [factories.person(f"Crowd {n}") for n in range(COLLUDING)]
    honest = [factories.person(f"Honest {n}") for n in range(HONEST)]
    count = 0
    for number, person in enumerate(crowd):
        report(house, mobbed[number % 9], person, Rule.HATE, CALL)
        count += 1
    for person in honest[: REPORTS - count]:
        words = " ".join(random.choices(WORDS, k=12))
        about, rule = random.choice(
            [(random.choice(private), Rule.PRIVATE_DATA), (random.choice(ordinary), Rule.SPAM)]
        )
        report(house, about, person, rule, words)
    return mobbed, raws[9:]


def test_one_person_clears_the_attack(told: House, babak: Worker) -> None:
    """Fifteen cases at most, on one page; the group is shown; nothing honest is hidden."""
    mobbed, others = attack(told)
    look_for_groups(told)
    with told.db.read() as work:
        assert store.count_open(work, boards=None) <= 15
    queue = babak.get("/desk").text
    assert queue.count("<li><h3>") == 14
    assert queue.index("private data of people") < queue.index("<h3>hatred against groups")
    assert f"{COLLUDING} reporters brought these cases together" in babak.get("/desk/grouped").text

    forms = 0
    while "brought these cases together" in babak.get("/desk/grouped").text:
        done = babak.fill_in("/desk/grouped", kind="clear", facts="Opinions; no rule is broken.")
        assert done.headers["location"] == "/en/desk/grouped?done=decided", done.text
        forms += 1
    while True:
        claimed = babak.send(babak.open_form("/desk", "/desk/claim"))
        forms += 1
        if claimed.headers["location"] != "/en/desk/case":
            break
        page = babak.get("/desk/case")
        private = "Case: private data" in page.text
        kind = "hide" if private else "clear"
        done = babak.decide(page, kind=kind, rule="private-data" if private else "spam",
            facts="It names where a private person lives." if private else "No rule is broken.")  # fmt: skip
        assert done.headers["location"] == "/en/desk?done=decided", done.text
        forms += 1

    assert forms <= _MOST_FORMS
    assert forms == 1 + 2 * 5 + 1, "what it took"
    assert not any(require_post(told, raw).is_hidden for raw in [*mobbed, *others[2:]])
    assert all(require_post(told, raw).is_hidden for raw in others[:2])
    with told.db.read() as work:
        acts = store.list_actions_of(work, babak.seat.desk.did)
        assert store.count_open(work, boards=None) == 0
    assert sorted(one.kind for one in acts) == [ActionKind.CLEAR] * 12 + [ActionKind.HIDE] * 2
