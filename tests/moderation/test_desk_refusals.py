"""What a desk is refused: a clear sentence, everything typed is kept, and nothing is half done."""

import pytest
from app.kernel.clock import MINUTE_S
from app.moderation import store
from app.moderation.model import ActionKind, Rule
from app.web.error_pages import sentences_of
from app.wiring import House
from httpx import Response

from tests import factories
from tests.houses import LONG_ENOUGH_S, advance, submit, tick
from tests.moderation.desks import act, post_subject, report
from tests.moderation.working import AVA, BABAK, DARA, PASSPHRASE, POST, Worker

pytestmark = pytest.mark.slow

TYPED = "Words that took <long> to find."


def acts_on(house: House, raw: bytes = POST) -> int:
    with house.db.read() as work:
        return len(store.list_actions_on(work, post_subject(raw)))


def require_refused(answer: Response, status: int, sentence: str) -> None:
    """Check that a page says what was refused, and gives back what was typed."""
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text
    assert "Words that took &lt;long&gt; to find." in answer.text


def test_stale_case(told: House, babak: Worker) -> None:
    """Somebody acted on the post by another way while the page was open."""
    report(told, POST, DARA, Rule.THREAT)
    page = babak.claim()
    with told.db.write() as work:
        case = store.list_open(work, boards=None, rule=None, offset=0, limit=1)[0]
        store.decide_case(work, case, b"d" * 32)

    require_refused(babak.decide(page, facts=TYPED), 409, "Somebody decided this meanwhile")
    assert acts_on(told) == 0


def test_case_of_nowhere(told: House, babak: Worker) -> None:
    report(told, POST, DARA)
    page = babak.claim()

    require_refused(babak.decide(page, facts=TYPED, case="0" * 20), 404, "There is no such case")
    assert acts_on(told) == 0


def test_case_taken(told: House, babak: Worker, cyra: Worker) -> None:
    report(told, POST, DARA)
    page = babak.claim()
    advance(told, 31 * MINUTE_S)
    cyra.claim()

    require_refused(babak.decide(page, facts=TYPED), 409, "Another desk has this case")
    assert acts_on(told) == 0


def test_expired_lease(told: House, babak: Worker) -> None:
    report(told, POST, DARA)
    page = babak.claim()
    advance(told, 31 * MINUTE_S)

    require_refused(babak.decide(page, facts=TYPED), 409, "This case is not at your desk any more")
    assert acts_on(told) == 0
    assert babak.get("/desk/case").headers["location"] == "/en/desk"


def test_text_that_was_revised_is_not_cleared_unseen(told: House, babak: Worker) -> None:
    report(told, POST, DARA)
    submit(told, factories.update(AVA, POST, text="I know where you live."))
    advance(told, LONG_ENOUGH_S)
    babak.log_in_at_desk(PASSPHRASE)
    page = babak.claim()
    tick(told)

    refused = babak.decide(page, kind="clear", facts=TYPED)
    require_refused(refused, 409, sentences_of("case-changed", 409).title)
    assert acts_on(told) == 0


def test_double_decision(told: House, babak: Worker) -> None:
    report(told, POST, DARA)
    page = babak.claim()
    assert babak.decide(page).status_code == 303

    require_refused(babak.decide(page, facts=TYPED), 409, "Somebody decided this meanwhile")
    assert acts_on(told) == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"rule": ""}, "Name the rule."),
        ({"kind": ""}, "Choose what to do."),
        ({"ground": "law"}, "If a law is the ground, name it"),
        ({"law": "A law, § 1"}, "If a law is the ground, name it"),
        ({"rule": "law"}, "the ground is a law"),
        ({"kind": "label"}, "Choose a label."),
        ({"kind": "slow"}, "Choose how slow."),
        ({"kind": "move"}, "Choose the board that it goes to."),
        ({"days": "4"}, "Choose a number of days"),
        ({"ground": ""}, "Say whether a rule or a law"),
    ],
)
def test_missing_reason(told: House, babak: Worker, changed: dict[str, str], sentence: str) -> None:
    report(told, POST, DARA)
    page = babak.claim()

    require_refused(babak.decide(page, **{"facts": TYPED, **changed}), 400, sentence)
    assert acts_on(told) == 0
    assert babak.decide().status_code == 303, "the case is still the desk's"


def test_no_facts(told: House, babak: Worker) -> None:
    report(told, POST, DARA)
    answer = babak.decide(babak.claim(), facts=" \r\n ", law="A law, § 1", ground="law")

    assert (answer.status_code, "Nothing is done without it." in answer.text) == (400, True)
    assert "A law, § 1" in answer.text
    assert acts_on(told) == 0


def test_facts_that_repeat_the_text(told: House, babak: Worker) -> None:
    report(told, POST, DARA)
    said = "He wrote: I know where your children go to school."
    answer = babak.decide(babak.claim(), facts=said)

    assert (answer.status_code, "The facts repeat the text" in answer.text) == (409, True)
    assert answer.text.count(said) == 1
    assert acts_on(told) == 0


def test_own_words(told: House, babak: Worker) -> None:
    """A desk is given a case about its holder's words, and may not decide it."""
    own = factories.note(BABAK, title="Mine", text="This one is by the desk's holder.")
    submit(told, own)
    report(told, own, DARA)

    require_refused(babak.decide(babak.claim(), facts=TYPED), 403, "This is your own matter")
    assert acts_on(told, own) == 0


def test_session_that_ended_while_somebody_wrote(told: House, babak: Worker) -> None:
    report(told, POST, DARA)
    page = babak.claim()
    with told.db.write() as work:
        store.close_desk(work, babak.seat.desk.did, factories.TODAY)

    require_refused(babak.decide(page, facts=TYPED), 403, "Nobody works at a desk here")
    assert acts_on(told) == 0


def test_hasty_desk_is_slowed(told: House, babak: Worker) -> None:
    """The thirty-first act within an hour, by pages as by any other way."""
    raws = [factories.note(AVA, title=f"Shop {n}", text=f"Carpet {n}.") for n in range(30)]
    submit(told, *raws)
    for raw in raws:
        act(told, babak.seat, raw, ActionKind.HIDE)
    report(told, POST, DARA)

    require_refused(
        babak.decide(babak.claim(), facts=TYPED), 429, "That is a great deal for one hour"
    )
    assert acts_on(told) == 0


def test_forms_of_kinds_that_no_page_offers(told: House, babak: Worker) -> None:
    report(told, POST, DARA)
    page = babak.claim()
    for kind in ("undo", "uphold", "close-desk", "attack-mode"):
        require_refused(babak.decide(page, facts=TYPED, kind=kind), 400, "Choose what to do.")
    assert acts_on(told) == 0
