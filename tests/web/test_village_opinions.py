"""What the village's readers and voters came to: pages of results, of common ground and of context show something."""

import json
import re

import pytest
from app import forum, hearings, opinion
from app.forum import PostKind
from app.opinion import ConversationState
from app.opinion.maths.figures import Verdict
from app.wiring import House
from starlette.testclient import TestClient

pytestmark = pytest.mark.slow


def test_closed_consultation_has_groups_a_map_and_both_sides(
    village: TestClient, village_house: House
) -> None:
    with village_house.db.read() as work:
        (closed,) = [
            each
            for each in opinion.list_conversations(work)
            if each.state is ConversationState.CLOSED
            and hearings.find_hearing(work, thread=each.thread) is None
        ]
    address = f"/en/t/{closed.thread}/results"
    page = village.get(address).text

    for verdict in ("What unites", "What divides"):
        assert f"<h2>{verdict}</h2>" in page
    assert len(re.findall(r"<h3>Group ", page)) == 2
    assert village.get(f"{address}/map.png").content.startswith(b"\x89PNG")
    assert re.search(r"Inside \d+% agree", page)
    assert village.get(f"{address}.csv").text.startswith("statement,post,group,counted,answer")


def test_open_consultation_has_results_for_who_voted(village_house: House) -> None:
    with village_house.db.read() as work:
        (found,) = [each for each in opinion.list_conversations(work) if each.is_open]
        made = opinion.find_figures(work, found.thread)

    assert made is not None
    said = {each.verdict for each in made.statements}
    assert {Verdict.UNITES, Verdict.DIVIDES} <= said


def test_board_has_an_order_of_common_ground(village: TestClient) -> None:
    ground = json.loads(village.get("/opinion/water/ground.json").content)
    page = village.get("/en/b/water?sort=common-ground")

    assert len(ground["posts"]) > 10
    assert page.status_code == 200


def test_context_stands_under_its_post_and_another_awaits_ratings(
    village: TestClient, village_house: House
) -> None:
    with village_house.db.read() as work:
        water = next(board for board, _ in forum.list_boards(work) if board.slug == "water")
        notes = [
            forum.get_post(work, digest)
            for digest, _, _ in forum.list_of_kind(work, water.did, PostKind.CONTEXT)
        ]
    assert len(notes) == 2
    shown = [note for note in notes if "example.org" in village.get(f"/en/t/{note.thread}").text]

    assert len(shown) == 1
    post = shown[0].parent
    assert post is not None
    assert "Shown under the post" in village.get(f"/en/p/{post.hex()}/context").text
