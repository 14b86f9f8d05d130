"""Whoever passes for a partner: by its name, its address, its log's name, its key written otherwise (SECURITY.md D4).

A partner is its key. Names and addresses are how it is called and reached, and give nobody a right.
"""

from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from app import site
from app.crypto.ed25519 import SigningKey
from app.crypto.note_keys import SIGNATURE, VerifierKey
from app.db import Work
from app.federation import partners
from app.federation.partners.errors import NotGrantedError, PartnerKnownError, UnknownPartnerError
from app.kernel.clock import day_of
from app.kernel.errors import MalformedError
from app.records import VerifiedRecord, parse_record, sign_record, verify_record
from app.wiring import House

from tests import factories
from tests.attacks.test_false_carriers import handed, take
from tests.cli.command import goftogu
from tests.cli.test_monitor import Quiet, serving
from tests.federation import neighbours
from tests.houses import find_post
from tests.tlog.strangers import public

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")
IMPOSTOR = SigningKey(sha256(b"impostor").digest())


def card_of(log_origin: str, name: str = "Sepidar") -> VerifiedRecord:
    """Return an impostor's card, properly signed, that names a log so."""
    members = {
        "name": name,
        "urn:goftogu:sequence": 1,
        "urn:goftogu:logOrigin": log_origin,
        "urn:goftogu:logKey": VerifierKey(log_origin, SIGNATURE, IMPOSTOR.public).encode(),
        "urn:goftogu:witnessKey": VerifierKey(
            f"{log_origin}/witness", SIGNATURE, IMPOSTOR.public
        ).encode(),
        "urn:goftogu:mirrors": [],
    }
    raw = sign_record(
        IMPOSTOR, "Application", members, nonce=factories.nonce(), day=factories.TODAY
    )
    return verify_record(parse_record(raw))


def meet(work: Work, card: VerifiedRecord, name: str, url: str = "https://sepidar.example") -> None:
    found = partners.read_partner(card, name=name, url=url, met_on=day_of(work.now))
    partners.meet(work, found)


@pytest.mark.parametrize(("name", "takes_log"), [("sepidar", False), ("sepidar-2", True)])
def test_name_or_log_of_a_partner_is_taken_by_no_other_key(
    house: House, home: House, *, name: str, takes_log: bool
) -> None:
    known = neighbours.befriend(house, home, "sepidar", WATER)
    card = card_of(known.log_origin if takes_log else "goftogu/another")

    with house.db.write() as work, pytest.raises(PartnerKnownError):
        meet(work, card, name)

    assert neighbours.find(house, known).did == known.did


LOOK_ALIKES = [
    "https://sepidar.example", "https://sepidar.example.", "https://SEPIDAR.example", "https://sepidar.example:443",
    "https://evil-sepidar.example", "https://sepidar.example.evil.example", "https://sepidar.example@evil.example",
    "https://sеpidar.example", "https://xn--spidar-4of.example", "https://sepidar.example/..",
]  # fmt: skip


def test_address_of_a_partner_gives_another_key_none_of_its_rights(
    house: House, home: House
) -> None:
    neighbours.befriend(house, home, "sepidar", WATER)
    note = factories.note(AVA, board=WATER)
    body = handed(IMPOSTOR, home, note, AVA.did, factories.card(AVA))

    for url in LOOK_ALIKES:
        with home.db.write() as work:
            meet(work, card_of("goftogu/another"), "other", url)
        with home.db.write() as work, pytest.raises(NotGrantedError):
            take(work, home, body)

    assert find_post(home, note) is None


def written_otherwise(did: str) -> list[str]:
    """Return what reads like a key, or like whose key it is."""
    key = did.removeprefix("did:key:")
    return [
        did.upper(), f"{did}.", f"{did} ", f" {did}", f"{did}#{key}", f"{did}/", f"{did}?x", f"{did}\u200b", did.replace("z6Mk", "z6Мk"),
        did[:-1], f"{did}1", key, f"did:web:{key}", "did:web:sepidar.example", "https://sepidar.example", f"ap://{did}/actor",
        "sepidar", "reader", "", "did:key:",
    ]  # fmt: skip


def test_key_written_otherwise_is_nobodys(house: House, home: House) -> None:
    neighbours.befriend(house, home, "sepidar", WATER)
    did, note = house.door.instance_did, factories.note(AVA, board=WATER)
    body = handed(house.keys["instance"], home, note, AVA.did, factories.card(AVA))
    assert body.count(did.encode()) == 1

    for other in written_otherwise(did):
        changed = body.replace(did.encode(), other.encode())
        with home.db.write() as work, pytest.raises((MalformedError, UnknownPartnerError)):
            take(work, home, changed)

    assert find_post(home, note) is None
    with home.db.write() as work:
        take(work, home, body)
    assert find_post(home, note) is not None, "what was changed is what was refused"


NAMES = [
    "Sepidar",
    "sepidar.example",
    "sepidаr",
    "sepidar ",
    "sepidar_",
    "-",
    "",
    "../sepidar",
    "_own",
    "s" * 21,
]


def test_partner_is_called_by_small_letters_alone(house: House, home: House) -> None:
    """What an operator types must not read like another partner's name, nor lead out of its folder."""
    did = home.door.instance_did
    with serving(partial(Quiet, directory=public(home))) as address:
        card = f"goftogu-partner {did} {address}"
        for name in NAMES:
            done = goftogu("partner", "add", name, card, data=house.settings.data)
            assert done.code in {1, 2}, name
            assert "Traceback" not in done.err

    with house.db.read() as work:
        assert partners.list_partners(work) == []


def test_card_that_names_our_own_log_is_refused(house: House, tmp_path: Path) -> None:
    """Else another key's checkpoints would be told of as a second history of ours."""
    with house.db.read() as work:
        own = site.get_card(work).log_origin
    card = card_of(own)
    folder = tmp_path / "posing"
    (folder / ".well-known").mkdir(parents=True)
    (folder / ".well-known/goftogu").write_bytes(card.raw)

    with serving(partial(Quiet, directory=folder)) as address:
        words = ("partner", "add", "sepidar", f"goftogu-partner {card.signer} {address}")
        done = goftogu(*words, data=house.settings.data)

    assert done.code == 1
    assert "this host's own log" in done.err
    with house.db.read() as work:
        assert partners.list_partners(work) == []
