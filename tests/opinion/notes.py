"""Readers' context in tests: its records, who rates it, and an instance that decides about it."""

from collections.abc import Mapping, Sequence

from app import identity, opinion
from app.crypto.multikey import encode_digest
from app.forum import PostKind
from app.identity import store as identity_store
from app.identity.rules.cohorts import cohort_of
from app.kernel.clock import day_of
from app.opinion import Helps
from app.opinion.jobs.notes import NoteKeeper
from app.records.codec import sign_record
from app.records.model import ABOUT, KIND
from app.wiring import House

from tests import factories
from tests.crypto import issuers
from tests.houses import require_post, submit

SOURCED = "The river is dammed above the town: <https://example.org/dam>."


def context(
    by: factories.Person,
    post: bytes,
    text: str = SOURCED,
    *,
    about: bytes | None = None,
    board: factories.BoardKey = factories.LIVE,
) -> bytes:
    """Return context of a post (a record), about its first version or another record's."""
    members = {
        "audience": f"ap://{board.did}/actor",
        "contentMap": {"en": text},
        "mediaType": "text/markdown",
        "urn:goftogu:custody": by.custody.value,
        "inReplyTo": factories.id_of(post),
        KIND: PostKind.CONTEXT.value,
        ABOUT: encode_digest(factories.digest_of(about or post)),
    }
    return sign_record(by.key, "Note", members, nonce=factories.nonce(), day=factories.TODAY)


def come(house: House, people: Sequence[factories.Person]) -> None:
    """Let people come with an invitation: what they rate counts."""
    day = day_of(house.clock.now())
    submit(house, *(factories.card(person, day=day) for person in people))
    with house.db.write() as work:
        if identity.find_issuer(work) is None:
            identity.open_cohort(work, house.keys["instance"], issuers.KEY)
        for person in people:
            identity_store.add_invited(work, person.root, cohort_of(day))


def rate(
    house: House, note: bytes, said: Mapping[factories.Person, Helps], reason: str = "clear"
) -> None:
    """Let people rate a context (a record)."""
    post = require_post(house, note)
    with house.db.write() as work:
        for person, helps in said.items():
            opinion.rate(work, house.marks_key, person.root, post, helps, reason=reason)


def settle(house: House) -> int:
    """Decide about all context as the worker does; return how many statuses changed."""
    return sum(act() for act in NoteKeeper(house.db, house.marks_key).list_due())
