"""A name for one thread in the forms: chosen for a reply, shown as itself, kept apart from its persona."""

import json
import re

import pytest
from app import forum, identity, records
from app.crypto import blind
from app.crypto.multikey import encode_did
from app.crypto.seed import parse_words
from app.forum import Post
from app.forum.routes import hands
from app.identity import rules, store
from app.identity.codec import tokens
from app.identity.model.tokens import NameToken
from app.kernel.clock import HOUR_S, FixedClock
from app.records.model import Custody
from app.web.error_pages import sentences_of
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.crypto import issuers
from tests.crypto.issuers import factor, stretched
from tests.forms.languages import CODES, LANGUAGES
from tests.forms.test_writing import log_in_device
from tests.houses import count_records, open_all_issuers, publish, read_rows, release, submit
from tests.visitor import Form, Visitor, find_form

DARA = factories.person("Dara")
OPENING = factories.note(DARA, title="Water", text="Where does it go?")
OTHER = factories.note(DARA, title="Bread", text="What does it cost?")
THREAD = factories.digest_of(OPENING).hex()[:20]
ELSEWHERE = factories.digest_of(OTHER).hex()[:20]
REPLY = f"/t/{THREAD}/reply"
BOX = 'name="hand" value="thread"'


@pytest.fixture
def ava(house: House, client: TestClient) -> Visitor:
    """Somebody who joined without scripts and whom somebody answers for, with threads to answer in."""
    submit(house, factories.card(DARA))
    publish(house, OPENING, OTHER)
    visitor = Visitor(client)
    visitor.join("Ava")
    with house.db.write() as work:
        open_all_issuers(house, work, issuers.KEY)
        store.add_invited(work, root_of(visitor), "2026-11")
    return visitor


def root_of(visitor: Visitor) -> str:
    """Return the root of a visitor's persona."""
    return encode_did(parse_words(visitor.words).root_key().public)


def name_of(visitor: Visitor, thread: str = THREAD) -> str:
    """Return the did of a visitor's name for a thread."""
    posting = parse_words(visitor.words).posting_key()
    return encode_did(identity.derive_name(posting, thread).public)


def reply(visitor: Visitor, text: str, *, path: str = REPLY, **typed: str) -> str:
    """Answer under a name for the thread; return the digest."""
    return visitor.digest_after(visitor.send_post(path, text=text, **{"hand": "thread", **typed}))


def let_pass(house: House, visitor: Visitor) -> None:
    """Let what waits be shown; the session would end meanwhile."""
    release(house)
    visitor.log_in("Ava")


def find_post(house: House, digest: str) -> Post:
    """Return a post, shown or waiting."""
    with house.db.read() as work:
        post = forum.find_post(work, digest=bytes.fromhex(digest))
    assert post is not None
    return post


def test_reply_under_a_new_name_stands_under_it(house: House, ava: Visitor) -> None:
    page = ava.get(REPLY)
    assert BOX in page.text
    assert "checked" not in page.text.split(BOX)[1].split(">")[0]

    post = find_post(house, reply(ava, "Into the pistachios."))

    assert post.author.did == name_of(ava)
    assert post.author.thread == THREAD
    assert post.author.name is None
    assert post.custody is Custody.UNLOCKED


def test_reply_without_the_box_stands_under_ones_own_name(house: House, ava: Visitor) -> None:
    reply(ava, "Under the other.")

    post = find_post(house, ava.digest_after(ava.send_post(REPLY, text="Into the pistachios.")))

    assert post.author.root == root_of(ava)


@pytest.mark.parametrize("code", CODES)
def test_readers_see_a_name_in_their_language_and_what_it_is(
    house: House, ava: Visitor, code: str
) -> None:
    post = find_post(house, reply(ava, "Into the pistachios."))
    release(house)
    ava.log_out()
    language, mark = LANGUAGES[code], post.author.fingerprint
    called, alone = language.name_of(mark), language.gettext("A name for this thread alone")
    reader = Visitor(ava.client, code)

    for path in (f"/t/{THREAD}", f"/p/{post.digest.hex()}", f"/t/{THREAD}/print"):
        text = reader.get(path).text
        assert f"<bdi>{called}</bdi>" in text
        assert alone in text
        assert "Ava" not in text
    page = reader.get(f"/persona/{mark.replace(' ', '')}").text
    assert called in page
    assert "Ava" not in page
    for path in (f"/t/{THREAD}.txt", f"/t/{THREAD}/feed.atom"):
        assert called in reader.get(path).text


@pytest.mark.parametrize("code", CODES)
def test_form_tells_in_the_readers_language_what_a_name_is(ava: Visitor, code: str) -> None:
    visitor, language = Visitor(ava.client, code), LANGUAGES[code]

    text = visitor.get(REPLY).text

    for sentence in ("Post under a new name, for this thread alone:", "Nothing that this host keeps joins it to your own name. While it signs for you it sees both, and could remember them; whoever gets your key can find out; and style, hours and what only you know can still tell."):  # fmt: skip
        assert language.gettext(sentence) in text
    reply(visitor, "One.")
    assert (
        language.gettext("Post under your name for this thread alone:") in visitor.get(REPLY).text
    )


def test_preview_shows_the_name_and_keeps_the_choice(ava: Visitor) -> None:
    form = ava.open_form(REPLY)

    answer = ava.send(form, do="preview", text="Into the pistachios.", hand="thread")

    again = find_form(answer, form.action)
    assert again.fields["hand"] == "thread"
    preview = answer.text.split('id="preview"')[1].split("</section>")[0]
    assert "A name for this thread alone" in preview
    assert "Ava" not in preview
    assert 'value="keep"' not in answer.text


def test_ids_of_both_hands_share_nothing_although_one_form_was_sent_under_both(
    house: House, ava: Visitor
) -> None:
    form = ava.open_form(REPLY)
    by_name, by_persona = (
        find_post(house, ava.digest_after(ava.send(form, do="send", text="One.", **hand)))
        for hand in ({"hand": "thread"}, {})
    )

    ends = {post.record_id.rpartition("/")[2] for post in (by_name, by_persona)}
    assert len(ends) == 2
    assert form.fields["nonce"] not in by_name.record_id


def test_form_sent_twice_is_taken_in_once(house: House, ava: Visitor) -> None:
    form, before = ava.open_form(REPLY), count_records(house)

    first, again = (ava.send(form, do="send", text="One.", hand="thread") for _ in range(2))

    assert first.headers["location"] == again.headers["location"]
    assert count_records(house) == before + 1


def test_author_sees_and_changes_what_stands_under_the_name(house: House, ava: Visitor) -> None:
    digest = reply(ava, "Waiting.")
    assert "Waiting." in ava.get(f"/t/{THREAD}").text
    assert f'href="/en/t/{THREAD}"' in ava.get(f"/receipts/{digest}").text
    let_pass(house, ava)

    assert f"/p/{digest}/revise" in ava.get(f"/t/{THREAD}").text
    assert ava.send_post(f"/p/{digest}/revise", text="Revised.").status_code == 303
    let_pass(house, ava)
    assert "Revised." in ava.get(f"/p/{digest}").text
    assert ava.send(ava.open_form(f"/p/{digest}/erase")).status_code == 303
    assert find_post(house, digest).erased_on == factories.TODAY


def test_others_change_nothing_of_it(house: House, ava: Visitor) -> None:
    digest = reply(ava, "One.")
    assert Visitor(ava.client).get(f"/t/{THREAD}").text.count("One.") == 1
    ava.log_out()
    other = Visitor(ava.client)
    other.join("Babak")

    assert "One." not in other.get(f"/t/{THREAD}").text
    release(house)
    assert f"/p/{digest}/revise" not in other.get(f"/t/{THREAD}").text
    for path in ("revise", "erase"):
        assert other.get(f"/p/{digest}/{path}").status_code == 403


@pytest.mark.parametrize("code", CODES)
def test_words_for_a_name_are_not_kept_as_a_draft(ava: Visitor, code: str) -> None:
    visitor = Visitor(ava.client, code)
    form = visitor.open_form(REPLY)

    answer = visitor.send(form, do="keep", text="For the name.", hand="thread")

    assert answer.status_code == 400
    assert LANGUAGES[code].gettext(hands._NO_DRAFT) in answer.text
    assert find_form(answer, form.action).fields["text"] == "For the name."
    assert "For the name." not in visitor.get("/drafts").text


def test_draft_is_for_ones_own_name(house: House, ava: Visitor) -> None:
    """Copies of the database may hold its words beside the persona."""
    ava.send(ava.open_form(REPLY), do="keep", text="Kept.")
    address = re.search(r'href="(/en/t/[^"]+draft=[^"]+)"', ava.get("/drafts").text)
    assert address is not None
    path = address[1].removeprefix("/en").replace("&amp;", "&")
    page, before = ava.get(path), count_records(house)
    assert BOX not in page.text

    answer = ava.send(find_form(page, f"/en{REPLY}"), do="send", hand="thread")

    assert answer.status_code == 400
    assert count_records(house) == before


def test_revision_of_a_names_post_is_not_kept_as_a_draft(house: House, ava: Visitor) -> None:
    digest = reply(ava, "One.")
    release(house)
    form = ava.open_form(f"/p/{digest}/revise")

    answer = ava.send(form, do="keep", text="Two.")

    assert answer.status_code == 400
    assert digest not in ava.get("/drafts").text
    assert 'value="keep"' not in ava.get(f"/p/{digest}/revise").text


@pytest.mark.parametrize("place", ["reply", "revise"])
def test_words_for_a_name_do_not_go_through_a_log_in(
    house: House, ava: Visitor, clock: FixedClock, place: str
) -> None:
    """They would be kept as a draft of the persona. The page gives them back to be copied."""
    digest = reply(ava, "One.")
    let_pass(house, ava)
    form = ava.open_form(REPLY if place == "reply" else f"/p/{digest}/revise")
    if place == "reply":
        form.fields["hand"] = "thread"
    clock.advance(rules.IDLE_S + HOUR_S)

    answer = ava.send(form, do="send", text="For the name.")

    assert answer.status_code == 403
    assert "For the name." in answer.text
    assert "/login/again" not in answer.text
    ava.log_in("Ava")
    assert "For the name." not in ava.get("/drafts").text


def test_sending_under_a_name_does_not_touch_the_session(
    house: House, ava: Visitor, clock: FixedClock
) -> None:
    """Its row would bear the number of the transaction that wrote the name's post."""

    def sessions() -> list[dict[str, object]]:
        return [row for table, row in read_rows(house) if table == "login_session"]

    clock.advance(HOUR_S)
    before = sessions()
    reply(ava, "One.")
    assert sessions() == before
    ava.send_post(REPLY, text="Two.")
    assert sessions() != before


def test_neither_hand_quotes_or_answers_what_only_the_other_sees(
    house: House, ava: Visitor
) -> None:
    mine = ava.digest_after(ava.send_post(REPLY, text="Mine, waiting."))
    names = reply(ava, "The name's, waiting.")
    before = count_records(house)

    for digest, hand in ((mine, {"hand": "thread"}), (names, {})):
        for path in (f"{REPLY}?quote={digest}&to={THREAD_OPENING}", f"{REPLY}?to={digest}"):
            form = ava.open_form(path, REPLY)
            answer = ava.send(form, do="send", text="Joined.", **hand)
            assert answer.status_code == 409, path
            assert "Joined." in answer.text
    assert count_records(house) == before
    release(house)
    path = f"{REPLY}?quote={mine}&to={mine}"
    assert ava.send(ava.open_form(path, REPLY), do="send", text="Fine.", hand="thread").status_code == 303  # fmt: skip


THREAD_OPENING = factories.digest_of(OPENING).hex()


def test_own_pages_and_exports_do_not_know_the_name(house: House, ava: Visitor) -> None:
    digest = reply(ava, "Under the name.")
    let_pass(house, ava)
    post = find_post(house, digest)
    submit(house, factories.note(DARA, reply_to=bytes_of(house, post), text="To the name."))
    let_pass(house, ava)

    own = ava.get("/persona").headers["location"].removeprefix("/en")
    for path in (own, "/keys/records.jsonl", "/drafts", "/saved", "/notices", "/keys"):
        page = ava.get(path)
        assert page.status_code == 200, path
        for part in (digest, name_of(ava), "Under the name.", "To the name."):
            assert part not in page.text, path
    mark = post.author.fingerprint.replace(" ", "")
    ava.log_out()
    others = ava.get(f"/persona/{mark}").text
    assert digest in others
    assert "Ava" not in others


def bytes_of(house: House, post: Post) -> bytes:
    """Return the signed bytes of a post."""
    with house.db.read() as work:
        record = records.find_record(work, post.digest)
    assert record is not None
    assert record.raw is not None
    return record.raw


def test_persona_is_told_of_its_own_names_answer_like_of_anothers(
    house: House, ava: Visitor
) -> None:
    """To leave it out would tell whose the name is."""
    mine = ava.open_thread("Salt", "Where does it come from?")
    let_pass(house, ava)

    answer = reply(ava, "From the lake.", path=f"/t/{mine[:20]}/reply")
    let_pass(house, ava)

    assert answer in ava.get("/notices").text


def test_fourth_name_of_a_month_is_refused_and_said_so(house: House, ava: Visitor) -> None:
    with house.db.write() as work:
        for _ in range(rules.NAMES_A_MONTH - 1):
            store.count_one_name_taken(work, root_of(ava), "2026-11")
    late = ava.open_form(f"/t/{ELSEWHERE}/reply")
    reply(ava, "One.")
    before = count_records(house)

    page = ava.get(f"/t/{ELSEWHERE}/reply").text
    assert BOX not in page
    assert "You have taken all of this month’s names for one thread." in page
    for do in ("preview", "send"):
        answer = ava.send(late, do=do, text="Two.", hand="thread")
        assert answer.status_code == 400
        assert hands._NO_NAME in answer.text
        assert "Two." in answer.text
    assert count_records(house) == before
    assert BOX in ava.get(REPLY).text
    reply(ava, "Three.")


def test_persona_on_probation_is_offered_no_name_and_gets_none(
    house: House, client: TestClient, ava: Visitor
) -> None:
    ava.log_out()
    babak = Visitor(client)
    babak.join("Babak")
    form, before = babak.open_form(REPLY), count_records(house)
    assert BOX not in babak.get(REPLY).text

    answer = babak.send(form, do="send", text="One.", hand="thread")

    assert answer.status_code == 400
    assert hands._NO_NAME in answer.text
    assert count_records(house) == before


def test_name_opens_no_thread_and_device_keys_post_nothing_by_mistake(
    house: House, client: TestClient, ava: Visitor
) -> None:
    """Never under one's own name where the other was asked for."""
    before = count_records(house)
    answer = ava.send_post("/b/square/new", title="Salt", text="One.", hand="thread")
    assert answer.status_code == 400
    ava.log_out()
    log_in_device(ava, house, DARA)
    record = factories.note(DARA, reply_to=OPENING, text="One.").decode()

    answer = ava.send(ava.open_form(REPLY), do="send", text="One.", record=record, hand="thread")

    assert answer.status_code == 400
    assert count_records(house) == before


def test_device_has_its_right_signed_unseen_and_its_name_let_in_without_a_cookie(
    house: House, client: TestClient, ava: Visitor
) -> None:
    ava.log_out()
    with house.db.write() as work:
        store.add_invited(work, DARA.root, "2026-11")
    log_in_device(ava, house, DARA)
    name = identity.derive_name(DARA.key, THREAD)
    did = encode_did(name.public)
    prefix = stretched(b"device", 32)
    prepared = blind.prepare(tokens.name_message(issuers.PUBLIC, THREAD, did), prefix=prefix)
    blinded = blind.blind(issuers.PUBLIC, prepared, salt=bytes(48), factor=factor(b"device"))

    token = ava.open_form("/settings").fields["token"]
    form = Form("/en/keys/thread-name", {"token": token})
    signed = ava.send(form, blinded=blinded.message.hex())
    assert signed.status_code == 200, signed.text
    assert ava.send(form, blinded="no digits").status_code == 400
    client.cookies.clear()
    answer = bytes.fromhex(signed.text)
    signature = blind.finalize(issuers.PUBLIC, prepared, answer, blinded.secret)
    right = tokens.encode_name_token(
        NameToken(cohort="2026-11", prefix=prefix, signature=signature)
    )

    def let_in(**changed: str) -> int:
        sent = {"did": did, "thread": THREAD, "token": right, **changed}
        return int(client.post("/api/v1/thread-names", content=json.dumps(sent, separators=(",", ":"))).status_code)  # fmt: skip

    assert let_in(thread=ELSEWHERE) == 400
    assert let_in(thread="00" * 10) == 404
    assert let_in(more="") == 400
    assert let_in() == 201
    assert let_in() == 409
    post = factories.note(DARA, reply_to=OPENING, key=name)
    assert client.post("/api/v1/records", content=post).status_code == 201
    elsewhere = factories.note(DARA, reply_to=OTHER, key=name)
    refused = client.post("/api/v1/records", content=elsewhere)
    assert refused.status_code == 403
    assert "name-elsewhere" in refused.text


def test_every_refusal_has_its_sentence() -> None:
    for error in (
        "thread-names-closed", "may-not-take-name", "thread-names-taken", "thread-name-unfit",
        "thread-name-spent", "name-elsewhere",
    ):  # fmt: skip
        assert sentences_of(error, 500) != sentences_of("", 500)
