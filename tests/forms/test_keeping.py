"""What a persona keeps for itself: nobody else sees it, and what is deleted is gone."""

from re import findall

import pytest
from app import forum
from app.db.erased import FILE_NAME, ErasedList
from app.forum import Post
from app.forum.service import keeping
from app.forum.service.keeping import MOST_DRAFTS
from app.kernel.clock import DAY_S, FixedClock
from app.wiring import House
from app.worker import step
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import LANGUAGES
from tests.houses import advance, count_records, publish, read_rows, release, require_post
from tests.visitor import Form, Visitor, find_form

NEEDLE = "Nadel im Heuhaufen"


def keep(visitor: Visitor, path: str = "/b/square/new", **typed: str) -> str:
    """Keep a draft; return the address, without the language, that the list opens the last one at."""
    answer = visitor.send(visitor.open_form(path), do="keep", **typed)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == visitor.address("/drafts")
    found = list_drafts(visitor)
    return found[-1] if found else ""


def list_drafts(visitor: Visitor) -> list[str]:
    """Return where the drafts of the visitor's page lead."""
    page = visitor.get("/drafts").text.replace("&amp;", "&")
    return [path.removeprefix(f"/{visitor.language}") for path in findall(r'href="([^"]*draft=[^"]*)"', page)]  # fmt: skip


def test_draft_is_kept_unsigned_opened_again_and_gone_once_sent(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    before = count_records(house)
    path = keep(visitor, text="Half a thought.", language="fr")
    assert count_records(house) == before

    form = visitor.open_form(path)
    assert (form.fields["text"], form.fields["language"]) == ("Half a thought.", "fr")
    answer = visitor.send(form, do="send", title="Water", text="A thought.")

    visitor.digest_after(answer)
    assert list_drafts(visitor) == []
    assert "draft" not in {table for table, _ in read_rows(house)}


def test_draft_remembers_how_long_to_wait(client: TestClient) -> None:
    """Sent on another day from the list, it must not be shown sooner than its author chose."""
    visitor = Visitor(client)
    visitor.join("Ava")

    path = keep(visitor, text="For tomorrow.", wait="24")

    assert visitor.open_form(path).fields["wait"] == "24"


def test_draft_kept_again_replaces_itself(client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    path = keep(visitor, text="One.")

    again = keep(visitor, path, text="Two.")

    assert again == path
    assert len(list_drafts(visitor)) == 1
    assert visitor.open_form(path).fields["text"] == "Two."


def test_draft_of_a_reply_and_of_a_revision_remembers_its_place(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "Where?", board="live")
    advance(house, 2)
    step(house, 1)

    reply = keep(visitor, f"/t/{digest[:20]}/reply?quote={digest}", text="There.")
    assert visitor.open_form(reply).fields["quote"] == digest
    visitor.send(find_form(visitor.get("/drafts"), "/en/drafts"))

    revision = keep(visitor, f"/p/{digest}/revise", text="Where to?")
    assert visitor.send_post(f"/p/{digest}/revise", text="Where from?").status_code == 303
    late = visitor.send(visitor.open_form(revision), do="send")
    assert late.status_code == 409, "begun from an older version"
    assert "Where to?" in late.text


def test_draft_is_there_for_its_persona_alone(house: House, client: TestClient) -> None:
    ava, babak = Visitor(client), Visitor(client)
    ava.join("Ava")
    path = keep(ava, text=NEEDLE)
    draft = path.rpartition("=")[2]
    ava.log_out()
    assert ava.get("/drafts").headers["location"].startswith("/en/login")
    babak.join("Babak")

    assert babak.get(path).status_code == 404
    assert list_drafts(babak) == []
    token = babak.open_form("/b/square/new").fields["token"]
    assert babak.post("/en/drafts", {"token": token, "draft": draft}).status_code == 303
    stolen = babak.open_form("/b/square/new")
    babak.send(stolen, do="keep", text="Mine now.", draft=draft)

    rows = [row for table, row in read_rows(house) if table == "draft"]
    assert {row["text"] for row in rows} == {NEEDLE, "Mine now."}


def test_deleted_draft_leaves_no_trace_on_the_disk(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    keep(visitor, text=NEEDLE)
    files = list(house.settings.data.glob("goftogu.db*"))
    assert any(NEEDLE.encode() in path.read_bytes() for path in files)

    visitor.send(find_form(visitor.get("/drafts"), "/en/drafts"))

    assert list_drafts(visitor) == []
    assert not any(NEEDLE.encode() in path.read_bytes() for path in files)


def test_draft_is_forgotten_a_week_after_it_was_kept(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    keep(visitor, text=NEEDLE)

    clock.advance(7 * DAY_S)
    step(house, 0)
    kept = NEEDLE in repr(read_rows(house))
    clock.advance(DAY_S)
    step(house, 0)

    assert kept
    assert NEEDLE not in repr(read_rows(house))


def test_one_draft_too_many_stays_in_the_form(house: House, client: TestClient) -> None:
    visitor = Visitor(client, "fa")
    visitor.join("Ava")
    form = visitor.open_form("/b/square/new")
    for number in range(MOST_DRAFTS):
        visitor.send(form, do="keep", text=str(number))

    answer = visitor.send(form, do="keep", text=NEEDLE)

    assert answer.status_code == 409
    assert LANGUAGES["fa"].gettext("You have as many drafts as one may keep") in answer.text
    assert find_form(answer, form.action).fields["text"] == NEEDLE
    assert len(list_drafts(visitor)) == MOST_DRAFTS


def test_draft_too_long_to_sign_is_not_kept(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    form = visitor.open_form("/b/square/new")

    answer = visitor.send(form, do="keep", text="x" * 20_001)

    assert answer.status_code == 400
    assert "draft" not in {table for table, _ in read_rows(house)}


def test_thread_is_saved_listed_and_dropped(house: House, client: TestClient) -> None:
    opening = factories.note(factories.person("Babak"), title="Aquifers")
    publish(house, opening)
    thread = require_post(house, opening).thread
    visitor = Visitor(client)
    assert f"/t/{thread}/save" not in visitor.get(f"/t/{thread}").text
    visitor.join("Ava")

    first = visitor.send(save_form(visitor, thread), do="save")
    answer = visitor.send(save_form(visitor, thread), do="save")
    assert (first.status_code, answer.status_code) == (303, 303)
    # Where the button was: it says now that the thread is saved.
    path, _, anchor = answer.headers["location"].partition("#")
    assert path == visitor.address(f"/t/{thread}")
    assert f'id="{anchor}"' in visitor.get(f"/t/{thread}").text
    assert "Aquifers" in visitor.get("/saved").text
    assert visitor.send(save_form(visitor, thread), do="drop").status_code == 303

    assert "Aquifers" not in visitor.get("/saved").text


def save_form(visitor: Visitor, thread: str) -> Form:
    """Return the form of a thread's page that saves it."""
    return visitor.open_form(f"/t/{thread}", f"/t/{thread}/save")


def test_notices_are_new_until_they_are_marked_as_read(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "Where?")
    release(house)
    post = house_post(house, digest)
    visitor.log_in("Ava")
    first = factories.note(factories.person("Babak"), reply_to=post.record_id, text="There.")
    publish(house, first)
    form = visitor.open_form("/notices")
    second = factories.note(factories.person("Cyrus"), reply_to=post.record_id, text="Here.")
    publish(house, second)
    visitor.log_in("Ava")
    assert visitor.get("/notices").text.count("Not read yet") == 2

    visitor.send(find_form(visitor.get("/notices"), "/en/notices"), newest=form.fields["newest"])

    page = visitor.get("/notices").text
    assert page.count("Not read yet") == 1
    assert factories.digest_of(first).hex() in page
    visitor.send(find_form(visitor.get("/notices"), "/en/notices"))
    assert "Not read yet" not in visitor.get("/notices").text
    assert visitor.get("/notices").text.count("Answers you") == 2


def test_one_saved_thread_too_many_is_refused_with_what_to_do(
    house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_SAVED", 1)
    babak = factories.person("Babak")
    first, second = (factories.note(babak, title=title) for title in ("Aquifers", "Bridges"))
    publish(house, first, second)
    visitor = Visitor(client)
    visitor.join("Ava")
    thread, other = (require_post(house, post).thread for post in (first, second))
    assert visitor.send(save_form(visitor, thread), do="save").status_code == 303

    answer = visitor.send(save_form(visitor, other), do="save")

    assert answer.status_code == 409
    assert "You have saved as many threads as one may save" in answer.text
    assert "Bridges" not in visitor.get("/saved").text
    again = visitor.send(save_form(visitor, thread), do="save")
    assert again.status_code == 303, "what is saved already is no more than before"
    visitor.send(save_form(visitor, thread), do="drop")
    assert visitor.send(save_form(visitor, other), do="save").status_code == 303


def test_deleted_draft_leaves_the_list_of_erasures_as_it_was(
    house: House, client: TestClient
) -> None:
    """A line that is no digest would keep every backup from being restored with it."""
    visitor = Visitor(client)
    visitor.join("Ava")
    keep(visitor, text="Half a thought.")

    visitor.send(find_form(visitor.get("/drafts"), "/en/drafts"))

    assert list_drafts(visitor) == []
    assert not (house.settings.data / FILE_NAME).exists()
    ErasedList(house.settings.data).complete([bytes(32)])


def house_post(house: House, digest: str) -> Post:
    """Return a post by its digest in hex."""
    with house.db.read() as work:
        return forum.get_post(work, bytes.fromhex(digest))


def test_latest_since_lists_only_threads_with_a_newer_post(
    house: House, client: TestClient
) -> None:
    babak = factories.person("Babak")
    old, moved = (factories.note(babak, title=title) for title in ("Aquifers", "Bridges"))
    publish(house, old, moved)
    (since,) = findall(r'href="/en/latest(\?since=\d+)"', client.get("/en/latest").text)
    assert "Nothing newer yet." in client.get(f"/en/latest{since}").text

    publish(house, factories.note(babak, reply_to=moved, text="Further."))

    page = client.get(f"/en/latest{since}")
    assert "Bridges" in page.text
    assert "Aquifers" not in page.text
    assert "set-cookie" not in page.headers
    assert "cdn-cache-control" not in page.headers
    assert f'{since}"' not in client.get("/en/latest").text
