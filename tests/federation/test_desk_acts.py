"""What desks took away may be missing from a copy, and nothing that a host only says they took."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.federation.errors import WithheldError
from app.federation.folders import Folder
from app.federation.monitor import verify_log
from app.kernel.strict_json import JsonObject
from app.moderation import codec
from app.moderation.model import ActionKind, Named, Reasons, Source
from app.records import sign_record
from app.records.model import CONSENT

from tests import acts, factories
from tests.acts import DESK, OTHER_DESK, act_members
from tests.factories import SQUARE, TODAY, digest_of, id_of
from tests.federation.hosts import INSTANCE, files_of, mirror, posts, published, verify

AVA = factories.person("Ava")
POST = factories.note(AVA)
CHANGE = factories.update(AVA, POST)
SOMEBODY = SigningKey(sha256(b"somebody").digest())
REASONS = replace(acts.REASONS, until=None)
AUTOMATIC = replace(
    REASONS, is_automatic=True, source=Source.AUTOMATIC, until=TODAY + timedelta(days=1)
)


def offer(
    desk: SigningKey = DESK,
    *,
    by: SigningKey = INSTANCE,
    consent: SigningKey | None = None,
    board: str = SQUARE.did,
    role: str = "moderator",
    day: date = TODAY,
) -> bytes:
    """Return an attestation that opens a desk."""
    host = encode_did(by.public)
    members = {
        "object": f"ap://{encode_did(desk.public)}/actor",
        "urn:goftogu:role": role,
        "urn:goftogu:boards": [f"ap://{board}/actor"],
        "urn:goftogu:until": "2027-02-01",
        "urn:goftogu:sealed": ["c2VhbGVk"] * 3,
        CONSENT: codec.consent_to_desk(consent or desk, host),
    }
    return sign_record(by, "Offer", members, nonce=factories.nonce(), day=day)


def named(raw: bytes) -> Named:
    """Return how an act names a record: a version by its post's id."""
    is_version = factories.decode(raw)["type"] == "Update"
    post = factories.decode(raw)["object"] if is_version else id_of(raw)
    return Named(id=post, digest=digest_of(raw))


def signed(key: SigningKey, kind: str, members: JsonObject, day: date = TODAY) -> bytes:
    return sign_record(key, kind, members, nonce=factories.nonce(), day=day)


def hide(
    post: bytes = POST, by: SigningKey = DESK, reasons: Reasons = REASONS, **more: Any
) -> bytes:
    """Return the act that hides a post."""
    members = act_members(ActionKind.HIDE, SQUARE.did, named(post), reasons)
    return signed(by, "Remove", members, **more)


def erase(post: bytes = POST, by: SigningKey = DESK, first: SigningKey = OTHER_DESK) -> bytes:
    """Return the act of two desks that erases a post."""
    members = act_members(ActionKind.ERASE, SQUARE.did, named(post), REASONS)
    return signed(by, "Delete", codec.propose(members, first))


def undo(
    *undone: bytes,
    by: SigningKey = DESK,
    kind: ActionKind = ActionKind.UNDO,
    board: str = SQUARE.did,
) -> bytes:
    """Return the act that undoes others."""
    members = act_members(kind, board, named(undone[0]), REASONS)
    several = {**members, "object": [codec.named_members(named(raw)) for raw in undone]}
    if kind is ActionKind.CLOSE_DESK and by is not INSTANCE:
        several = codec.propose(several, OTHER_DESK)
    return signed(by, "Undo", several)


def test_hidden_post_may_be_missing_with_all_of_its_versions(tmp_path: Path) -> None:
    host = published(tmp_path / "host", [offer(), POST, CHANGE, *posts(2, "Babak")], [hide(CHANGE)])
    host.erase(POST, CHANGE)

    assert set(verify(host.folder).erasures.gone) == {digest_of(POST), digest_of(CHANGE)}


def test_order_within_a_batch_is_of_no_matter(tmp_path: Path) -> None:
    host = published(tmp_path / "host", [hide(), offer(), POST])
    host.erase(POST)

    assert len(verify(host.folder).erasures.gone) == 1


def test_desk_that_was_opened_long_ago_is_remembered(tmp_path: Path) -> None:
    host = published(tmp_path / "host", [offer(), *posts(3)])
    seen = host.checkpoint()
    host.publish(POST, hide())
    host.erase(POST)

    verified = verify(host.folder, seen)

    assert verified.start == 4
    assert set(verified.erasures.gone) == {digest_of(POST)}


def test_post_that_two_desks_erased_may_be_missing(tmp_path: Path) -> None:
    host = published(tmp_path / "host", [offer(), offer(OTHER_DESK), POST, erase()])
    host.erase(POST)

    assert len(verify(host.folder).erasures.gone) == 1


def test_what_the_host_hid_by_itself_may_be_missing_for_as_long_as_it_says(tmp_path: Path) -> None:
    host = published(tmp_path / "host", [POST, hide(by=INSTANCE, reasons=AUTOMATIC)])
    host.erase(POST)

    def verify_on(day: date) -> int:
        with Folder(host.folder) as source:
            return len(verify_log(source, lambda _origin: None, day).erasures.gone)

    assert verify_on(TODAY + timedelta(days=2)) == 1
    with pytest.raises(WithheldError):
        verify_on(TODAY + timedelta(days=3))


ATTACKS: dict[str, list[bytes]] = {
    "withheld without an act in the log": [offer()],
    "desk that nobody attested": [hide()],
    "desk that attested itself": [offer(by=DESK), hide()],
    "desk attested by another instance": [offer(by=SOMEBODY), hide()],
    "key that did not consent to be a desk": [offer(consent=SOMEBODY), hide()],
    "desk of another board": [offer(board=factories.LIVE.did), hide()],
    "desk before its term": [offer(day=TODAY), hide(day=TODAY - timedelta(days=1))],
    "desk after its term": [offer(), hide(day=date(2027, 2, 1))],
    "desk that two others closed": [
        offer(), closing := offer(OTHER_DESK, role="steward"), steward := offer(SOMEBODY, role="steward"),
        hide(day=TODAY + timedelta(days=1)),
    ],
    "desk that the host closed": [
        desk := offer(), undo(desk, by=INSTANCE, kind=ActionKind.CLOSE_DESK), hide(day=TODAY + timedelta(days=1)),
    ],
    "act about another post": [offer(), hide(factories.note(AVA, text="Another."))],
    "act that was undone": [offer(), act := hide(), undo(act)],
    "host that hides and does not say that a program did": [hide(by=INSTANCE)],
    "host that erases with a desk": [offer(), erase(by=INSTANCE, first=DESK)],
    "host that hides by itself without an end": [
        hide(by=INSTANCE, reasons=replace(AUTOMATIC, until=None)),
    ],
    "host that hides by itself for a month": [
        hide(by=INSTANCE, reasons=replace(AUTOMATIC, until=TODAY + timedelta(days=30))),
    ],
    "erasure by one desk": [offer(), erase(first=DESK)],
    "erasure whose second desk nobody attested": [offer(), erase(first=SOMEBODY)],
}  # fmt: skip
ATTACKS["desk that two others closed"].append(
    undo(ATTACKS["desk that two others closed"][0], by=SOMEBODY, kind=ActionKind.CLOSE_DESK)
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_host_that_withholds_is_caught(attack: str, tmp_path: Path) -> None:
    host = published(tmp_path / "host", [POST, *ATTACKS[attack]])
    host.erase(POST)

    with pytest.raises(WithheldError) as caught:
        verify(host.folder)

    assert caught.value.digests == [digest_of(POST)]


def test_act_itself_is_never_missing(tmp_path: Path) -> None:
    for lost in (0, 2, 3):
        log = [offer(), POST, act := hide(), undo(act)]
        host = published(tmp_path / str(lost), log)
        host.erase(log[lost])

        with pytest.raises(WithheldError):
            verify(host.folder)


def test_undoing_by_a_key_that_is_no_desk_gives_nothing_back(tmp_path: Path) -> None:
    act = hide()
    host = published(tmp_path / "host", [offer(), POST, act, undo(act, by=SOMEBODY)])
    host.erase(POST)

    assert len(verify(host.folder).erasures.gone) == 1


def test_post_hidden_once_more_may_be_missing_again(tmp_path: Path) -> None:
    first = hide()
    host = published(tmp_path / "host", [offer(), POST, first, undo(first), hide()])
    host.erase(POST)

    assert len(verify(host.folder).erasures.gone) == 1


def test_mirror_takes_away_what_is_hidden_and_fetches_it_again(tmp_path: Path) -> None:
    host = published(tmp_path / "host", [offer(), POST, CHANGE, *posts(2, "Babak")])
    whole = [host.path_of(raw).read_bytes() for raw in (POST, CHANGE)]
    copy = tmp_path / "mirror"
    mirror(copy, host.folder)
    act = hide(CHANGE)
    host.publish(act)
    host.erase(POST, CHANGE)

    assert mirror(copy, host.folder).removed == 2
    assert files_of(copy) == files_of(host.folder)

    for raw in whole:
        host.path_of(raw).write_bytes(raw)
    host.publish(undo(act))
    mirror(copy, host.folder)

    assert files_of(copy) == files_of(host.folder)
    assert files_of(copy)[f"records/{digest_of(POST).hex()}"] == POST


def test_mirror_keeps_what_a_host_hides_without_a_desk(tmp_path: Path) -> None:
    host = published(tmp_path / "host", [POST, *posts(2, "Babak")])
    copy = tmp_path / "mirror"
    mirror(copy, host.folder)
    host.publish(hide())
    host.erase(POST)

    mirror(copy, host.folder)

    assert files_of(copy)[f"records/{digest_of(POST).hex()}"] == POST
    with pytest.raises(WithheldError):
        mirror(copy, host.folder, everything=True)
