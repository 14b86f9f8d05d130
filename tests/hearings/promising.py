"""Records of commitments and evidence."""

from datetime import date, timedelta

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_digest
from app.hearings.model import Commitment, CommitmentState
from app.hearings.store import commitments as store
from app.kernel.strict_json import JsonObject
from app.records.codec import sign_record
from app.records.model import KIND, PREVIOUS
from app.wiring import House

from tests import factories
from tests.factories import LIVE, TODAY, Person

LINK = "https://water.example.org/weir"
DUE = TODAY + timedelta(days=100)


def commitment(
    by: Person,
    answers: bytes,
    *,
    text: str = "We will open the weir by March.",
    of: str | None = None,
    due: date = DUE,
    board: factories.BoardKey = LIVE,
    day: date = TODAY,
    **said: str,
) -> bytes:
    """Return a commitment that answers a post; `said` is of its owner, measure and theme."""
    promise: JsonObject = {
        "promisedBy": "The deputy minister for water",
        "measure": "The gauge at the bridge shows it.",
        "due": due.isoformat(),
        "theme": "Water",
        **said,
    }
    if of is not None:
        promise["official"] = f"ap://{of}/actor"
    members = {f"urn:goftogu:{name}": value for name, value in promise.items()}
    return note(by, answers, "commitment", text, members, board=board, day=day)


def evidence(
    by: Person,
    commitment: bytes,
    *,
    link: str = LINK,
    shows: str = "not-done",
    board: factories.BoardKey = LIVE,
    day: date = TODAY,
) -> bytes:
    """Return evidence beside a commitment."""
    members = {"urn:goftogu:evidence": link, "urn:goftogu:shows": shows}
    return note(by, commitment, "evidence", "The gauge shows it.", members, board=board, day=day)


def note(
    by: Person,
    answers: bytes | str,
    kind: str,
    text: str,
    members: JsonObject,
    *,
    board: factories.BoardKey = LIVE,
    day: date = TODAY,
) -> bytes:
    """Return a post of a kind."""
    document: JsonObject = {
        "audience": f"ap://{board.did}/actor",
        "contentMap": {"en": text},
        "mediaType": "text/markdown",
        "urn:goftogu:custody": by.custody.value,
        "inReplyTo": factories.id_of(answers) if isinstance(answers, bytes) else answers,
        **({KIND: kind} if kind else {}),
        **members,
    }
    return sign_record(by.key, "Note", document, nonce=factories.nonce(), day=day)


def owning(
    key: SigningKey, promise: bytes, *, board: factories.BoardKey = LIVE, day: date = TODAY
) -> bytes:
    """Return the record by which somebody confirms a commitment."""
    members: JsonObject = {
        "audience": f"ap://{board.did}/actor",
        "object": {
            "id": factories.id_of(promise),
            "digestMultibase": encode_digest(factories.digest_of(promise)),
        },
        "urn:goftogu:owns": True,
    }
    return sign_record(key, "Accept", members, nonce=factories.nonce(), day=day)


def status(
    key: SigningKey,
    promise: bytes,
    state: str,
    *,
    after: bytes | None = None,
    link: str = LINK,
    day: date = TODAY,
    board: factories.BoardKey = LIVE,
) -> bytes:
    """Return a change of a commitment's status that follows the record `after`."""
    members: JsonObject = {
        "audience": f"ap://{board.did}/actor",
        "object": factories.id_of(promise),
        PREVIOUS: encode_digest(factories.digest_of(after or promise)),
        "urn:goftogu:status": state,
        "urn:goftogu:evidence": link,
        "urn:goftogu:why": "The weir is open.",
    }
    return sign_record(key, "Update", members, nonce=factories.nonce(), day=day)


def find(house: House, promise: bytes) -> Commitment:
    """Return a commitment as it is kept."""
    with house.db.read() as work:
        found = store.find_commitment(work, post=factories.digest_of(promise))
    assert found is not None
    return found


STATES = [state.value for state in CommitmentState]
