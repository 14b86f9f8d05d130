"""keygen, card, login-proof: secrets made and used offline."""

import json
import os
import re
from pathlib import Path

import pytest
from app.crypto.multikey import encode_did, fingerprint
from app.crypto.seed import Seed, parse_words
from app.identity.codec import decode_card, verify_login_proof
from app.records import Custody, parse_record, verify_record

from tests import factories
from tests.cli.command import Done, goftogu
from tests.cli.conftest import Keys


def secrets_of(keys: Keys) -> list[str]:
    """Return what must never be said: the words, by themselves too, and the seeds."""
    seed = parse_words(keys.words)
    return [
        *(f" {word} " for word in keys.words.split()),
        *(key.seed().hex() for key in (seed.posting_key(), seed.root_key())),
        seed.entropy().hex(),
    ]


def said(done: Done) -> str:
    """Return everything that a command said, its words apart from each other."""
    return " ".join(["", *re.split(r"[\s.,:]+", done.out.decode() + " " + done.err), ""])


def test_keygen_prints_twelve_words_on_stdout_only(tmp_path: Path) -> None:
    done = goftogu("keygen", "--out", tmp_path / "key")

    words = done.out.decode().split()
    assert done.code == 0
    assert len(words) == 12
    assert parse_words(" ".join(words)).words() == tuple(words)
    assert " ".join(words) not in done.err
    assert " ".join(words) not in (tmp_path / "key").read_text()


def test_keygen_writes_a_posting_key_that_its_owner_alone_can_read(keys: Keys) -> None:
    content = json.loads(keys.file.read_text())

    posting = parse_words(keys.words).posting_key()
    assert keys.file.stat().st_mode & 0o777 == 0o600
    assert content == {
        "format": "goftogu-key-1",
        "did": encode_did(posting.public),
        "seed": posting.seed().hex(),
    }


def test_keygen_in_an_open_umask_still_closes_the_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert goftogu("keygen", "--out", tmp_path / "key").code == 0
    finally:
        os.umask(before)

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_keygen_overwrites_nothing(keys: Keys) -> None:
    before = keys.file.read_bytes()

    done = goftogu("keygen", "--out", keys.file)

    assert done.code == 1
    assert done.out == b"", "words without a key file would be worth nothing"
    assert "exists" in done.err
    assert keys.file.read_bytes() == before


def test_keygen_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    assert goftogu("keygen", "--out", tmp_path / "link").code == 1
    assert not (tmp_path / "elsewhere").exists()


def test_keygen_into_a_missing_folder_fails_without_words(tmp_path: Path) -> None:
    done = goftogu("keygen", "--out", tmp_path / "missing" / "key")

    assert (done.code, done.out) == (1, b"")


def test_keygen_for_a_program(tmp_path: Path) -> None:
    done = goftogu("keygen", "--out", tmp_path / "key", "--json")

    made = json.loads(done.out)
    seed = parse_words(made["words"])
    assert made == {
        "words": " ".join(seed.words()),
        "did": encode_did(seed.posting_key().public),
        "root": encode_did(seed.root_key().public),
        "fingerprint": fingerprint(seed.root_key().public),
    }


def test_keygen_twice_makes_two_personas(tmp_path: Path) -> None:
    first, second = (goftogu("keygen", "--out", tmp_path / name).out for name in ("a", "b"))

    assert first != second


def test_card_is_signed_by_the_root_that_the_words_bring_back(keys: Keys) -> None:
    done = goftogu("card", "--name", "Ava", given=keys.words + "\n")

    record = verify_record(parse_record(done.out))
    card = decode_card(record)
    seed = parse_words(keys.words)
    assert done.code == 0
    assert card.root == encode_did(seed.root_key().public)
    assert card.name == "Ava"
    assert [(key.did, key.custody) for key in card.keys] == [
        (encode_did(seed.posting_key().public), Custody.DEVICE)
    ]


def test_card_takes_words_as_people_type_them(keys: Keys) -> None:
    typed = "\n".join(word.upper() for word in keys.words.split())

    assert goftogu("card", "--name", "Ava", given=typed).code == 0


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda words: "", id="none"),
        pytest.param(lambda words: " ".join(words[:11]), id="eleven"),
        pytest.param(lambda words: " ".join([*words, words[0]]), id="thirteen"),
        pytest.param(lambda words: " ".join([*words[:11], "goftogu"]), id="not on the list"),
        pytest.param(lambda words: " ".join([*words[:11], "éclair"]), id="not ASCII"),
    ],
)
def test_card_from_spoilt_words_fails_and_repeats_none(spoil: object, keys: Keys) -> None:
    assert callable(spoil)

    done = goftogu("card", "--name", "Ava", given=spoil(keys.words.split()))

    assert done.code == 1
    assert done.out == b""
    assert [secret for secret in secrets_of(keys) if secret in said(done)] == []


def test_card_from_words_with_a_wrong_checksum_fails(keys: Keys) -> None:
    # The twelfth word carries the checksum: after eleven times `abandon` it is `about`.
    assert Seed(bytes(16)).words() == ("abandon",) * 11 + ("about",)

    done = goftogu("card", "--name", "Ava", given="abandon " * 12)

    assert done.code == 1
    assert "abandon" not in said(done)


def test_login_proof_is_for_this_challenge_of_this_instance(keys: Keys) -> None:
    words = ("--domain", factories.SQUARE.did, "--challenge", "zQm7")
    expires = ("--expires", "2026-11-21T10:12:00Z")

    done = goftogu("login-proof", "--key", keys.file, *words, *expires)

    proof = verify_login_proof(done.out)
    assert proof.did == json.loads(keys.file.read_text())["did"]
    assert (proof.domain, proof.challenge) == (factories.SQUARE.did, "zQm7")
    assert json.loads(done.out)["proof"]["expires"] == "2026-11-21T10:12:00Z"


def test_card_is_no_login_proof_and_a_login_proof_no_record(keys: Keys, tmp_path: Path) -> None:
    words = (
        "--domain",
        factories.SQUARE.did,
        "--challenge",
        "c",
        "--expires",
        "2026-11-21T10:12:00Z",
    )
    proof = tmp_path / "proof"
    proof.write_bytes(goftogu("login-proof", "--key", keys.file, *words).out)

    assert goftogu("verify", proof).code == 3


SPOILT_KEYS = {
    "not JSON": "no",
    "not an object": "[]",
    "another format": '{"format": "x", "seed": "%s"}',
    "no seed": '{"format": "goftogu-key-1"}',
    "a short seed": '{"format": "goftogu-key-1", "seed": "00ff"}',
    "a seed that is not hex": '{"format": "goftogu-key-1", "seed": "%s!"}',
    "a seed that is a number": '{"format": "goftogu-key-1", "seed": 7}',
    "not ASCII": "é",
}


@pytest.mark.parametrize("text", SPOILT_KEYS.values(), ids=SPOILT_KEYS)
def test_spoilt_key_file_is_refused_without_repeating_it(
    text: str, keys: Keys, tmp_path: Path
) -> None:
    seed = json.loads(keys.file.read_text())["seed"]
    (tmp_path / "key").write_text(text.replace("%s", seed))

    done = goftogu("sign", "--key", tmp_path / "key", "--board", factories.SQUARE.did, given="Hi")

    assert (done.code, done.out) == (1, b"")
    assert seed not in said(done)
    assert "Traceback" not in done.err


def test_missing_key_file_fails_in_one_sentence(tmp_path: Path) -> None:
    done = goftogu("sign", "--key", tmp_path / "key", "--board", factories.SQUARE.did, given="Hi")

    assert (done.code, done.out) == (1, b"")
    assert "No such file" in done.err
