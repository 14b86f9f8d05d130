"""Invitations: blind tokens. Who invited whom is known to the two of them alone.

A cohort is an instance and a month, and has one issuer's key, the same for everybody. What the
database tells: how many invitations of a month a persona took to give away, and of which month the
invitation was that a persona came with. Between the two stands a signature that its issuer has not
seen. Stewards may invite, and so may those who were invited, from the month after it.
"""

from collections.abc import Collection
from datetime import date
from functools import partial
from typing import Final

from app.crypto import blind
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.identity import rules, store
from app.identity.codec.tokens import invitation_message, mark_of
from app.identity.errors import (
    AlreadyInvitedError,
    CohortClosedError,
    InvitationsGivenError,
    InvitationSpentError,
    InvitationUnfitError,
    MayNotInviteError,
)
from app.identity.model.tokens import Cohort, Invitation, Inviting
from app.identity.rules import cohorts
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError, VerificationError

from .issuing import make_token, seal_key, sign_blinded, this_month
from .limits import find_limit, require_unlimited

_KEY_CONTEXT: Final = "goftogu/v1/invitation-key\0"


def open_cohort(work: Work, instance: SigningKey, key: blind.BlindSigningKey) -> bool:
    """Give this month its issuer's key, unless it has one; return whether it was given.

    `key` comes from `blind.make_key`, which takes its time: no transaction is open meanwhile.
    """
    name = this_month(work)
    if store.find_cohort(work, name) is not None:
        return False
    box = seal_key(work, instance, key, _KEY_CONTEXT + name)
    store.add_cohort(work, name, key.public.raw, box)
    return True


def list_issuers(work: Work) -> list[blind.Issuer]:
    """Return whose invitations are still good, or would be if they were not frozen."""
    today = day_of(work.now)
    oldest, newest = cohorts.oldest_redeemable(today), cohorts.cohort_of(today)
    return [cohort.issuer for cohort in store.list_cohorts(work, oldest, newest)]


def find_issuer(work: Work) -> Cohort | None:
    """Return this month's cohort, whose key a holder blinds an invitation for, or None."""
    return store.find_cohort(work, this_month(work))


def sign_invitation(
    work: Work, instance: SigningKey, root: str, blinded: bytes, *, named: Collection[str]
) -> bytes:
    """Return the answer to a blinded invitation, and count it among those that `root` gives.

    `named` is what the instance's card says of issuers: with a key that not everybody sees there,
    nothing is signed.

    Raises:
        PersonaLimitedError: the persona may read only.
        CohortClosedError: this month has no key or has it no more, is frozen, or the card does not
            name its key.
        MayNotInviteError: the persona may not invite, or not yet.
        InvitationsGivenError: it has taken all of this month's.
        MalformedError: not a blinded message for this month's key; nothing is counted.

    """
    require_unlimited(work, root)
    cohort = _require_open(work, this_month(work))
    if cohort.issuer.line not in named:
        raise CohortClosedError("the instance's card does not name the month's key")
    if not may_invite(work, root):
        raise MayNotInviteError("this persona may not invite yet")
    if store.count_given(work, root, cohort.name) >= rules.INVITATIONS_A_MONTH:
        raise InvitationsGivenError("all invitations of this month are given")
    box = store.get_cohort_box(work, cohort.name)
    if box is None:
        raise CohortClosedError("the month's key is forgotten: the clock was ahead")
    answer = sign_blinded(work, instance, box, blinded, _KEY_CONTEXT + cohort.name)
    store.count_one_given(work, root, cohort.name)
    # The write-ahead log would hold the count beside what is kept under words.
    work.deleted.append("invitations_given")
    return answer


def make_invitation(
    work: Work, instance: SigningKey, root: str, *, named: Collection[str]
) -> Invitation:
    """Make an invitation for a persona whose browser has no scripts: see `make_token`.

    Raises:
        PersonaLimitedError, CohortClosedError, MayNotInviteError, InvitationsGivenError: see
            `sign_invitation`.

    """
    cohort = _require_open(work, this_month(work))
    sign = partial(sign_invitation, work, instance, root, named=named)
    prefix, signature = make_token(work, cohort.key, invitation_message(cohort.key), sign)
    return Invitation(cohort=cohort.name, prefix=prefix, signature=signature)


def redeem_invitation(work: Work, root: str, invitation: Invitation) -> None:
    """Let a persona be invited, and remember the invitation as spent, by its hash.

    Raises:
        InvitationUnfitError, CohortClosedError, InvitationSpentError: see `require_good`.
        AlreadyInvitedError: the persona needs none; this one stays good.

    """
    mark = require_good(work, invitation)
    if store.find_invited(work, root) is not None:
        raise AlreadyInvitedError("this persona was invited before")
    store.add_spent(work, mark, invitation.cohort)
    store.add_invited(work, root, invitation.cohort)
    # Whoever finds the paper and the disk shall not read from the two who came with it.
    work.deleted.append("spent_invitation")


def require_good(work: Work, invitation: Invitation) -> bytes:
    """Return what is remembered of an invitation once it is spent, if somebody can come with it.

    Raises:
        InvitationUnfitError: it is too old, or was not signed here.
        CohortClosedError: its month is frozen, or had no invitations.
        InvitationSpentError: somebody came with it before.

    """
    if not cohorts.is_redeemable(invitation.cohort, day_of(work.now)):
        raise InvitationUnfitError("an invitation of another time")
    cohort = _require_open(work, invitation.cohort)
    prepared = blind.prepare(invitation_message(cohort.key), prefix=invitation.prefix)
    try:
        blind.verify_signature(cohort.key, prepared, invitation.signature)
    except VerificationError as error:
        raise InvitationUnfitError("an invitation that was not signed here") from error
    mark = mark_of(prepared)
    if store.is_spent(work, mark):
        raise InvitationSpentError("the invitation is spent")
    return mark


def may_invite(work: Work, root: str) -> bool:
    """Return whether a persona may invite others this month, had it not given all it has."""
    if store.holds_stewardship(work, root):
        return True
    own = store.find_invited(work, root)
    if own is None or own >= this_month(work):
        return False
    cohort = store.find_cohort(work, own)
    return cohort is not None and not cohort.is_frozen


def describe_inviting(work: Work, root: str, named: Collection[str]) -> Inviting:
    """Return what a persona can do about invitations; `named` as in `sign_invitation`."""
    cohort, own = find_issuer(work), store.find_invited(work, root)
    is_steward, month = store.holds_stewardship(work, root), this_month(work)
    is_open = cohort is not None and not cohort.is_frozen and cohort.issuer.line in named
    is_open = is_open and find_limit(work, root) is None
    may_from = day_of(work.now) if is_steward else own and cohorts.start_after(own)
    return Inviting(
        issuer=cohort if is_open and may_invite(work, root) else None,
        left=rules.INVITATIONS_A_MONTH - store.count_given(work, root, month),
        may_from=may_from or None,
        is_invited=is_steward or own is not None,
        next_month=cohorts.start_after(month),
    )


def is_on_probation(work: Work, root: str) -> bool:
    """Return whether nobody answers for a persona, or for a key without one.

    Whoever came with a month's invitation is on probation again while that month is frozen. For a
    name for one thread somebody does, and nobody knows who.
    """
    standing = store.find_standing(work, root)
    if standing is None:
        return not store.holds_thread_name(work, root)
    return not standing.is_answered_for


def answer_until(work: Work, root: str, until: date | None) -> None:
    """Let an office answer for a persona until a day, this one left out; None is that none does.

    Two institutions say with their signatures whose it is: nobody has to have invited them.
    """
    store.set_office_until(work, root, until)


def list_answered_for(work: Work) -> list[str]:
    """Return the roots of all personas that somebody answers for, whatever they may do just now."""
    return store.list_answered_for(work)


def find_cohort_of(work: Work, root: str) -> str | None:
    """Return the month (`YYYY-MM`) whose invitation a persona came with, or None."""
    return store.find_invited(work, root)


def freeze_cohort(work: Work, name: str, *, is_frozen: bool = True) -> None:
    """Freeze a cohort, or let it go on: nobody is invited by it, and who was is on probation.

    Raises:
        NotFoundError: there is no such cohort.

    """
    if store.find_cohort(work, name) is None:
        raise NotFoundError("no invitations of this month: see `goftogu invitations list`")
    store.set_frozen(work, name, is_frozen=is_frozen)


def forget_old_invitations(work: Work) -> None:
    """Forget what past months need no more: private keys, who gave how many, and words for them.

    What is spent stays: forgotten by a clock that runs ahead, it would be good once more.
    """
    oldest = cohorts.oldest_redeemable(day_of(work.now))
    if store.remove_old_secrets(work, this_month(work)) | store.remove_old_boxes(work, oldest):
        # A month's private key must leave the write-ahead log as well.
        work.deleted.append("invitation_cohort")
    store.even_out_inviting(work, oldest)


def _require_open(work: Work, name: str) -> Cohort:
    """Return a cohort that is not frozen.

    Raises:
        CohortClosedError: there is none with this name, or it is frozen.

    """
    cohort = store.find_cohort(work, name)
    if cohort is None or cohort.is_frozen:
        raise CohortClosedError("no invitations of this month, or frozen ones")
    return cohort
