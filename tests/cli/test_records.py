"""sign, verify, submit: a post from a key file to an instance and back, trusting nobody."""

import json
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import socket
from threading import Thread

import pytest
from app.cli.transport import RefusedError, fetch
from app.crypto.multikey import encode_digest, fingerprint
from app.kernel.clock import SystemClock
from app.records import parse_record, sign_record, verify_record
from app.records.model import PREVIOUS
from app.web.outbound import MAX_ANSWER_BYTES

from tests import factories
from tests.cli.command import Done, goftogu, start
from tests.cli.conftest import Keys
from tests.houses import open_at, require_post, submit

SQUARE = factories.SQUARE.did
AVA = factories.person("Ava")
POST = factories.note(AVA)
ID, DIGEST = factories.id_of(POST), factories.digest_of(POST)


def sign(keys: Keys, *words: str, text: str | bytes = "Where does it go?") -> Done:
    """Sign a text for the square."""
    return goftogu("sign", "--key", keys.file, "--board", SQUARE, *words, given=text)


def signed(keys: Keys, *words: str, text: str | bytes = "Where does it go?") -> dict[str, object]:
    """Return the record that signing makes; it must be a good one."""
    done = sign(keys, *words, text=text)
    assert done.code == 0, done.err
    assert done.err == ""
    return verify_record(parse_record(done.out)).document


def write(folder: Path, raw: bytes, name: str = "record.json") -> Path:
    """Write a record into a file."""
    (folder / name).write_bytes(raw)
    return folder / name


def test_sign_with_a_title_opens_a_thread(keys: Keys) -> None:
    record = signed(keys, "--title", "  Water \u00a0 now ", "--lang", "en")

    assert record["type"] == "Note"
    assert record["name"] == "Water now"
    assert record["contentMap"] == {"en": "Where does it go?"}
    assert record["audience"] == f"ap://{SQUARE}/actor"
    assert record["urn:goftogu:custody"] == "device"
    assert record["attributedTo"] == f"ap://{json.loads(keys.file.read_text())['did']}/actor"


def test_sign_a_reply_has_no_title(keys: Keys) -> None:
    record = signed(keys, "--in-reply-to", ID)

    assert record["inReplyTo"] == ID
    assert "name" not in record


def test_sign_is_persian_unless_told_otherwise(keys: Keys) -> None:
    assert signed(keys, text="آب کجا می‌رود؟\r\n")["contentMap"] == {"fa": "آب کجا می‌رود؟"}


def test_sign_without_a_title_or_reply_opens_a_thread_titled_by_its_first_line(
    keys: Keys, data: Path
) -> None:
    done = sign(keys, text="Where does it go?\n\nNobody says.")

    house = open_at(data, SystemClock())
    submit(house, done.out)
    words = require_post(house, done.out).version.text
    house.db.close()
    assert json.loads(done.out).keys().isdisjoint({"name", "inReplyTo"})
    assert words.title == "Where does it go?"


def test_sign_an_update_names_the_version_that_it_replaces(keys: Keys) -> None:
    change = ("--type", "Update", "--object", ID, "--previous", DIGEST.hex())

    record = signed(keys, *change, "--title", "Water", text="Into the pistachios.")

    assert record["type"] == "Update"
    assert record["object"] == ID
    assert record[PREVIOUS] == encode_digest(DIGEST)
    assert record["name"] == "Water"
    assert record["contentMap"] == {"fa": "Into the pistachios."}


def test_sign_a_translation_names_its_kind_and_the_version(keys: Keys) -> None:
    said = ("--in-reply-to", ID, "--kind", "translation", "--about", DIGEST.hex())

    record = signed(keys, *said, text="آب")

    assert record["urn:goftogu:kind"] == "translation"
    assert record["urn:goftogu:about"] == encode_digest(DIGEST)
    assert "urn:goftogu:kind" not in signed(keys, "--in-reply-to", ID)


def test_sign_a_delete_takes_no_words_along(keys: Keys) -> None:
    change = ("--type", "Delete", "--object", ID, "--previous", DIGEST.hex())

    record = signed(keys, *change, text="These must not be signed.")

    assert record["type"] == "Delete"
    assert record["object"] == ID
    assert record[PREVIOUS] == encode_digest(DIGEST)
    assert "contentMap" not in record


def test_sign_twice_makes_two_records(keys: Keys) -> None:
    assert signed(keys)["id"] != signed(keys)["id"]


WRONG_USAGE = {
    "another type": ("--type", "Person"),
    "title and reply": ("--title", "Water", "--in-reply-to", ID),
    "update of nothing": ("--type", "Update"),
    "update without previous": ("--type", "Update", "--object", ID),
    "delete without object": ("--type", "Delete", "--previous", DIGEST.hex()),
    "an option that is none": ("--passphrase", "x"),
}


@pytest.mark.parametrize("words", WRONG_USAGE.values(), ids=WRONG_USAGE)
def test_sign_with_wrong_usage_ends_with_two(words: tuple[str, ...], keys: Keys) -> None:
    done = sign(keys, *words)

    assert (done.code, done.out) == (2, b"")


@pytest.mark.parametrize(
    "words",
    [
        ("sign",),
        ("keygen",),
        ("card",),
        ("login-proof",),
        ("submit", "record.json"),
        ("verify",),
        ("serve", "--listen", "8000"),
        ("serve", "--listen", "127.0.0.1:http"),
        ("serve", "--listen", "unix:/nowhere/web.sock"),
        ("serve", "--stewards", "/nowhere/staff.sock"),
        ("no-such-command",),
    ],
    ids=" ".join,
)
def test_command_with_wrong_usage_ends_with_two(words: tuple[str, ...]) -> None:
    done = goftogu(*words)

    assert (done.code, done.out) == (2, b"")


REFUSED_TEXTS = {
    "empty": "",
    "blank": " \n\t",
    "not UTF-8": b"\xff\xfe",
    "too long": "x" * 65_537,
    "a control character": "a\x07b",
    "a hidden turn of direction": "a\u202eb",
}


@pytest.mark.parametrize("text", REFUSED_TEXTS.values(), ids=REFUSED_TEXTS)
def test_sign_refuses_what_the_door_would_refuse(text: str | bytes, keys: Keys) -> None:
    done = sign(keys, text=text)

    assert (done.code, done.out) == (1, b"")
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--in-reply-to", "https://example.org/1"), id="reply to an address"),
        pytest.param(("--lang", "Persian!"), id="no language"),
        pytest.param(("--type", "Delete", "--object", ID, "--previous", "abc"), id="half a byte"),
        pytest.param(("--type", "Delete", "--object", ID, "--previous", "ab"), id="a short digest"),
        pytest.param(("--type", "Delete", "--object", "x", "--previous", DIGEST.hex()), id="no id"),
    ],
)
def test_sign_refuses_values_that_no_record_may_hold(words: tuple[str, ...], keys: Keys) -> None:
    done = sign(keys, *words)

    assert (done.code, done.out) == (1, b"")


def test_sign_finds_a_board_by_its_short_name_in_our_own_folder(keys: Keys, data: Path) -> None:
    done = goftogu("sign", "--key", keys.file, "--board", "square", given="Hello", data=data)

    assert json.loads(done.out)["audience"] == f"ap://{SQUARE}/actor"


def test_sign_for_a_board_that_nobody_knows_fails(keys: Keys, data: Path) -> None:
    words = ("sign", "--key", keys.file, "--board", "no-such")

    assert goftogu(*words, given="Hello", data=data).code == 1
    nowhere = goftogu(*words, given="Hello", data=data / "nowhere")
    assert nowhere.code == 2
    assert "--instance" in nowhere.err


@pytest.mark.slow
def test_sign_finds_a_board_by_its_short_name_at_an_instance(keys: Keys, origin: str) -> None:
    words = ("sign", "--key", keys.file, "--board", "live", "--instance", origin)

    assert json.loads(goftogu(*words, given="Hello").out)["audience"] == (
        f"ap://{factories.LIVE.did}/actor"
    )
    assert goftogu(*words[:4], "nowhere", *words[5:], given="Hello").code == 1


def test_verify_shows_whose_key_signed_what(tmp_path: Path) -> None:
    done = goftogu("verify", write(tmp_path, POST))

    shown = dict(line.split(maxsplit=1) for line in done.out.decode().splitlines())
    assert done.code == 0
    assert shown == {
        "signature": "good (Note)",
        "fingerprint": fingerprint(AVA.key.public),
        "key": AVA.did,
        "custody": "device (declared)",
        "board": SQUARE,
        "day": "2026-11-21",
        "digest": DIGEST.hex(),
    }


def test_verify_reads_standard_input() -> None:
    assert goftogu("verify", "-", given=POST).code == 0


@pytest.mark.parametrize("kind", factories.one_of_each_type())
def test_verify_takes_every_type_of_record(kind: str, tmp_path: Path) -> None:
    file = write(tmp_path, factories.one_of_each_type()[kind])

    (shown,) = json.loads(goftogu("verify", "--json", file).out)

    assert shown["verifies"] is True
    assert shown["type"] == kind


def test_verify_flipped_byte_ends_with_three(tmp_path: Path) -> None:
    changed = POST.replace(b"Water", b"Wafer")

    done = goftogu("verify", write(tmp_path, changed))

    assert done.code == 3
    assert done.out == b""
    assert "does not verify" in done.err


def test_what_is_said_stands_as_it_is_in_one_line() -> None:
    """A did:key must not come out as a picture of a key, nor a path with a line break in it."""
    source = f"/nowhere/{AVA.did}/" + "long name " * 20

    assert goftogu("verify", source).err == f"No such file or directory: {source}\n"


def test_verify_says_that_a_page_is_no_record(tmp_path: Path) -> None:
    done = goftogu("verify", write(tmp_path, b"\n<!doctype html>\n<title>Boards</title>"))

    assert done.code == 3
    assert "a page, not a record: name a post's own page" in done.err


def test_verify_says_what_checks_a_proof(tmp_path: Path) -> None:
    done = goftogu("verify", write(tmp_path, b"c2sp.org/tlog-proof@v1\nindex 0\n\n"))

    assert done.code == 3
    assert "a proof: --policy says which log and witnesses you believe" in done.err


def test_sign_says_what_the_id_of_a_post_looks_like(keys: Keys) -> None:
    done = sign(keys, "--in-reply-to", DIGEST.hex())

    assert done.code == 1
    assert "one begins with ap:// and stands on the post's page" in done.err


@pytest.mark.parametrize("raw", [b"", b"no", b"[]", b"\xff", POST + b"\n", POST[:-1]])
def test_verify_what_is_no_record_ends_with_three(raw: bytes, tmp_path: Path) -> None:
    done = goftogu("verify", write(tmp_path, raw))

    assert (done.code, done.out) == (3, b"")


def test_verify_of_several_ends_with_three_if_one_does_not_hold(tmp_path: Path) -> None:
    good = write(tmp_path, POST, "good")
    bad = write(tmp_path, POST.replace(b"Water", b"Wafer"), "bad")

    done = goftogu("verify", good, bad, "--json")

    assert done.code == 3
    assert [(item["source"], item["verifies"]) for item in json.loads(done.out)] == [
        (str(good), True),
        (str(bad), False),
    ]
    assert goftogu("verify", good, good).code == 0


def test_verify_another_record_than_the_file_name_says_ends_with_three(tmp_path: Path) -> None:
    other = factories.note(AVA)

    assert goftogu("verify", write(tmp_path, POST, f"{DIGEST.hex()}.json")).code == 0
    assert goftogu("verify", write(tmp_path, other, f"{DIGEST.hex()}.json")).code == 3


def test_verify_a_missing_file_fails_in_one_sentence(tmp_path: Path) -> None:
    done = goftogu("verify", tmp_path / "nothing")

    assert (done.code, done.out) == (1, b"")
    assert "No such file" in done.err


def test_verify_a_record_that_a_wrong_key_signed_ends_with_three(tmp_path: Path) -> None:
    forged = factories.forged(POST, factories.person("Mallory").key, lambda document: None)

    assert goftogu("verify", write(tmp_path, forged)).code == 3


@pytest.mark.slow
def test_submit_prints_a_receipt_that_verifies(keys: Keys, origin: str, tmp_path: Path) -> None:
    words = ("sign", "--key", keys.file, "--board", factories.LIVE.did)
    record = write(tmp_path, goftogu(*words, given="Hello").out)

    done = goftogu("submit", record, "--to", f"{origin}/")

    receipt = write(tmp_path, done.out, "receipt.json")
    shown = json.loads(goftogu("verify", receipt, "--json").out)[0]
    assert done.code == 0
    assert shown["type"] == "Receipt"
    assert shown["record"] == factories.digest_of(record.read_bytes()).hex()
    assert goftogu("submit", record, "--to", origin).out == done.out, "again is the same"


@pytest.mark.slow
def test_receipt_with_a_flipped_byte_ends_with_three(origin: str, tmp_path: Path) -> None:
    receipt = goftogu("submit", "-", "--to", origin, given=factories.note(AVA)).out
    year = json.loads(receipt)["urn:goftogu:includeBy"][:4].encode()

    done = goftogu("verify", write(tmp_path, receipt.replace(year, b"2999", 1)))

    assert done.code == 3


@pytest.mark.slow
def test_post_that_was_submitted_verifies_from_its_page(origin: str) -> None:
    post = factories.note(AVA, board=factories.LIVE)
    digest = factories.digest_of(post).hex()
    assert goftogu("submit", "-", "--to", origin, given=post).code == 0

    page, record = f"{origin}/fa/p/{digest}#verify", f"{origin}/records/{digest}"
    wait_until_shown(record)

    assert goftogu("verify", page, record).code == 0


def wait_until_shown(address: str) -> None:
    """Wait for the tick of a live board; each look is a whole question, so this does not spin."""
    for _ in range(1000):
        if goftogu("verify", address).code == 0:
            return
    raise AssertionError("the post's tick did not come")


@pytest.mark.slow
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(POST.replace(b"Water", b"Wafer"), id="does not verify"),
        pytest.param(b"no", id="no record"),
        pytest.param(
            factories.note(AVA, board=factories.board_key("elsewhere")), id="another board"
        ),
        pytest.param(
            sign_record(AVA.key, "Note", {}, nonce=factories.nonce(), day=factories.TODAY),
            id="no members",
        ),
    ],
)
def test_submit_what_is_refused_ends_with_five(raw: bytes, origin: str) -> None:
    done = goftogu("submit", "-", "--to", origin, given=raw)

    assert (done.code, done.out) == (5, b"")
    assert "the instance refused: 4" in done.err


@pytest.mark.slow
def test_verify_an_address_without_a_record_ends_with_five(origin: str) -> None:
    assert goftogu("verify", f"{origin}/records/{DIGEST.hex()[::-1]}").code == 5


@pytest.mark.allow_hosts(["127.0.0.1", "::1"])
def test_instance_that_cannot_be_reached_ends_with_four() -> None:
    with socket() as taken:
        # Bound and not listening: whoever connects is turned away.
        taken.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{taken.getsockname()[1]}"

        assert goftogu("submit", "-", "--to", origin, given=POST).code == 4
        assert goftogu("verify", f"{origin}/records/{DIGEST.hex()}").code == 4


@pytest.mark.allow_hosts(["127.0.0.1", "::1"])
@pytest.mark.parametrize(
    ("address", "code"),
    [("not an address", 2), ("http://[", 4), ("ftp://127.0.0.1/", 2), ("127.0.0.1", 2)],
)
def test_address_that_is_none_ends_with_usage_or_network(address: str, code: int) -> None:
    done = goftogu("submit", "-", "--to", address, given=POST)

    assert (done.code, done.out) == (code, b"")
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_sign_and_verify_work_as_programs_in_a_pipe(keys: Keys) -> None:
    signed = start("sign", "--key", keys.file, "--board", SQUARE, given="Hello")

    assert (signed.code, signed.err) == (0, "")
    assert start("verify", "-", given=signed.out).code == 0
    assert start("verify", "-", given=signed.out + b"\n").code == 3


def test_verify_takes_a_file_with_a_record_a_line(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_bytes(POST + b"\n" + POST.replace(b"Water", b"Wafer") + b"\n")

    done = goftogu("verify", "--json", str(file))

    assert done.code == 3
    assert [shown["verifies"] for shown in json.loads(done.out)] == [True, False]


@pytest.mark.slow
def test_proxy_of_the_environment_is_not_used(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would see who asks for what; nobody listens at this one."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert goftogu("verify", f"{origin}/records/{DIGEST.hex()[::-1]}").code == 5


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_endless_answer_is_cut_off() -> None:
    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for _ in range(2 * MAX_ANSWER_BYTES // 65_536):
                    self.wfile.write(bytes(65_536))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Endless) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(RefusedError, match="longer"):
            fetch(f"http://127.0.0.1:{server.server_port}/")
        thread.join()
