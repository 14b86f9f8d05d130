"""Commitments: filed as posts, owned by officials, judged by evidence."""

from collections import Counter
from typing import Final

from app import forum, identity, records, tlog
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import decode_digest, encode_digest
from app.db import Work
from app.forum import Post, PostKind
from app.hearings import codec
from app.hearings.errors import (
    CommitmentOwnedError,
    CommitmentUnfitError,
    NoCommitmentError,
    NotOwnerError,
    OwnerUnknownError,
    StaleCommitmentError,
)
from app.hearings.model import Change, Commitment, CommitmentState, Evidence
from app.hearings.rules import commitments as rules
from app.hearings.rules import require_recent
from app.hearings.store import commitments as store
from app.kernel.clock import day_of
from app.kernel.strict_json import JsonObject
from app.records import VerifiedRecord, sign_record
from app.records.codec import audience_of
from app.records.model import PREVIOUS

from .offices import require_office

_MOST_THEMES: Final = 50


def accept_commitment(work: Work, record: VerifiedRecord, post: Post) -> None:
    """Take in a commitment: a post that answers what was said or written of a promise.

    Raises:
        CommitmentUnfitError: it answers no post, or one that is a commitment or evidence itself.
        OwnerUnknownError: it names as its official somebody who is none here.

    """
    parent = forum.find_post(work, digest=post.parent) if post.parent else None
    if parent is None or parent.kind in {PostKind.COMMITMENT, PostKind.EVIDENCE}:
        raise CommitmentUnfitError("a commitment answers what was said of it")
    if record.digest not in work.logged:
        rules.require_commitment(post.version.text.markdown)
    promise = codec.decode_promise(record.document)
    official = promise.official
    is_new = record.digest not in work.logged
    if is_new and official is not None and not store.is_official(work, official, post.thread):
        raise OwnerUnknownError("no official here")
    is_own = official is not None and post.author.hand == official
    commitment = Commitment(
        post=post.digest,
        record_id=post.record_id,
        board=post.board,
        hearing=post.thread if store.has_hearing(work, post.thread) else None,
        promise=promise,
        filed_on=record.day,
        filer=post.author.hand,
        owned_on=record.day if is_own else None,
        state=CommitmentState.NOT_STARTED,
        changed_on=None,
        head=post.digest,
    )
    store.add_commitment(work, commitment)


def accept_evidence(work: Work, record: VerifiedRecord, post: Post) -> None:
    """Take in evidence: a post that answers a commitment, with a link.

    Raises:
        CommitmentUnfitError: it answers none.

    """
    commitment = store.find_commitment(work, post=post.parent) if post.parent else None
    if commitment is None:
        raise CommitmentUnfitError("evidence answers a commitment")
    link, shows = codec.decode_evidence(record.document)
    evidence = Evidence(post=post.digest, commitment=commitment.post, link=link, shows=shows)
    store.add_evidence(work, evidence)


def accept_own(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Note that an official confirms a commitment, at once.

    Raises:
        NoCommitmentError: it is about none.
        NotOwnerError: another signed it than the official whose promise it is.
        CommitmentOwnedError: it was confirmed before.
        NotOfficialError, MalformedError: the office is over, or the record is dated back.

    """
    named = record.document["object"]
    commitment = _require_commitment(work, named["id"], audience_of(record.document))
    hand = identity.require_hand(work, record)
    rules.require_owner(commitment, hand)
    if decode_digest(named["digestMultibase"]) != commitment.post:
        raise NoCommitmentError("another text than the one that is here")
    if not record.document[codec.OWNS]:
        raise NotOwnerError("a commitment is confirmed, or nothing is said of it")
    if commitment.owned_on is not None:
        raise CommitmentOwnedError("confirmed before")
    _require_in_office(work, record, hand)
    store.set_owned(work, commitment.post, record.day)
    _tell(work, commitment)
    return tlog.HOUSE_LANE


def accept_status(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Change a commitment's status, at once.

    Raises:
        NoCommitmentError: it is about none.
        NotOwnerError: neither the host nor the official who confirmed it signed.
        StaleCommitmentError: it was built on another status than the present one.
        IllegalChangeError, EvidenceMissingError: see `rules.require_status`.
        NotOfficialError, MalformedError: the office is over, or the record is dated back.

    """
    document = record.document
    commitment = _require_commitment(work, document["object"], audience_of(document))
    by = "" if record.signer == instance_did else identity.require_hand(work, record)
    if by and (commitment.owned_on is None or by != commitment.promise.official):
        raise NotOwnerError("neither the host nor who stands by it")
    if by:
        _require_in_office(work, record, by)
    if document[PREVIOUS] != encode_digest(commitment.head):
        raise StaleCommitmentError("another status than the present one")
    state, evidence, why = codec.decode_status(document)
    confirms = commitment.is_contested and not by
    rules.require_status(commitment.state, state, evidence, confirms=confirms)
    change = Change(
        post=commitment.post,
        number=store.count_changes(work, commitment.post) + 1,
        record=record.digest,
        state=state,
        evidence=evidence,
        why=why,
        day=record.day,
        by=by,
    )
    store.add_change(work, change)
    _tell(work, commitment)
    return tlog.HOUSE_LANE


def _require_in_office(work: Work, record: VerifiedRecord, root: str) -> None:
    """Require that an official acts while the office holds, on the day that the record says."""
    if record.digest not in work.logged:
        today = day_of(work.now)
        require_office(work, root, today)
        require_recent(record.day, today)


def own(work: Work, door: records.Door, key: SigningKey, commitment: Commitment) -> None:
    """Confirm a commitment with the official's key.

    Raises:
        NotOwnerError, CommitmentOwnedError: see `accept_own`.

    """
    _submit(work, door, key, "Accept", codec.own_members(commitment))


def set_status(
    work: Work,
    door: records.Door,
    key: SigningKey,
    commitment: Commitment,
    state: CommitmentState,
    *,
    evidence: str,
    why: str,
) -> None:
    """Change a commitment's status with the host's key, or that of the official who owns it.

    Raises:
        IllegalChangeError, EvidenceMissingError: see `rules.require_status`.
        NotOwnerError, StaleCommitmentError: see `accept_status`.

    """
    confirms = commitment.is_contested and key.public == door.key.public
    rules.require_status(commitment.state, state, evidence, confirms=confirms)
    _submit(work, door, key, "Update", codec.status_members(commitment, state, evidence, why))


def get_commitment(work: Work, post: bytes) -> Commitment:
    """Return a commitment by the digest of its post.

    Raises:
        NoCommitmentError: there is none.

    """
    commitment = store.find_commitment(work, post=post)
    if commitment is None:
        raise NoCommitmentError("no such commitment")
    return commitment


def list_shown(
    work: Work,
    *,
    owner: str = "",
    theme: str = "",
    hearing: str = "",
    with_words: bool = False,
) -> list[Commitment]:
    """Return the commitments whose posts readers have been shown, erased ones among them.

    `with_words` leaves out those, and what a desk hid: nothing that was typed in them is told.
    """
    found = store.list_commitments(work, owner=owner, theme=theme, hearing=hearing)
    said = forum.list_said_by(work, [each.post for each in found])
    shown = {
        each.digest
        for each in said
        if each.number is not None and (each.has_words or not with_words)
    }
    return [each for each in found if each.post in shown]


def list_officials(work: Work, thread: str) -> list[str]:
    """Return the roots of those who may be named as owners in a thread, and hold an office.

    In a hearing that is its official alone.
    """
    return store.list_officials(work, thread, day_of(work.now))


def list_themes(work: Work) -> list[str]:
    """Return the themes that commitments were filed under, most of them first."""
    counts = Counter(each.promise.theme for each in list_shown(work, with_words=True))
    return [theme for theme, _ in counts.most_common(_MOST_THEMES) if theme]


def list_reminders(work: Work, hand: str) -> list[tuple[Commitment, int]]:
    """Return the commitments that somebody is asked about today, with the days since the filing.

    Both its official and whoever filed it are asked.
    """
    today = day_of(work.now)
    found = [(each, rules.find_reminder(each, today)) for each in store.list_concerning(work, hand)]
    return [(each, after) for each, after in found if after is not None]


def count_reminders(work: Work, hand: str) -> int:
    """Return about how many commitments of their own somebody is asked today."""
    return sum(each.promise.official == hand for each, _ in list_reminders(work, hand))


def forget_erased(work: Work) -> None:
    """Empty what stands beside the words of commitments and evidence whose posts were erased."""
    if work.erased:
        store.empty_words(work, work.erased)


def _require_commitment(work: Work, record_id: str, board: str) -> Commitment:
    commitment = store.find_commitment(work, record_id=record_id)
    if commitment is None or commitment.board != board:
        raise NoCommitmentError("no such commitment")
    return commitment


def _tell(work: Work, commitment: Commitment) -> None:
    """Name the pages that change with a commitment."""
    post = forum.find_post(work, digest=commitment.post)
    if post is not None:
        thread = forum.get_thread(work, post.thread)
        work.changed.update(forum.subjects_of(thread.id, thread.board))


def _submit(
    work: Work, door: records.Door, key: SigningKey, wire_type: str, members: JsonObject
) -> None:
    nonce, day = identity.encode_id(work), day_of(work.now)
    door.submit(work, sign_record(key, wire_type, members, nonce=nonce, day=day))
