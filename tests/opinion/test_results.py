"""Results: analysed beside all else, shown to whoever may see them, published at the close."""

from hashlib import sha256
from pathlib import Path

import pytest
from app import forum, identity, opinion, records
from app.crypto.multikey import encode_digest
from app.identity.model.ballots import BallotKind
from app.identity.tables.tokens import BallotRow
from app.opinion import service, store
from app.opinion.errors import NoTableError
from app.opinion.jobs import Analyst
from app.opinion.jobs.analysing import analyse, analyse_apart
from app.opinion.maths.figures import Figures, Verdict
from app.opinion.model import Conversation, ConversationState, Vote
from app.wiring import House
from sqlalchemy import insert
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish
from tests.opinion.crowds import analyse_now, opinions, put_in, with_crowd
from tests.opinion.samples import BABAK, cast, change, open_conversation, statement
from tests.visitor import Visitor

pytestmark = pytest.mark.slow


def figures_of(house: House, conversation: Conversation) -> Figures | None:
    with house.db.read() as work:
        return service.find_figures(work, conversation.thread)


def close(house: House, conversation: Conversation) -> None:
    change(house, conversation, state=ConversationState.CLOSED)
    analyse_now(house)
    analyse_now(house)


def vote_as(
    house: House, conversation: Conversation, visitor: Visitor, sheet: dict[int, Vote]
) -> None:
    """Let somebody who is logged in by a browser vote, as if their ballot had been let in."""
    name = ballot_of(house, conversation, visitor)
    with house.db.write() as work:
        values = {"conversation": conversation.record_id, "name": name, "kind": BallotKind.VOUCHED}
        work.session.execute(insert(BallotRow), [values])
        opinion.cast_votes(work, conversation, name, sheet)


def vote_on(
    house: House, conversation: Conversation, visitor: Visitor, sheet: dict[int, Vote]
) -> None:
    """Let them vote on more."""
    name = ballot_of(house, conversation, visitor)
    with house.db.write() as work:
        opinion.cast_votes(work, conversation, name, sheet)


def ballot_of(house: House, conversation: Conversation, visitor: Visitor) -> str:
    """Return the name of their ballot."""
    cookies = [cookie.value for cookie in visitor.client.cookies.jar]
    with house.db.read() as work:
        (token,) = [each for each in cookies if identity.find_viewer(work, each or "")]
        posting = identity.unlock_posting_key(work, token or "")
        return identity.derive_ballot(posting, conversation.record_id).name


def test_results_of_a_closed_consultation_are_everybodys(house: House, client: TestClient) -> None:
    conversation, _ = with_crowd(house)
    close(house, conversation)

    page = client.get(f"/en/t/{conversation.thread}/results")

    assert page.status_code == 200, page.text
    assert "Group <bdi>A</bdi>" in page.text
    assert "What unites" in page.text
    assert "What divides" in page.text


def test_no_route_shows_results_before_one_has_voted(house: House, client: TestClient) -> None:
    conversation, _ = with_crowd(house)
    analyse_now(house)

    for path in ("results", "results?page=2", "results/map.png", "results/me"):
        answer = client.get(f"/en/t/{conversation.thread}/{path}")
        assert answer.status_code == 403, path
        assert "Group <bdi>" not in answer.text
        assert f'href="/en/t/{conversation.thread}/consultation"' in answer.text, "no dead end"
    assert client.get(f"/en/t/{conversation.thread}/results.csv").status_code == 404


def test_gate_opens_with_the_fifth_vote_on_what_is_still_asked(
    house: House, client: TestClient
) -> None:
    conversation, _ = with_crowd(house)
    analyse_now(house)
    path = f"/en/t/{conversation.thread}/results"
    visitor = Visitor(client)
    visitor.join("Dara")

    vote_as(house, conversation, visitor, dict.fromkeys(range(1, 5), Vote.PASS))
    assert client.get(path).status_code == 403
    with house.db.write() as work:
        asked = {each.number: each for each in opinion.list_statements(work, conversation.thread)}
        forum.hide_post(work, forum.get_post(work, asked[1].post), act=b"a" * 32, rule="spam")
    vote_on(house, conversation, visitor, {5: Vote.PASS})
    assert client.get(path).status_code == 403, "one of the five is asked no more"
    vote_on(house, conversation, visitor, {6: Vote.PASS})

    assert client.get(path).status_code == 200


def test_a_voters_page_is_kept_for_nobody_else(house: House, client: TestClient) -> None:
    conversation, _ = with_crowd(house)
    analyse_now(house)
    path = f"/en/t/{conversation.thread}/results"
    visitor = Visitor(client)
    visitor.join("Dara")
    assert client.get(path).status_code == 403

    vote_as(house, conversation, visitor, dict.fromkeys(range(1, 7), Vote.AGREE))

    shown, own = client.get(path), client.get(path + "/me")
    assert (shown.status_code, own.status_code) == (200, 200), own.text
    assert "Nearest to group" in own.text
    visitor.log_out()
    client.cookies.clear()
    assert client.get(path).status_code == 403
    assert client.get(path + "/me").status_code == 403


def test_where_one_stands_comes_from_ones_own_votes_and_is_kept_nowhere(
    house: House, client: TestClient
) -> None:
    conversation, _ = with_crowd(house)
    analyse_now(house)
    visitor = Visitor(client)
    visitor.join("Dara")
    with house.db.read() as work:
        before = store.find_compass(work, conversation.thread)
    against = dict.fromkeys(range(1, 5), Vote.DISAGREE) | {5: Vote.AGREE, 6: Vote.AGREE}
    vote_as(house, conversation, visitor, against)

    page = client.get(f"/en/t/{conversation.thread}/results/me").text

    with house.db.read() as work:
        assert store.find_compass(work, conversation.thread) == before
        letter = "AB"[service.find_group(work, conversation.thread, against) or 0]
        other = {number: Vote(-vote) for number, vote in against.items()}
        assert service.find_group(work, conversation.thread, other) != "AB".index(letter)
    assert f"Nearest to group <bdi>{letter}</bdi>" in page
    assert "What you share with the others" in page


def test_too_few_voters_are_not_told_apart(house: House, client: TestClient) -> None:
    opening, conversation = open_conversation(house)
    publish(house, statement(BABAK, opening))
    put_in(house, conversation, [{1: Vote.PASS}] * 9)
    close(house, conversation)

    page = client.get(f"/fa/t/{conversation.thread}/results")

    assert page.status_code == 200
    assert figures_of(house, conversation) is None
    assert client.get(f"/en/t/{conversation.thread}/results.csv").status_code == 404


@pytest.mark.parametrize("sheets", [[], [{1: Vote.AGREE}], [{1: Vote.PASS}] * 40])
def test_consultation_with_nearly_nothing_in_it_is_an_answer_in_words(
    house: House, client: TestClient, sheets: list[dict[int, Vote]]
) -> None:
    opening, conversation = open_conversation(house)
    publish(house, statement(BABAK, opening))
    put_in(house, conversation, sheets)
    close(house, conversation)

    for path in ("results", "results/me"):
        for language in ("fa", "en", "fr"):
            answer = client.get(f"/{language}/t/{conversation.thread}/{path}")
            assert answer.status_code == 200, (path, language, answer.text)


def test_small_consultation_has_these_results(house: House) -> None:
    conversation, _ = with_crowd(house)
    close(house, conversation)

    found = figures_of(house, conversation)

    assert found is not None
    assert (found.people, found.groups, found.reason) == (120, (60, 60), "")
    assert found.is_capped
    verdicts = {each.number: each.verdict for each in found.statements}
    assert [verdicts[number] for number in range(1, 9)] == [
        *[Verdict.DIVIDES] * 4,
        *[Verdict.UNITES] * 4,
    ]
    assert {each.number for each in found.statements[:4]} == {5, 6, 7, 8}


def test_same_votes_give_the_same_bytes_in_whatever_process(house: House) -> None:
    conversation, _ = with_crowd(house)

    apart = analyse_apart(house.settings.resolved_database_url(), conversation.thread)

    assert apart == analyse(house.db, conversation.thread)
    assert apart.picture.startswith(b"\x89PNG")


def test_what_is_delivered_twice_counts_once(house: House) -> None:
    conversation, _ = with_crowd(house)
    before = analyse(house.db, conversation.thread)
    with house.db.read() as work:
        ballot, votes, _ = next(store.list_sheets(work, conversation.thread))

    with house.db.write() as work:
        store.set_sheet(work, conversation.thread, ballot, votes)

    assert analyse(house.db, conversation.thread) == before


def test_merged_statements_votes_count_for_what_stands_for_it(house: House) -> None:
    conversation, _ = with_crowd(house)
    with house.db.read() as work:
        first, *_, last = opinion.list_statements(work, conversation.thread)
    change(house, conversation, merged={last.record_id: first.record_id})
    close(house, conversation)

    found = figures_of(house, conversation)

    assert found is not None
    assert found.of(last.number) is None
    assert found.of(first.number) is not None


def test_a_single_vote_changes_nothing_that_is_shown_and_ten_people_do(house: House) -> None:
    conversation, _ = with_crowd(house)
    analyse_now(house)
    before = figures_of(house, conversation)

    cast(house, conversation, "one more", n1=1, n2=1, n5=-1)
    analyse_now(house)
    assert figures_of(house, conversation) == before
    with house.db.read() as work:
        assert not store.list_analyses_due(work)

    put_in(house, conversation, opinions(50, seed=3), kinds="unvouched", first=500)
    analyse_now(house)
    assert figures_of(house, conversation) == before, "whoever makes names makes no news"

    put_in(house, conversation, opinions(10, seed=3), first=1000)
    analyse_now(house)
    assert figures_of(house, conversation) != before


def test_priorities_change_with_what_is_shown_and_not_with_one_vote(house: House) -> None:
    conversation, _ = with_crowd(house)
    analyse_now(house)
    before = priorities_of(house, conversation)

    cast(house, conversation, "one more", n1=1, n2=1, n5=-1)
    analyse_now(house)
    assert priorities_of(house, conversation) == before
    assert len(set(before)) > 5
    assert min(before) >= 1

    put_in(house, conversation, opinions(10, seed=3), first=1000)
    analyse_now(house)
    assert priorities_of(house, conversation) != before


def test_order_of_votes_leaves_the_write_ahead_log_once_they_are_analysed(house: House) -> None:
    if house.db.engine.dialect.name != "sqlite":
        pytest.skip("an administrator's files, see docs/seizure.md")
    log = Path(f"{house.db.engine.url.database}-wal")
    conversation, _ = with_crowd(house)
    cast(house, conversation, "a ballot of somebody who logged in just now", n1=1)
    assert b"somebody who logged in just now" in log.read_bytes()

    analyse_now(house)

    assert b"somebody who logged in just now" not in log.read_bytes()


def priorities_of(house: House, conversation: Conversation) -> list[int]:
    with house.db.read() as work:
        return [each.priority for each in opinion.list_statements(work, conversation.thread)]


def test_vote_that_comes_while_votes_are_read_is_analysed_next(house: House) -> None:
    conversation, _ = with_crowd(house)

    def analyse_slowly(thread: forum.ThreadId) -> service.Made:
        made = analyse(house.db, thread)
        cast(house, conversation, "meanwhile", n1=1)
        return made

    for act in Analyst(house.db, house.door, analyse_slowly).list_due():
        act()

    with house.db.read() as work:
        assert store.list_analyses_due(work) == [conversation.thread]
    analyse_now(house)
    with house.db.read() as work:
        assert store.list_analyses_due(work) == []


def test_what_fails_stays_due_and_stops_no_other(house: House) -> None:
    broken, _ = with_crowd(house)
    opening, other = open_conversation(house)
    publish(house, statement(BABAK, opening))
    put_in(house, other, opinions(12, 1), first=5000)

    def analyse_or_fail(thread: forum.ThreadId) -> service.Made:
        if thread == broken.thread:
            raise RuntimeError("broken")
        return analyse(house.db, thread)

    watch, failed = Analyst(house.db, house.door, analyse_or_fail), 0
    for act in watch.list_due():
        try:
            act()
        except RuntimeError:
            failed += 1

    assert failed == 1
    assert figures_of(house, broken) is None
    assert figures_of(house, other) is not None
    with house.db.read() as work:
        assert store.list_analyses_due(work) == [broken.thread]
    # It rests for one look, and is tried again.
    assert list(watch.list_due()) == []
    assert len(list(watch.list_due())) == 1


def test_results_are_published_at_the_close_and_named_by_a_record(
    house: House, client: TestClient
) -> None:
    conversation, _ = with_crowd(house)
    analyse_now(house)
    with house.db.read() as work, pytest.raises(NoTableError):
        service.get_release(work, conversation.thread)
    close(house, conversation)

    table = client.get(f"/en/t/{conversation.thread}/results.csv")

    with house.db.read() as work:
        released = service.get_release(work, conversation.thread)
        found = records.find_record(work, released.record)
    assert found is not None
    assert found.raw is not None
    named = factories.decode(found.raw)["urn:goftogu:table"]
    assert named == encode_digest(sha256(table.content).digest())
    assert (
        sha256(table.content).hexdigest() in client.get(f"/en/t/{conversation.thread}/results").text
    )
    assert table.content == released.table.encode()
    people = [line.rsplit(",", 1)[1] for line in table.text.splitlines()[1:]]
    counts = [int(each) for each in people if each != "<10"]
    assert counts
    assert all(count >= 10 and count % 5 == 0 for count in counts)
    assert "Statement number" not in table.text


def test_nothing_is_published_twice(house: House) -> None:
    conversation, _ = with_crowd(house)
    close(house, conversation)
    with house.db.read() as work:
        first = service.get_release(work, conversation.thread)

    with house.db.write() as work:
        assert not service.publish_results(work, house.door, conversation.thread)
        store.make_analysis_due(work, conversation.thread)
    analyse_now(house)

    with house.db.read() as work:
        assert service.get_release(work, conversation.thread) == first


def test_erased_statement_leaves_the_pages(house: House, client: TestClient) -> None:
    conversation, said = with_crowd(house)
    close(house, conversation)
    path = f"/en/t/{conversation.thread}/results?page=2"
    assert "Statement number 4 of ours." in client.get(path).text

    publish(house, factories.erasure(BABAK, said[4]))

    assert "Statement number 4 of ours." not in client.get(path).text


def test_nothing_is_published_of_an_open_consultation(house: House) -> None:
    conversation, _ = with_crowd(house)
    analyse_now(house)

    with house.db.write() as work:
        assert not service.publish_results(work, house.door, conversation.thread)
        with pytest.raises(NoTableError):
            service.get_release(work, conversation.thread)
