"""Words that only the host's legal contact can read any more: quarantined, or erased under a case.

Sealed with age to the contact's key. The instance cannot open them; without a contact a quarantine
hides, and an erasure erases.
"""

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from app import forum, records, tlog
from app.crypto.escrow import open_by_one, seal_to_one
from app.db import Work
from app.forum import Post
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError, VerificationError
from app.moderation import store
from app.moderation.model import CaseState, Sealed, Subject, SubjectKind
from app.records import VerifiedRecord

from .subjects import list_same

SEALED_DAYS: Final = 30
"""For so long at most is an erased text kept for an open case."""
ReadContact = Callable[[], str]
"""Returns the public key of the host's legal contact; empty where there is none."""


def quarantine(work: Work, post: Post, contact: str) -> None:
    """Seal the bytes of a hidden post to the legal contact, and keep none of them here."""
    digests = forum.list_version_digests(work, post.digest)
    raws = records.seal_off(work, digests) if contact else []
    if raws:
        box = seal_to_one(b"\n".join(raws), contact)
        store.put_sealed(work, Sealed(post=post.digest, case="", box=box, ends_on=date.max))


def is_quarantined(work: Work, post: Post) -> bool:
    """Return whether a post's words are with the legal contact alone."""
    sealed = store.find_sealed(work, post.digest)
    return sealed is not None and not sealed.case


def accept_erasure(work: Work, record: VerifiedRecord, *, read_contact: ReadContact) -> tlog.Lane:
    """Erase a post, as `forum.accept_erasure` does; a copy is sealed first if a case is open.

    The page on which its author erases says so.
    """
    post = forum.find_post(work, record_id=record.document["object"])
    if post is not None and keeps_copy(work, post.digest, read_contact=read_contact):
        _seal_copy(work, post, read_contact())
    return forum.accept_erasure(work, record)


def keeps_copy(work: Work, post: bytes, *, read_contact: ReadContact) -> bool:
    """Return whether a sealed copy of a post would be kept if its author erased it now."""
    return bool(read_contact()) and _find_open_case(work, post) is not None


def find_sealed(work: Work, post: bytes) -> Sealed | None:
    """Return what is sealed of a post, or None."""
    return store.find_sealed(work, post)


def get_sealed(work: Work, post: bytes) -> Sealed:
    """Return what is sealed of a post.

    Raises:
        NotFoundError: nothing is.

    """
    sealed = store.find_sealed(work, post)
    if sealed is None:
        raise NotFoundError("nothing is sealed of this post")
    return sealed


def count_sealed(work: Work) -> int:
    """Return of how many posts something is sealed."""
    return store.count_sealed(work)


def forget_sealed(work: Work) -> None:
    """Forget copies whose thirty days are over, and those whose case was decided."""
    if store.remove_ended_sealed(work, day_of(work.now)):
        work.deleted.append("sealed_copy")


def give_back(work: Work, post_digest: bytes, identity: str) -> bool:
    """Bring the words of a quarantined post back, with the legal contact's secret key.

    Readers see them again if no desk's act hides them any more: returns whether they do.

    Raises:
        NotFoundError: nothing is quarantined under this digest.
        MalformedError: no secret key of age.
        VerificationError: another's key, or other bytes than were signed.

    """
    post, sealed = forum.find_post(work, digest=post_digest), store.find_sealed(work, post_digest)
    if post is None or sealed is None or sealed.case:
        raise NotFoundError("nothing is in quarantine under this digest")
    raws = open_by_one(sealed.box, identity).split(b"\n")
    digests = set(forum.list_version_digests(work, post.digest))
    if not {sha256(raw).digest() for raw in raws} <= digests:
        raise VerificationError("other bytes than were signed")
    records.fill_withheld(work, raws)
    store.remove_sealed(work, post.digest)
    subject = Subject(kind=SubjectKind.POST, name=post.digest.hex())
    stands = store.holds_hiding(work, *list_same(work, subject))
    if not stands:
        forum.give_post_back(work, post)
    return not stands


def _seal_copy(work: Work, post: Post, contact: str) -> None:
    case = _find_open_case(work, post.digest)
    digests = forum.list_version_digests(work, post.digest)
    withheld = [raw for raw in records.list_withheld(work, digests).values() if raw]
    raws = [record.raw for record in records.list_records(work, digests) if record.raw]
    raws += withheld
    if case is None or not raws or store.find_sealed(work, post.digest) is not None:
        return
    box = seal_to_one(b"\n".join(sorted(raws)), contact)
    ends_on = day_of(work.now) + timedelta(days=SEALED_DAYS)
    store.put_sealed(work, Sealed(post=post.digest, case=case, box=box, ends_on=ends_on))


def _find_open_case(work: Work, post: bytes) -> str | None:
    subject = Subject(kind=SubjectKind.POST, name=post.hex())
    cases = (store.find_newest_case(work, same) for same in list_same(work, subject))
    return next((case.id for case in cases if case and case.state is CaseState.OPEN), None)
