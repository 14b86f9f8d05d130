"""What takes a second person, by pages: proposals, undoing, ending a term, appeals, groups."""

from dataclasses import replace

import pytest
from app import forum, records
from app.kernel.clock import HOUR_S, MINUTE_S, day_of
from app.moderation import rules, store
from app.moderation.model import Action, ActionKind, Appeal, CaseState, Rule
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import advance, publish, require_post, submit
from tests.moderation.desks import act, look_for_groups, post_subject, report, seat
from tests.moderation.working import (
    AVA,
    BABAK,
    CYRA,
    DARA,
    PASSPHRASE,
    POST,
    SPAM,
    Worker,
    work_at,
)
from tests.visitor import find_form

pytestmark = pytest.mark.slow

DIGEST = factories.digest_of(POST)


def settle(house: House, *workers: Worker) -> None:
    """Let sessions grow old enough to second something."""
    advance(house, 11 * MINUTE_S)


def propose_erasure(house: House, worker: Worker) -> str:
    """Propose to erase the post of a case; return the proposal's path."""
    report(house, POST, DARA, Rule.THREAT)
    done = worker.decide(worker.claim(), kind="erase")
    assert done.headers["location"] == "/en/desk?done=proposed", done.text
    with house.db.read() as work:
        (proposal,) = store.list_proposals(work)
    return f"/desk/proposals/{proposal.id}"


def is_erased(house: House) -> bool:
    with house.db.read() as work:
        return forum.get_post(work, DIGEST).erased_on is not None


def test_erasing_by_two(told: House, babak: Worker, cyra: Worker) -> None:
    path = propose_erasure(told, babak)
    assert "Erase a post" in cyra.get("/desk/proposals").text
    settle(told, cyra)
    page = cyra.get(path)
    assert "I know where your children go" in page.text
    assert "what would be done to a family" in page.text
    done = cyra.send(find_form(page, f"/en{path}"))

    assert done.headers["location"] == "/en/desk?done=agreed", done.text
    assert is_erased(told)


def test_session_that_has_only_begun_agrees_to_nothing(
    told: House, babak: Worker, cyra: Worker
) -> None:
    path = propose_erasure(told, babak)
    page = cyra.get(path)
    assert "Nobody logs in just to agree" in page.text
    refused = cyra.send(find_form(page, f"/en{path}"))

    assert (refused.status_code, "This takes two people" in refused.text) == (409, True)
    assert not is_erased(told)


def test_who_proposed_agrees_neither_there_nor_at_another_desk(
    told: House, babak: Worker, cyra: Worker
) -> None:
    path = propose_erasure(told, babak)
    again = work_at(cyra.client, seat(told, BABAK))
    settle(told)
    for worker in (babak, again):
        page = worker.get(path)
        assert "You proposed it, at this desk or another." in page.text
        refused = worker.send(find_form(page, f"/en{path}"))
        assert (refused.status_code, "This takes two people" in refused.text) == (409, True)
    assert not is_erased(told)


def test_proposal_that_ended_is_gone(told: House, babak: Worker, cyra: Worker) -> None:
    path = propose_erasure(told, babak)
    advance(told, rules.PROPOSAL_S + HOUR_S)
    cyra.log_in_at_desk(PASSPHRASE)

    assert cyra.get(path).status_code == 404
    assert "Erase a post" not in cyra.get("/desk/proposals").text


def test_long_limit_is_proposed_and_a_short_one_is_at_once(
    told: House, babak: Worker, cyra: Worker
) -> None:
    report(told, POST, DARA, Rule.THREAT)
    babak.claim()
    done = babak.decide(kind="limit", days="7")
    assert done.headers["location"] == "/en/desk/case?done=beside", done.text
    assert "Its author may only read now." in babak.get("/desk/case").text
    with told.db.read() as work:
        (case,) = store.list_cases_on(work, post_subject(POST))
        assert case.state is CaseState.OPEN
        assert store.list_proposals(work) == []
    babak.decide(kind="limit", days="30")
    with told.db.read() as work:
        assert len(store.list_proposals(work)) == 1
        assert [one.kind for one in store.list_actions_of(work, babak.seat.desk.did)] == [
            ActionKind.LIMIT
        ]


def test_turned_moderator_is_undone_by_one_decision_of_two_others(
    told: House, babak: Worker, cyra: Worker, dara: Worker
) -> None:
    """A desk hides thirty posts within its hour; everything is back, and all of it stands in the log."""
    raws = [
        factories.note(AVA, title=f"Voice {n}", text=f"What I think of {n}.") for n in range(29)
    ]
    submit(told, *raws)
    for raw in [*raws, POST]:
        assert isinstance(act(told, babak.seat, raw, ActionKind.HIDE), Action)
    advance(told, 11 * MINUTE_S)

    number = str(babak.seat.desk.number)
    listed = cyra.get(f"/desk/acts?desk={number}")
    assert "30 acts can be undone." in listed.text
    done = cyra.fill_in(f"/desk/acts?desk={number}", facts="It hid voices that broke no rule.")
    assert done.headers["location"] == "/en/desk?done=proposed", done.text
    with told.db.read() as work:
        (proposal,) = store.list_proposals(work)
    page = dara.get(f"/desk/proposals/{proposal.id}")
    assert "30 acts would be undone:" in page.text
    done = dara.send(find_form(page, f"/en/desk/proposals/{proposal.id}"))
    assert done.headers["location"] == "/en/desk?done=agreed", done.text

    publish(told, factories.note(AVA, title="Another", text="Bread."))
    with told.db.read() as work:
        acts = store.list_actions_of(work, babak.seat.desk.did)
        assert (len(acts), all(one.undoing for one in acts)) == (30, True)
        for raw in [*raws, POST]:
            assert records.get_public_bytes(work, factories.digest_of(raw)) == raw
            assert not forum.get_post(work, factories.digest_of(raw)).is_hidden
        places = {records.find_place(work, one.digest) for one in acts}
        (undoing,) = {one.undoing for one in acts}
        assert undoing is not None
        places.add(records.find_place(work, undoing))
    assert len(places) == 31


def test_desk_undoes_one_act_of_its_own_alone(told: House, babak: Worker, cyra: Worker) -> None:
    hidden = [act(told, babak.seat, raw, ActionKind.HIDE) for raw in (POST, SPAM)]
    assert isinstance(hidden[0], Action)
    done = babak.fill_in("/desk/acts", act=hidden[0].digest.hex())

    assert done.headers["location"] == "/en/desk?done=undone", done.text
    with told.db.read() as work:
        assert not forum.get_post(work, DIGEST).is_hidden
        assert forum.get_post(work, factories.digest_of(SPAM)).is_hidden


def test_acts_of_other_boards_are_not_a_desks_to_undo(
    told: House, babak: Worker, cyra: Worker
) -> None:
    elsewhere = work_at(cyra.client, seat(told, CYRA, boards=(factories.LIVE.did,)))
    act(told, babak.seat, POST, ActionKind.HIDE)
    number = str(babak.seat.desk.number)

    assert "Nothing that can be undone." in elsewhere.get(f"/desk/acts?desk={number}").text
    form = find_form(babak.get("/desk/acts"), "/en/desk/acts")
    own = find_form(elsewhere.get("/desk"), "/en/desk/claim").fields["token"]
    refused = elsewhere.post("/en/desk/acts", {**form.fields, "token": own, "rule": "spam", "ground": "rule",
        "facts": "No.", "desk": number})  # fmt: skip
    assert refused.status_code == 404, refused.text
    assert "No desk has this number." in elsewhere.get("/desk/acts?desk=99").text


def test_term_of_another_desk_is_ended_by_two_stewards(
    told: House, babak: Worker, dara: Worker, cyra: Worker
) -> None:
    number = str(babak.seat.desk.number)
    assert "/desk/acts/close" not in cyra.get(f"/desk/acts?desk={number}").text
    form = dara.open_form(f"/desk/acts?desk={number}")
    form.action = "/en/desk/acts/close"
    done = dara.send(
        form, rule="harassment", ground="rule", facts="It hid voices that broke no rule."
    )
    assert done.headers["location"] == "/en/desk?done=proposed", done.text
    with told.db.read() as work:
        (proposal,) = store.list_proposals(work)
    advance(told, 11 * MINUTE_S)
    refused = cyra.send(cyra.open_form(f"/desk/proposals/{proposal.id}"))
    assert (refused.status_code, "This desk may not do that" in refused.text) == (403, True)
    steward = work_at(cyra.client, seat(told, AVA, role=dara.seat.desk.role))
    advance(told, 11 * MINUTE_S)
    page = steward.get(f"/desk/proposals/{proposal.id}")
    assert f"The term of desk {number} would end now." in page.text
    steward.send(find_form(page, f"/en/desk/proposals/{proposal.id}"))

    assert babak.get("/desk").headers["location"] == "/en/desk/login"


def appeal_against(house: House, worker: Worker) -> Action:
    """Hide the post, and let its author appeal."""
    hidden = act(house, worker.seat, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    with house.db.write() as work:
        now = work.minute
        due = type(now)(now + rules.APPEAL_S)
        store.add_appeal(
            work,
            Appeal(
                action=hidden.digest, text="I asked about <my> own school.", opened_at=now,
                due_at=due, outcome=None, answer="", actors=(worker.seat.desk.person,),
            ),
        )  # fmt: skip
    return hidden


@pytest.mark.parametrize("outcome", ["upheld", "reversed", "amended"])
def test_appeal_is_answered_by_somebody_else(
    told: House, babak: Worker, cyra: Worker, outcome: str
) -> None:
    hidden = appeal_against(told, babak)
    path = f"/desk/appeals/{hidden.digest.hex()}"
    assert "1 appeal due within a day" not in cyra.get("/desk").text
    assert path in cyra.get("/desk/appeals").text
    page = cyra.get(path)
    assert "I asked about &lt;my&gt; own school." in page.text
    assert "I know where your children go" in page.text
    missing = cyra.fill_in(path, answer="We looked again.")
    assert (missing.status_code, "Choose an outcome." in missing.text) == (400, True)
    assert "We looked again." in missing.text
    done = cyra.fill_in(path, outcome=outcome, answer="We looked again.")

    assert done.headers["location"] == "/en/desk?done=answered", done.text
    with told.db.read() as work:
        assert forum.get_post(work, DIGEST).is_hidden is (outcome == "upheld")
        appeal = store.find_appeal(work, hidden.digest)
    assert appeal is not None
    assert (appeal.outcome, appeal.answer) == (outcome, "We looked again.")
    assert cyra.get(path).status_code == 404


def test_appeal_against_ones_own_act_is_not_answered(
    told: House, babak: Worker, cyra: Worker
) -> None:
    """Neither at the same desk nor at another one of the same person."""
    hidden = appeal_against(told, babak)
    path = f"/desk/appeals/{hidden.digest.hex()}"
    again = work_at(cyra.client, seat(told, BABAK))
    for worker in (babak, again):
        assert "somebody else answers" in worker.get("/desk/appeals").text
        assert "somebody else answers" in worker.get(path).text
        form = replace(worker.open_form("/desk", "/desk/claim"), action=f"/en{path}")
        refused = worker.send(form, outcome="reversed", rule="spam", ground="rule",
            facts="It was mine.", answer="I was right.")  # fmt: skip
        assert (refused.status_code, "This is your own matter" in refused.text) == (403, True)
        assert "I was right." in refused.text
    with told.db.read() as work:
        appeal = store.find_appeal(work, hidden.digest)
    assert appeal is not None
    assert (appeal.outcome, appeal.answer) == (None, "")


def test_answer_that_comes_second_is_refused(
    told: House, babak: Worker, cyra: Worker, dara: Worker
) -> None:
    hidden = appeal_against(told, babak)
    path = f"/desk/appeals/{hidden.digest.hex()}"
    form = dara.open_form(path)
    cyra.fill_in(path, outcome="upheld", answer="It stays.")
    refused = dara.send(
        form, outcome="reversed", rule="spam", ground="rule", facts="It was fine.", answer="Back."
    )

    assert (refused.status_code, "Somebody decided this meanwhile" in refused.text) == (409, True)
    with told.db.read() as work:
        appeal = store.find_appeal(work, hidden.digest)
        assert forum.get_post(work, DIGEST).is_hidden
    assert appeal is not None
    assert appeal.answer == "It stays."


CALL = "this post is an insult to our people and has to be taken down at once"


def flood(house: House, posts: int, crowd: int) -> list[bytes]:
    """Let a crowd report posts with one text, and somebody report one of them with another."""
    raws = [
        factories.note(AVA, title=f"Voice {n}", text=f"What I think of {n}.") for n in range(posts)
    ]
    people = [factories.person(f"Crowd {n}") for n in range(crowd)]
    submit(house, *(factories.card(person) for person in people), *raws)
    for raw in raws:
        for person in people:
            report(house, raw, person, Rule.HATE, CALL)
    look_for_groups(house)
    return raws


def test_cases_of_a_group_are_cleared_together(told: House, babak: Worker) -> None:
    """Fourteen cases of one group: two forms, and fourteen acts."""
    raws = flood(told, 14, 5)
    report(told, SPAM, DARA, Rule.SPAM, "The same shop again, with another name today.")
    page = babak.get("/desk/grouped")
    assert "5 reporters brought these cases together: nearly the same words" in page.text
    assert "4 more cases of the group come after these." in page.text
    for _ in range(2):
        # All are ticked already: whoever reads them leaves out what is another matter.
        done = babak.fill_in("/desk/grouped", kind="clear", facts="Opinions; no rule is broken.")
        assert done.headers["location"] == "/en/desk/grouped?done=decided", done.text

    assert "No group of reporters brought several" in babak.get("/desk/grouped").text
    with told.db.read() as work:
        acts = store.list_actions_of(work, babak.seat.desk.did)
        assert store.count_open(work, boards=None) == 1
    assert not any(require_post(told, raw).is_hidden for raw in raws)
    assert [one.kind for one in acts] == [ActionKind.CLEAR] * 14


def test_group_is_decided_whole_or_not_at_all(told: House, babak: Worker, cyra: Worker) -> None:
    flood(told, 3, 4)
    form = find_form(babak.get("/desk/grouped"), "/en/desk/grouped")
    cyra.claim()
    refused = babak.send(form, kind="hide", rule="hate", facts="It hurts a group.")

    assert (refused.status_code, "Another desk has this case" in refused.text) == (409, True)
    assert "It hurts a group." in refused.text
    with told.db.read() as work:
        assert store.list_actions_of(work, babak.seat.desk.did) == []
        assert store.count_open(work, boards=None) == 3


def test_queue_counts_no_proposal_that_the_desk_may_not_see(
    told: House, browsers: list[TestClient], babak: Worker
) -> None:
    elsewhere = work_at(browsers[2], seat(told, DARA, boards=(factories.person("Board").root,)))
    path = propose_erasure(told, babak)

    assert "1 proposal waits" in babak.get("/desk").text
    assert "0 proposals wait" in elsewhere.get("/desk").text
    assert elsewhere.get(path).status_code == 404


def test_group_is_decided_about_the_texts_that_were_shown(told: House, babak: Worker) -> None:
    """One of them is revised after the page was made: nobody has seen what it says now."""
    raws = flood(told, 3, 4)
    form = find_form(babak.get("/desk/grouped"), "/en/desk/grouped")
    publish(told, factories.update(AVA, raws[0], text="I know where you live, all of you."))
    refused = babak.send(form, kind="clear", facts="Opinions; no rule is broken.")

    assert (refused.status_code, "I know where you live" in refused.text) == (409, True)
    with told.db.read() as work:
        assert store.list_actions_of(work, babak.seat.desk.did) == []


def test_nothing_ticked_is_said(told: House, babak: Worker) -> None:
    flood(told, 3, 4)
    form = find_form(babak.get("/desk/grouped"), "/en/desk/grouped")
    form.fields = {
        name: value for name, value in form.fields.items() if not name.startswith("case_")
    }
    answer = babak.send(form, kind="clear", rule="hate", facts="Opinions.")

    assert (answer.status_code, "Tick at least one case." in answer.text) == (400, True)
    assert "Opinions." in answer.text


def test_danger_is_never_decided_in_a_bundle(told: House, babak: Worker) -> None:
    raws = flood(told, 3, 4)
    report(told, raws[0], DARA, Rule.THREAT, "He means it, look closely at the last line.")
    page = babak.get("/desk/grouped")

    assert page.text.count('type="checkbox"') == 2
    form = find_form(page, "/en/desk/grouped")
    report(told, raws[1], DARA, Rule.MINORS, "That is a child, and her school is named.")

    refused = babak.send(form, kind="clear", rule="hate", facts="Opinions.")

    assert (refused.status_code, "can be decided together any more" in refused.text) == (409, True)
    assert "Opinions." in refused.text
    with told.db.read() as work:
        assert store.count_open(work, boards=None) == 3
    assert day_of(told.clock.now()) == factories.TODAY


def test_group_is_not_cleared_in_words_that_nobody_saw(told: House, babak: Worker) -> None:
    """One of the posts is revised while its page is open: nothing is done."""
    raws = flood(told, 3, 4)
    seen = babak.open_form("/desk/grouped").fields
    publish(told, factories.update(AVA, raws[1], text="I know where you live."))
    babak.log_in_at_desk(PASSPHRASE)
    form = babak.open_form("/desk/grouped")
    changed = {name for name in form.fields if form.fields[name] != seen[name]}
    form.fields |= {name: seen[name] for name in seen if name.startswith("case_")}
    refused = babak.send(form, kind="clear", rule="hate", facts="Opinions.")

    assert len([name for name in changed if name.startswith("case_")]) == 1
    assert (refused.status_code, "was revised since you looked" in refused.text) == (409, True)
    with told.db.read() as work:
        assert store.count_open(work, boards=None) == 3


def test_case_at_another_desk_is_not_offered_with_its_group(
    told: House, babak: Worker, cyra: Worker
) -> None:
    flood(told, 3, 4)
    cyra.claim()

    page = babak.get("/desk/grouped")
    assert page.text.count('type="checkbox"') == 2
    done = babak.fill_in("/desk/grouped", kind="clear", facts="Opinions; no rule is broken.")
    assert done.headers["location"] == "/en/desk/grouped?done=decided", done.text
