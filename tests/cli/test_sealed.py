"""moderation legal-contact, sealed and give-back."""

from pathlib import Path

import pyrage
from app.crypto.escrow import open_by_one
from app.kernel.clock import FixedClock
from app.moderation.model import ActionKind

from tests import factories
from tests.cli.command import goftogu
from tests.houses import open_at, publish, require_post
from tests.moderation.desks import act, seat

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
POST = factories.note(AVA, title="Do", text="What no law allows anybody to hold.")
DIGEST = factories.digest_of(POST).hex()
CONTACT = pyrage.x25519.Identity.generate()


def key_file(folder: Path, secret: str) -> Path:
    """Return a file as `age-keygen` writes it."""
    path = folder / "contact.key"
    path.write_text(f"# created: 2026-11-21\n# public key: age1\n{secret}\n")
    return path


def quarantine(data: Path) -> None:
    house = open_at(data, FixedClock(factories.NOW))
    publish(house, factories.card(AVA), factories.card(BABAK), POST)
    act(house, seat(house, BABAK), POST, ActionKind.QUARANTINE)
    house.db.close()


def test_words_go_to_the_contact_and_come_back_with_its_key(data: Path, tmp_path: Path) -> None:
    named = goftogu("moderation", "legal-contact", "set", str(CONTACT.to_public()), data=data)
    shown = goftogu("moderation", "legal-contact", "show", data=data)
    quarantine(data)

    sealed = goftogu("moderation", "sealed", DIGEST, data=data)
    given = goftogu(
        "moderation", "give-back", DIGEST, "--identity", key_file(tmp_path, str(CONTACT)), data=data
    )

    assert (named.code, shown.out.decode().strip()) == (0, str(CONTACT.to_public()))
    assert open_by_one(sealed.out, str(CONTACT)) == POST
    assert given.code == 0
    assert "until a desk undoes" in given.err
    house = open_at(data, FixedClock(factories.NOW))
    assert require_post(house, POST).is_hidden
    house.db.close()


def test_key_of_somebody_else_brings_nothing_back(data: Path, tmp_path: Path) -> None:
    goftogu("moderation", "legal-contact", "set", str(CONTACT.to_public()), data=data)
    quarantine(data)
    other = key_file(tmp_path, str(pyrage.x25519.Identity.generate()))

    done = goftogu("moderation", "give-back", DIGEST, "--identity", other, data=data)

    assert (done.code, done.err.strip()) == (1, "This key does not open it.")


def test_without_a_contact_the_command_says_how_to_name_one(data: Path) -> None:
    shown = goftogu("moderation", "legal-contact", "show", data=data)
    refused = goftogu("moderation", "legal-contact", "set", "nonsense", data=data)
    nothing = goftogu("moderation", "sealed", DIGEST, data=data)

    assert (shown.code, shown.out) == (0, b"")
    assert "legal-contact set KEY" in shown.err
    assert (refused.code, nothing.code) == (1, 1)
