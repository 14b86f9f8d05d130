"""Drafts of answers: shared by an official and the people who write for them, sealed at rest.

The key is derived from the folder's and is in no database, so a stolen one tells that something is
drafted in answer to a question, since which day and how long it is, and neither words nor names.
Whoever may write a draft signs nothing with it: an answer is the official's key's alone.
"""

import hmac
from base64 import b32encode
from dataclasses import asdict, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from app import identity
from app.crypto.sealing import NONCE_BYTES, derive_key, open_box, seal
from app.db import Work
from app.hearings.errors import DraftChangedError, NotStaffError, TooManyStaffError
from app.hearings.model import Hearing
from app.hearings.model.drafts import AnswerDraft
from app.hearings.store import drafts
from app.kernel import strict_json
from app.kernel.clock import day_of

DRAFT_DAYS: Final = 30
MOST_STAFF: Final = 10
_MARK: Final = b"goftogu/v1/hearing-staff\0"
_KEY: Final = "goftogu/v1/answer-drafts"
_DRAFT: Final = "goftogu/v1/answer-draft\n"
_STAFF: Final = "goftogu/v1/hearing-staff\n"
_VERSION_BYTES: Final = 10
_STEP: Final = 1024
"""A box's length tells a draft's to a kilobyte."""


def may_draft(work: Work, marks_key: bytes, hearing: Hearing, root: str) -> bool:
    """Return whether a persona reads and writes drafts: the official, and whom they let."""
    if root == hearing.official:
        return True
    return drafts.is_staff(work, hearing.thread, staff_mark(marks_key, hearing.thread, root))


def require_staff(work: Work, marks_key: bytes, hearing: Hearing, root: str) -> None:
    """Require that a persona may read and write drafts.

    Raises:
        NotStaffError: it may not.

    """
    if not may_draft(work, marks_key, hearing, root):
        raise NotStaffError("neither the official nor staff")


def find_draft(work: Work, marks_key: bytes, asked: bytes) -> tuple[AnswerDraft, date] | None:
    """Return what is drafted in answer to a post, and the day on which it was kept; or None."""
    kept = drafts.find_draft(work, asked)
    if kept is None:
        return None
    box, day = kept
    plain = open_box(_key(marks_key), box, context=_DRAFT + asked.hex())
    return AnswerDraft(**strict_json.decode(plain.rstrip(b" "))), day


def keep_draft(
    work: Work, marks_key: bytes, asked: bytes, draft: AnswerDraft, *, previous: str
) -> AnswerDraft:
    """Keep a draft in place of the version that it was begun from; return it with its own.

    Raises:
        DraftChangedError: somebody kept another one since.

    """
    found = find_draft(work, marks_key, asked)
    if found is not None and found[0].version != previous:
        raise DraftChangedError("another draft was kept meanwhile")
    version = b32encode(work.randomness.token_bytes(_VERSION_BYTES)).decode().lower()
    draft = replace(draft, version=version)
    plain = strict_json.encode(asdict(draft))
    plain += b" " * (-len(plain) % _STEP)
    nonce = work.randomness.token_bytes(NONCE_BYTES)
    box = seal(_key(marks_key), plain, context=_DRAFT + asked.hex(), nonce=nonce)
    drafts.set_draft(work, asked, box, day_of(work.now))
    # What it took the place of must leave the write-ahead log as well.
    work.deleted.append("answer_draft")
    return draft


def forget_old_drafts(work: Work) -> None:
    """Forget drafts that nobody has kept anew for thirty days."""
    drafts.remove_drafts_before(work, day_of(work.now) - timedelta(days=DRAFT_DAYS))


def let_draft(work: Work, marks_key: bytes, hearing: Hearing, root: str) -> None:
    """Let a persona write drafts of a hearing; doing it again is no error.

    Raises:
        TooManyStaffError: as many do as may.

    """
    mark = staff_mark(marks_key, hearing.thread, root)
    if root == hearing.official or drafts.is_staff(work, hearing.thread, mark):
        return
    if drafts.count_staff(work, hearing.thread) >= MOST_STAFF:
        raise TooManyStaffError("as many as may")
    nonce = work.randomness.token_bytes(NONCE_BYTES)
    context = _STAFF + hearing.thread
    box = seal(_key(marks_key), root.encode(), context=context, nonce=nonce)
    drafts.add_staff(work, hearing.thread, mark, box)


def stop_drafting(work: Work, marks_key: bytes, hearing: Hearing, root: str) -> None:
    """Let a persona write drafts no more; doing it again is no error."""
    drafts.remove_staff(work, hearing.thread, staff_mark(marks_key, hearing.thread, root))


def list_staff(work: Work, marks_key: bytes, hearing: Hearing) -> list[identity.Persona]:
    """Return who may write drafts of a hearing beside the official, by name."""
    context, key = _STAFF + hearing.thread, _key(marks_key)
    roots = [open_box(key, box, context=context) for box in drafts.list_staff(work, hearing.thread)]
    found = [identity.find_persona(work, root.decode()) for root in roots]
    return sorted((each for each in found if each is not None), key=lambda each: each.name)


def staff_mark(marks_key: bytes, thread: str, root: str) -> bytes:
    """Return what stands for a persona that writes drafts of one hearing: 32 bytes."""
    return hmac.digest(marks_key, _MARK + thread.encode() + b"\0" + root.encode(), sha256)


def _key(marks_key: bytes) -> bytes:
    return derive_key(marks_key, _KEY)
