"""The page that says a post is genuine looks at the signature each time it is made."""

import re

import pytest
from app.kernel.clock import DAY_S
from app.tlog.proof_files import parse_proof_file
from app.wiring import House
from sqlalchemy import text
from starlette.testclient import TestClient

from tests import factories
from tests.factories import digest_of
from tests.forum.test_imported import imported
from tests.houses import publish, release, submit
from tests.tlog import cosigned, logs
from tests.visitor import ORIGIN, Visitor

AVA = factories.person("Ava")


def page_of(client: TestClient, post: bytes) -> str:
    """Return the page of one post, made anew."""
    path, headers = f"/en/p/{digest_of(post).hex()}", {"cookie": "theme=light"}
    page: str = client.get(path, headers=headers).text
    return page


def test_signed_words_are_called_genuine(house: House, client: TestClient) -> None:
    post = factories.note(AVA)
    publish(house, post)

    assert "exactly what the holder of this key signed" in page_of(client, post)


def test_words_that_the_host_changed_are_not(house: House, client: TestClient) -> None:
    post = factories.note(AVA)
    publish(house, post)
    with house.db.write() as work:
        work.session.execute(text("UPDATE version SET text = 'Other words.'"))

    page = page_of(client, post)

    assert "exactly what the holder of this key signed" not in page
    assert "The signature does not fit this text" in page


def test_record_that_the_host_rewrote_is_not(house: House, client: TestClient) -> None:
    """The words and the record say the same; only the signature tells."""
    post = factories.note(AVA, text="The words.")
    publish(house, post)
    rewritten = post.replace(b"The words.", b"Other ones")
    with house.db.write() as work:
        work.session.execute(text("UPDATE record SET raw = :raw"), {"raw": rewritten})
        work.session.execute(text("UPDATE version SET text = 'Other ones'"))

    page = page_of(client, post)

    assert "exactly what the holder of this key signed" not in page
    assert "The signature does not fit this text" in page


def test_post_by_a_key_that_was_revoked_since_says_so(house: House, client: TestClient) -> None:
    card, post = factories.card(AVA), factories.note(AVA)
    publish(house, card, post)
    assert "revoked since" not in page_of(client, post)

    line = factories.key_line(AVA, state="revoked")
    submit(house, factories.card(AVA, after=card, keys=[line]))

    assert "This key was revoked since" in page_of(client, post)


def test_place_and_size_are_those_of_the_proof(house: House, client: TestClient) -> None:
    post = factories.note(AVA)
    publish(house, post)
    digest = digest_of(post).hex()

    page = page_of(client, post)

    proof = parse_proof_file(client.get(f"/receipts/{digest}.tlog-proof").content)
    size = proof.checkpoint.tree.size
    assert f"Place {proof.index}, counted from 0." in page
    assert f"the log had {size} entries" in page
    assert "Nobody else signs this list yet" in page


def test_size_grows_with_the_log_on_a_kept_page(house: House, client: TestClient) -> None:
    post, path = factories.note(AVA), "/en/p/{}"
    publish(house, post)
    path = path.format(digest_of(post).hex())
    size = parse_size(client.get(path).text)
    assert client.get(path).headers.get("cdn-cache-control"), "the page is kept"

    publish(house, factories.note(factories.person("Babak")))

    assert parse_size(client.get(path).text) == size + 1


def parse_size(page: str) -> int:
    """Return how many entries a page says that the log had."""
    found = re.search(r"the log had (\d+) entries", page)
    assert found
    return int(found[1])


def test_witnesses_that_saw_the_entry_are_told_from_those_that_did_not(
    house: House, client: TestClient
) -> None:
    first, second = factories.note(AVA), factories.note(AVA, text="Another.")
    publish(house, first)
    cosigned.ask(house, 0, 1, 2)
    path = f"/en/p/{digest_of(first).hex()}"
    assert "No witness has signed a log with this entry yet." in page_of(client, first)
    assert "Has signed nothing yet" in client.get(path).text

    cosigned.sign(house, 0, factories.NOW - 3 * DAY_S, is_published=False)
    publish(house, second)
    cosigned.sign(house, 1, factories.NOW)

    page = client.get(path).text
    assert "2 witnesses signed a log with this entry in it" in page
    day = '<time class="num" datetime="2026-11-{}">{} November 2026</time>'
    assert f"Signed an earlier state with this entry in it, on {day.format(18, 18)}" in page
    assert f"Signed the log that the proof shows, on {day.format(21, 21)}" in page
    assert "Has signed nothing yet" in page
    page = page_of(client, second)
    assert "1 witness signed a log with this entry in it" in page
    assert "Has signed only what came before this entry" in page
    assert "10:07" not in page, "a witness publishes its second; our pages tell the day"


def test_keys_for_the_browser_are_those_that_cosigned_the_proof(
    house: House, client: TestClient
) -> None:
    post = factories.note(AVA)
    publish(house, post)
    cosigned.ask(house, 0, 1)
    cosigned.sign(house, 0, factories.NOW)

    given = re.findall(r'data-witnesses="([^"]*)"', page_of(client, post))

    assert [key.split("+")[0] for key in given] == [logs.WITNESSES[0].name]


def test_waiting_post_says_when_its_proof_will_be_there(client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "Where?")

    page = visitor.get(f"/p/{digest}").text

    assert "It is not in the log yet" in page
    assert re.search(r"before 12:00 \(<a [^>]*>UTC</a>\) on", page)
    assert "Until then the address of its proof answers “not found”." in page
    assert f'href="/receipts/{digest}.tlog-proof"' not in page
    assert client.get(f"/receipts/{digest}.tlog-proof").status_code == 404
    assert "<script" not in page


def test_erased_post_keeps_its_place_in_the_log(house: House, client: TestClient) -> None:
    post = factories.note(AVA, text="A needle.")
    publish(house, post)
    submit(house, factories.erasure(AVA, post))

    page = page_of(client, post)

    assert "nothing is left to check here" in page
    assert "Its entry stays in the log" in page
    assert re.search(r"Place \d+, counted from 0", page)
    assert client.get(f"/receipts/{digest_of(post).hex()}.tlog-proof").status_code == 200
    assert "<script" not in page
    assert "data-words" not in page


def test_imported_post_is_the_hosts_word(house: House, client: TestClient) -> None:
    post = imported(house, author="Old Hand")
    publish(house, post)

    page = page_of(client, post)

    assert "The host signed this as a copy from <bdi>A forum</bdi>." in page
    assert "nothing here proves who wrote it" in page


def test_post_of_a_board_elsewhere_is_not_said_to_be_in_our_log(
    house: House, client: TestClient
) -> None:
    post = factories.note(AVA)
    publish(house, post)
    with house.db.write() as work:
        work.session.execute(text("UPDATE board SET home = 'did:key:elsewhere'"))

    page = page_of(client, post)

    assert "Another host’s log holds it" in page
    assert "It stands in the log" not in page
    assert ".tlog-proof" not in page
    assert "<script" not in page


@pytest.mark.parametrize("damage", ["gone", "altered"])
def test_post_can_be_read_where_the_log_cannot(
    house: House, client: TestClient, damage: str
) -> None:
    post = factories.note(AVA)
    publish(house, post)
    path = cosigned.checkpoint_path(house)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"goftogu/", b"goftogo/"))

    page = page_of(client, post)

    assert "The log cannot be read now" in page
    assert "exactly what the holder of this key signed" in page
    assert "It stands in the log" not in page


def test_custody_is_called_declared(house: House, client: TestClient) -> None:
    post = factories.note(AVA)
    publish(house, post)

    page = page_of(client, post)

    item = page.split("How it was signed")[1].split("</li>")[0]
    assert "Signed on the author’s device, as declared" in item
    assert "Nobody can measure it." in item


def test_commands_name_what_the_host_serves(house: House, client: TestClient) -> None:
    post = factories.note(AVA)
    publish(house, post)
    digest = digest_of(post).hex()

    page = page_of(client, post)

    lines = {
        line
        for block in re.findall(r"<code>([^<]+)</code></pre>", page)
        for line in block.split("\n")
    }
    assert f"goftogu verify {digest}" in lines
    assert f"goftogu log verify {ORIGIN}" in lines
    asked = [line.removeprefix(f"curl -O {ORIGIN}") for line in lines if line.startswith("curl")]
    assert len(asked) == 3
    assert [client.get(path).status_code for path in asked] == [200] * 3


def test_page_shows_the_signed_words_and_escapes_them(house: House, client: TestClient) -> None:
    post = factories.note(
        AVA, title="Water & <b>", text="**Where** <script>x</script>\n\n- and why?"
    )
    publish(house, post)

    page = page_of(client, post)

    written = page.split("data-words")[1].split(">", 1)[1].split("</div>")[0]
    assert written == "**Where** &lt;script&gt;x&lt;/script&gt;\n\n- and why?"
    assert ">Water &amp; &lt;b&gt;</h3>" in page
    assert page.count("<script") == 1


def test_policy_of_a_post_page_lets_our_script_read_our_files_alone(
    house: House, client: TestClient
) -> None:
    post = factories.note(AVA)
    publish(house, post)

    answer = client.get(f"/en/p/{digest_of(post).hex()}")

    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "trusted-types 'none'" in policy
    assert re.findall(r'<script type="module" src="(/static/[0-9a-f]+/verify.js)">', answer.text)


def test_waiting_revision_does_not_change_what_is_proven(house: House, client: TestClient) -> None:
    post = factories.note(AVA)
    publish(house, post)
    revision = factories.update(AVA, post)
    submit(house, revision)
    assert f"goftogu verify {digest_of(post).hex()}" in page_of(client, post)

    release(house)

    page = page_of(client, post)
    assert f"goftogu verify {digest_of(revision).hex()}" in page
    assert 'data-kind="Update"' in page
