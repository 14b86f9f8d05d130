"""Pages for stewards: a stranger finds them closed; what a steward types is settled or kept."""

import re

import pytest
from app import forum
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import count_records, publish, release
from tests.visitor import Form, Visitor, find_form

TEXTS = {"name_en": "Garden", "purpose_en": "What grows.", "rules_fa": "به آنچه گفته شد پاسخ دهید."}


def board(house: House, slug: str) -> forum.Board:
    """Return a board as it is now."""
    with house.db.read() as work:
        found = forum.find_board(work, slug=slug)
    assert found is not None
    return found


def open_settings(steward: Visitor) -> Form:
    """Open the form of the square's settings."""
    return steward.open_form("/boards/manage/square")


@pytest.mark.parametrize("path", ["", "/new", "/square"])
def test_board_pages_are_closed_to_whoever_is_no_steward(client: TestClient, path: str) -> None:
    visitor = Visitor(client)
    assert visitor.get(f"/boards/manage{path}").status_code == 303
    visitor.join("Mallory")

    assert visitor.get(f"/boards/manage{path}").status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/boards/manage/new", "/boards/manage/square", "/boards/manage/move", "/t/{thread}/state"],
)
def test_forms_forged_by_whoever_is_no_steward_change_nothing(
    house: House, client: TestClient, path: str
) -> None:
    opening = factories.note(factories.person("Babak"))
    publish(house, opening)
    visitor = Visitor(client)
    visitor.join("Mallory")
    before = count_records(house)
    thread = factories.digest_of(opening).hex()[:20]
    token = visitor.open_form("/settings").fields["token"]
    typed = {**TEXTS, "slug": "garden", "tick": "900", "openers": "anyone", "state": "locked"}

    answer = visitor.post(visitor.address(path.format(thread=thread)), {**typed, "token": token})

    assert answer.status_code == 403
    assert count_records(house) == before


def test_founded_board_shows_its_key_once(house: House, steward: Visitor) -> None:
    form = steward.open_form("/boards/manage/new")

    answer = steward.send(form, slug="garden", tags="#water\n\nland  use\nwater", **TEXTS)

    assert answer.status_code == 200, answer.text
    key = re.search(r"<code[^>]*>([0-9a-f]{64})</code>", answer.text)
    assert key is not None
    founded = board(house, "garden")
    assert founded.tags == ("water", "land use")
    assert founded.name == {"en": "Garden"}
    assert founded.rules == {"fa": TEXTS["rules_fa"]}
    # Nowhere in the database, in no form of it.
    kept = (house.settings.data / "goftogu.db").read_bytes()
    assert bytes.fromhex(key[1]) not in kept
    assert key[1].encode() not in kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "new"},
        {"slug": "Garden!"},
        {"name_en": ""},
        {"name_en": "x" * 61},
        {"purpose_en": "x\u202ey"},
        {"tick": "7"},
        {"openers": "nobody"},
        {"tags": "\n".join(f"tag {n}" for n in range(13))},
        {"tags": "x" * 31},
    ],
    ids=str,
)
def test_wrong_settings_found_nothing_and_stay_in_the_form(
    house: House, steward: Visitor, wrong: dict[str, str]
) -> None:
    before = count_records(house)
    form = steward.open_form("/boards/manage/new")

    answer = steward.send(form, **{"slug": "garden", **TEXTS, **wrong})

    assert answer.status_code == 400
    assert find_form(answer, form.action).fields["rules_fa"] == TEXTS["rules_fa"]
    assert count_records(house) == before


def test_empty_form_is_told_in_the_order_of_its_fields_what_is_missing(steward: Visitor) -> None:
    answer = steward.send(steward.open_form("/boards/manage/new"))

    asked = re.findall(r'<li><a href="#f-(\w+)">', answer.text)
    assert asked == ["slug", "name_en", "purpose_en", "rules_en"], "the steward reads English"


def test_changed_settings_hold_at_once(house: House, steward: Visitor) -> None:
    steward.get("/b/square")

    answer = steward.send(open_settings(steward), name_en="Agora", tick="3600", openers="stewards")

    assert answer.status_code == 303, answer.text
    assert board(house, "square").tick_s == 3600
    assert "Agora" in steward.get("/b/square").text
    steward.log_out()
    assert "Agora" in steward.get("/b/square").text


def test_settings_that_another_steward_overtook_are_kept_in_the_form(
    house: House, steward: Visitor
) -> None:
    first, second = open_settings(steward), open_settings(steward)
    steward.send(first, name_en="Agora")

    answer = steward.send(second, name_en="Forum")

    assert answer.status_code == 409
    assert find_form(answer, second.action).fields["name_en"] == "Forum"
    assert board(house, "square").name["en"] == "Agora"


def test_board_moves_up(house: House, steward: Visitor) -> None:
    form = steward.open_form("/boards/manage", "/boards/manage/move")

    answer = steward.send(form, slug="notices", do="up")

    assert answer.status_code == 303
    with house.db.read() as work:
        assert [item.slug for item, _ in forum.list_boards(work)] == ["square", "notices", "live"]


def test_steward_opens_a_thread_where_only_stewards_do(house: House, steward: Visitor) -> None:
    steward.open_thread("Rules", "Read them.", board="notices")


def test_locked_thread_shows_no_way_to_reply(house: House, steward: Visitor) -> None:
    digest = steward.open_thread("Water", "Where does it go?")
    release(house)
    steward.log_in("Ava")
    path = f"/t/{digest[:20]}"

    answer = steward.send(steward.open_form(path, f"{path}/state"), pinned="yes", state="locked")

    assert answer.status_code == 303, answer.text
    page = steward.get(path).text
    assert f'id="{answer.headers["location"].partition("#")[2]}"' in page
    assert "/reply" not in page
    assert "it takes no more replies" in page
    assert steward.get(f"{path}/reply").status_code == 403
    assert "Pinned" in steward.get("/b/square").text


def test_thread_is_listed_with_the_tags_chosen_for_it(house: House, steward: Visitor) -> None:
    steward.send(open_settings(steward), tags="water\nland")
    answer = steward.send_post("/b/square/new", title="Rain", text="When?", tag_2="land")
    assert answer.status_code == 303, answer.text
    release(house)

    assert "#land" in steward.get("/b/square").text


def test_tag_that_the_board_has_not_is_refused(house: House, steward: Visitor) -> None:
    before = count_records(house)

    answer = steward.send_post("/b/square/new", title="Rain", text="When?", tag_1="land")

    assert answer.status_code == 409
    assert "The board has no such tag" in answer.text
    assert count_records(house) == before


def test_only_stewards_are_shown_the_way_to_manage(steward: Visitor) -> None:
    assert "/boards/manage" in steward.get("/boards").text
    steward.log_out()

    assert "/boards/manage" not in steward.get("/boards").text
