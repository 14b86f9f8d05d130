"""The order of common ground: who counts, what is listed first, what is published, what is not."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from app import forum, identity, opinion, worker
from app.forum import ThreadSort
from app.kernel import strict_json
from app.kernel.clock import FixedClock, Instant
from app.opinion.jobs.ground import GroundKeeper
from app.opinion.maths.ranking import verify_order
from app.opinion.service import ground
from app.opinion.tables import RatingRow
from app.wiring import House
from sqlalchemy import select
from starlette.testclient import TestClient

from tests import factories
from tests.cli.command import goftogu
from tests.houses import LONG_ENOUGH_S, open_at, publish, submit
from tests.opinion.rated import OF_CAMP_A, OF_CAMP_B, WRITER, RatedBoard, found_board
from tests.opinion.rater_camps import CLAIM, OF_A, OF_B, SHARED

pytestmark = pytest.mark.slow
FILE = "/opinion/live/ground.json"
LIVE = factories.LIVE.did


@pytest.fixture(scope="module")
def made(template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RatedBoard]:
    """An instance whose live board two camps rated, made once; every test gets a copy."""
    data = tmp_path_factory.mktemp("rated") / "instance"
    shutil.copytree(template, data)
    house = open_at(data, FixedClock(factories.NOW))
    board = found_board(house)
    board.camps_rate()
    house.db.close()
    return data, board


@pytest.fixture
def house(made: tuple[Path, RatedBoard], tmp_path: Path) -> Iterator[House]:
    shutil.copytree(made[0], tmp_path / "instance")
    house = open_at(tmp_path / "instance", FixedClock(Instant(factories.NOW + 2 * LONG_ENOUGH_S)))
    yield house
    house.db.close()


@pytest.fixture
def board(made: tuple[Path, RatedBoard], house: House) -> RatedBoard:
    return replace(made[1], house=house)


def listed(client: TestClient, sort: str = "common-ground") -> list[str]:
    """Return the titles of the board's threads in their order."""
    page = client.get(f"/en/b/live?sort={sort}").text
    return re.findall(r'<h3[^>]*><a[^>]*href="/en/t/[^"]*"[^>]*>(?:<[^>]*>)*([^<]+)<', page)


def answered(client: TestClient, thread: str, query: str = "?sort=common-ground") -> list[str]:
    """Return what the posts of a thread say, in their order."""
    page = client.get(f"/en/t/{thread}{query}").text
    return re.findall(r'<div class="flow" lang="en" dir="ltr"><p dir="ltr">([^<]+)</p>', page)


def marks_of(house: House) -> set[bytes]:
    """Return whose ratings there are."""
    with house.db.read() as work:
        return set(work.session.scalars(select(RatingRow.mark)))


def test_what_both_sides_rate_well_comes_first_in_lists_and_threads(
    board: RatedBoard, client: TestClient
) -> None:
    before = listed(client), answered(client, board.thread)

    assert board.order()

    assert listed(client)[0] == SHARED
    first, *rest = answered(client, board.thread)
    assert (first, rest[0]) == ("Where does the water go?", SHARED)
    assert sorted(before[0]) == sorted(listed(client))
    assert sorted(before[1]) == sorted([first, *rest])
    assert listed(client, "new") == before[0] != listed(client)
    assert answered(client, board.thread, "") == before[1]


def test_crowd_of_one_side_lifts_nothing(board: RatedBoard, client: TestClient) -> None:
    board.rate(OF_CAMP_A, (CLAIM,))

    board.order()

    order = listed(client)
    assert order.index(SHARED) == 0 < order.index(CLAIM)
    # As the twelve see it; nobody of the other side said anything.
    assert order.index(CLAIM) < order.index("nobody has rated it")


def test_names_for_whom_nobody_answers_count_for_nothing(
    house: House, board: RatedBoard, client: TestClient
) -> None:
    """Thirty of them play both camps, and raise one claim."""
    board.order()
    before = client.get(FILE).content
    crowd = [factories.person(f"Bot {n}") for n in range(30)]
    submit(house, *(factories.card(person) for person in crowd))

    board.rate(crowd[:15], (CLAIM, *OF_A[:4]), (SHARED, *OF_B[:4]))
    board.rate(crowd[15:], (CLAIM, *OF_B[:4]), (SHARED, *OF_A[:4]))

    assert not board.order()
    assert client.get(FILE).content == before


def test_whoever_is_frozen_counts_no_more(house: House, board: RatedBoard) -> None:
    with house.db.write() as work:
        (cohort,) = [cohort.name for cohort in identity.list_cohorts(work)]
        identity.freeze_cohort(work, cohort)

    assert not board.order()
    with house.db.read() as work:
        assert forum.list_placings(work, LIVE) == []
    # They come back with their ratings once somebody answers for them again.
    assert len(marks_of(house)) == 24


def test_ratings_of_those_who_left_go_with_them(house: House, board: RatedBoard) -> None:
    reader = factories.person("Reader who leaves")
    card = factories.card(reader)
    submit(house, card)
    board.rate([reader], (SHARED,))
    board.order()
    assert len(marks_of(house)) == 25
    revoked = factories.key_line(reader, state="revoked")
    submit(house, factories.card(reader, after=card, keys=[revoked]))

    board.order()

    assert len(marks_of(house)) == 24
    assert opinion.rater_mark(house.marks_key, LIVE, reader.root) not in marks_of(house)


def test_hidden_and_erased_posts_have_no_place(house: House, board: RatedBoard) -> None:
    board.order()
    erased = board.openings[SHARED]

    with house.db.write() as work:
        post = board.post(erased)
        forum.erase_for_desk(work, post, post.day, act=bytes(32), rule="threat")
    board.order()

    with house.db.read() as work:
        placed = {one.post for one in forum.list_placings(work, LIVE)}
    assert erased not in placed
    assert board.answers[SHARED] in placed


def test_file_names_posts_and_counts_and_nobody(
    house: House, board: RatedBoard, client: TestClient
) -> None:
    board.order()

    answer = client.get(FILE)

    told = json.loads(answer.content)
    assert answer.headers["content-type"] == "application/json"
    assert "max-age=600" in answer.headers["cache-control"]
    assert set(told) == {"form", "posts", "weights"}
    assert {frozenset(post) for post in told["posts"]} == {
        frozenset({"digest", "least", "mean", "sides"})
    }
    everybody = (*OF_CAMP_A, *OF_CAMP_B, WRITER)
    marks = {opinion.rater_mark(house.marks_key, LIVE, one.root).hex() for one in everybody}
    assert not any(mark in answer.text for mark in marks)
    assert not any(one.root in answer.text or one.did in answer.text for one in everybody)
    # Twelve of a side rated each: ten, rounded.
    sides = {number for post in told["posts"] for side in post["sides"] for number in side}
    assert sides == {0, 10}


def test_file_is_the_order_of_pages_and_anyone_computes_it_anew(
    board: RatedBoard, client: TestClient
) -> None:
    board.order()

    order = [place.digest for place in verify_order(client.get(FILE).content)]

    openings = {digest.hex(): title for title, digest in board.openings.items()}
    ranked = [title for title in listed(client) if board.openings.get(title, b"").hex() in order]
    assert ranked == [openings[digest] for digest in order if digest in openings]


def test_file_of_no_board_is_a_problem_and_of_a_new_one_empty(client: TestClient) -> None:
    assert client.get("/opinion/nowhere/ground.json").status_code == 404
    assert client.get("/opinion/nowhere/ground.json").json()["code"] == "not-found"
    assert verify_order(client.get("/opinion/square/ground.json").content) == ()


def test_pages_are_kept_until_the_order_changes(
    house: House, board: RatedBoard, client: TestClient
) -> None:
    paths = ("/en/b/live?sort=common-ground", f"/en/t/{board.thread}?sort=common-ground", FILE)
    before = [client.get(path).text for path in paths]
    assert [client.get(path).text for path in paths] == before

    board.order()

    assert all(client.get(path).text != old for path, old in zip(paths, before, strict=True))
    assert not board.order()


def test_order_leaves_no_thread_out(house: House, board: RatedBoard) -> None:
    board.order()
    with house.db.read() as work:
        pages = [
            forum.list_threads(work, board=LIVE, sort=sort, page=1)[0]
            for sort in (ThreadSort.NEW, ThreadSort.GROUND)
        ]
    assert {one.thread.id for one in pages[0]} == {one.thread.id for one in pages[1]}


def test_later_pages_go_on_where_the_first_ended(
    house: House, board: RatedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.order()
    whole = threads(house)

    monkeypatch.setattr("app.forum.service.listing.THREADS_PER_PAGE", 3)
    parts = [title for page in range(1, 5) for title in threads(house, page)]

    assert parts == whole
    assert len(set(whole)) == len(whole) == 12


def threads(house: House, page: int = 1) -> list[str]:
    """Return the titles of a page of the board in the order of common ground."""
    with house.db.read() as work:
        found, _ = forum.list_threads(work, board=LIVE, sort=ThreadSort.GROUND, page=page)
    return [one.opening.version.text.title or "" for one in found]


def test_moved_thread_takes_no_place_along(house: House, board: RatedBoard) -> None:
    board.order()
    with house.db.read() as work:
        elsewhere, _ = forum.list_threads(
            work, board=factories.SQUARE.did, sort=ThreadSort.GROUND, page=1
        )
    assert elsewhere == []
    publish(house, factories.note(WRITER, title="New"))
    with house.db.read() as work:
        there, pages = forum.list_threads(
            work, board=factories.SQUARE.did, sort=ThreadSort.GROUND, page=1
        )
    assert ([one.opening.version.text.title for one in there], pages) == (["New"], 1)


@pytest.fixture
def published(board: RatedBoard, client: TestClient) -> bytes:
    board.order()
    raw: bytes = client.get(FILE).content
    return raw


def test_recompute_says_equal_or_where_not(published: bytes, tmp_path: Path) -> None:
    told = json.loads(published)
    turned = {**told, "posts": told["posts"][::-1]}
    heavier = {**told, "weights": {"helps": 2, "ratings": 4}}
    files = {
        "good": published,
        "turned": strict_json.encode(turned),
        "heavier": strict_json.encode(heavier),
        "twice": strict_json.encode({**told, "posts": [*told["posts"], told["posts"][0]]}),
        "broken": b"{",
    }
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)

    done = {name: goftogu("opinion", "recompute", str(tmp_path / name)) for name in files}

    assert {name: one.code for name, one in done.items()} == {
        "good": 0, "turned": 3, "heavier": 3, "twice": 3, "broken": 1,
    }  # fmt: skip
    assert done["good"].out.decode().startswith(f"Equal: {len(told['posts'])} posts")
    assert "from place 1 on" in done["turned"].err
    assert told["posts"][0]["digest"] in done["turned"].err
    assert "weights" in done["heavier"].err
    assert "twice" in done["twice"].err


def test_worker_orders_boards_and_goes_on_after_one_that_failed(
    house: House, board: RatedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = GroundKeeper(house.db, house.marks_key)
    with monkeypatch.context() as broken:
        broken.setattr(ground, "order_board", lambda _rated: 1 / 0)
        worker.look_after(house, keeper)
    assert house.db.counters.read()["failures", ""] == 1

    worker.look_after(house, keeper)

    with house.db.read() as work:
        assert forum.list_placings(work, LIVE)


def test_worker_looks_again_when_somebody_rated_and_once_an_hour(
    house: House, board: RatedBoard
) -> None:
    keeper = GroundKeeper(house.db, house.marks_key)
    assert [act() for act in keeper.list_due()] == [True]
    assert list(keeper.list_due()) == []

    board.rate(OF_CAMP_A[:1], ("nobody has rated it",))

    assert [act() for act in keeper.list_due()] == [False]
    assert [len(list(keeper.list_due())) for _ in range(4)] == [0, 0, 0, 1]
