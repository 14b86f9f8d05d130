"""keygen, key import, card, login-proof: secrets made and used offline."""

import json
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from app import identity, records
from app.crypto.multikey import encode_did, fingerprint
from app.crypto.seed import Seed, parse_words
from app.identity.codec import decode_card
from app.identity.codec.login_proofs import verify_login_proof
from app.identity.service import recovery
from app.kernel.clock import FixedClock, SystemClock
from app.records import Custody, parse_record, verify_record
from app.wiring import House

from tests import factories
from tests.cli.command import Done, goftogu
from tests.cli.conftest import Keys
from tests.houses import require_post, submit


def secrets_of(keys: Keys) -> list[str]:
    """Return what must never be said: any two of the words in their order, and the seeds.

    One alone can be a word that commands say: `device` is on the list.
    """
    seed = parse_words(keys.words)
    return [
        *(f" {one} {other} " for one, other in pairwise(keys.words.split())),
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


def imported(folder: Path, *words: str | Path, given: str = "") -> Done:
    """Import a key into a file of this folder."""
    return goftogu("key", "import", "--out", folder / "imported", *words, given=given)


def test_key_import_from_words_writes_the_file_that_keygen_wrote(
    keys: Keys, tmp_path: Path
) -> None:
    done = imported(tmp_path, given=keys.words + "\n")

    assert (done.code, done.out) == (0, b"")
    assert (tmp_path / "imported").read_bytes() == keys.file.read_bytes()
    assert (tmp_path / "imported").stat().st_mode & 0o777 == 0o600
    assert [secret for secret in secrets_of(keys) if secret in said(done)] == []


def test_key_import_from_another_key_file_closes_the_copy(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "stick").write_bytes(keys.file.read_bytes())
    (tmp_path / "stick").chmod(0o777)

    done = imported(tmp_path, "--file", tmp_path / "stick")

    assert done.code == 0
    assert (tmp_path / "imported").read_bytes() == keys.file.read_bytes()
    assert (tmp_path / "imported").stat().st_mode & 0o777 == 0o600


def test_key_import_overwrites_nothing_and_asks_nothing_first(keys: Keys) -> None:
    before = keys.file.read_bytes()

    done = goftogu("key", "import", "--out", keys.file, given="no words at all")

    assert (done.code, done.out) == (1, b"")
    assert "exists" in done.err
    assert keys.file.read_bytes() == before


def test_key_import_follows_no_link(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "imported").symlink_to(tmp_path / "elsewhere")

    assert imported(tmp_path, given=keys.words).code == 1
    assert not (tmp_path / "elsewhere").exists()


def test_key_import_takes_no_words_as_arguments(keys: Keys, tmp_path: Path) -> None:
    assert imported(tmp_path, *keys.words.split()).code == 2
    assert imported(tmp_path, "--words", keys.words).code == 2


def test_key_import_from_spoilt_words_writes_nothing(keys: Keys, tmp_path: Path) -> None:
    done = imported(tmp_path, given=" ".join(keys.words.split()[:11]))

    assert (done.code, done.out) == (1, b"")
    assert [secret for secret in secrets_of(keys) if secret in said(done)] == []
    assert not (tmp_path / "imported").exists()


def test_key_import_from_a_file_whose_key_was_changed_is_refused(
    keys: Keys, tmp_path: Path
) -> None:
    content = json.loads(keys.file.read_text())
    (tmp_path / "stick").write_text(json.dumps(content | {"seed": "00" * 32}))

    done = imported(tmp_path, "--file", tmp_path / "stick")

    assert done.code == 1
    assert "Not a key file" in done.err
    assert not (tmp_path / "imported").exists()


def write_card(folder: Path, raw: bytes) -> Path:
    """Write a card into a file."""
    (folder / "card.json").write_bytes(raw)
    return folder / "card.json"


def test_key_import_takes_the_key_in_use_and_its_custody_from_the_card(tmp_path: Path) -> None:
    ava = factories.person("Ava", Custody.UNLOCKED)
    lines = [factories.key_line(ava, state="retired"), factories.key_line(ava, 3)]
    card = write_card(tmp_path, factories.card(ava, keys=lines))

    done = imported(tmp_path, "--card", card, given=" ".join(ava.seed.words()))

    assert done.code == 0
    content = json.loads((tmp_path / "imported").read_text())
    assert content["did"] == encode_did(ava.seed.posting_key(3).public)
    assert content["custody"] == "unlocked"
    words = ("--key", tmp_path / "imported", "--board", factories.SQUARE.did)
    signed = verify_record(parse_record(goftogu("sign", *words, given="Hi").out))
    assert signed.document["urn:goftogu:custody"] == "unlocked"


AVA = factories.person("Ava")
WRONG_CARDS = {
    "another persona's": factories.card(factories.person("Babak")),
    "no key in use": factories.card(AVA, keys=[factories.key_line(AVA, state="revoked")]),
    "no card": factories.note(AVA),
    "one whose signature does not hold": factories.altered(
        factories.card(AVA), lambda document: document.update(name="Eve")
    ),
}


@pytest.mark.parametrize("card", WRONG_CARDS.values(), ids=WRONG_CARDS)
def test_key_import_with_a_wrong_card_writes_nothing(card: bytes, tmp_path: Path) -> None:
    file = write_card(tmp_path, card)

    done = imported(tmp_path, "--card", file, given=" ".join(AVA.seed.words()))

    assert (done.code, done.out) == (1, b"")
    assert "Traceback" not in done.err
    assert not (tmp_path / "imported").exists()


def test_key_import_from_two_places_is_wrong_usage(keys: Keys, tmp_path: Path) -> None:
    card = write_card(tmp_path, factories.card(AVA))

    assert imported(tmp_path, "--file", keys.file, "--card", card).code == 2


def test_words_that_a_page_showed_sign_on_the_command_line(
    house: House, clock: FixedClock, tmp_path: Path
) -> None:
    """Join in a browser, import, post; come back with the words, import anew, post again."""
    # The command signs with the day on which it runs.
    clock.instant = SystemClock().now()
    sealed = (bytes(32), bytes(16))
    new = identity.NewPersona(
        name="Mina", entropy=bytes(range(16)), stretched=sealed[0], salt=sealed[1]
    )
    seed, posts = Seed(new.entropy), []
    for round_ in ("joined", "restored"):
        with house.db.write() as work:
            if round_ == "joined":
                identity.register_persona(work, house.door, new, factories.TODAY)
            else:
                recovery.restore_persona(work, house.door, seed, "", sealed, factories.TODAY)
            persona = recovery.find_persona(work, seed)
            record = persona and records.find_record(work, persona.card_digest)
        assert record
        assert record.raw
        (tmp_path / round_).mkdir()
        card = write_card(tmp_path / round_, record.raw)

        done = imported(tmp_path / round_, "--card", card, given=" ".join(seed.words()))

        assert done.code == 0, done.err
        words = ("--key", tmp_path / round_ / "imported", "--board", factories.SQUARE.did)
        posts.append(goftogu("sign", *words, given="Hello").out)
        submit(house, posts[-1])

    assert [require_post(house, post).author.name for post in posts] == ["Mina", "Mina"]
