"""What identity refuses."""

from app.kernel.errors import ConflictError, ForbiddenError, LimitError, VerificationError


class CustodyDiffersError(ForbiddenError):
    """A record declares another custody than its key's card."""

    code = "custody-differs"


class HostCustodyError(ForbiddenError):
    """A persona says of its key that the host signs with it."""

    code = "host-custody"


class KeyInactiveError(ForbiddenError):
    """The key was retired or revoked."""

    code = "key-inactive"


class KeyTakenError(ConflictError):
    """The key belongs to another persona."""

    code = "key-taken"


class StaleCardError(ConflictError):
    """The card does not follow the current one."""

    code = "stale-card"


class NameTakenError(ConflictError):
    """Another persona of this instance has this name."""

    code = "name-taken"


class MixedNameError(ConflictError):
    """The name mixes letters of several scripts."""

    code = "mixed-name"


class WrongPassphraseError(VerificationError):
    """No login has this name and passphrase. Which of the two is wrong is not said."""

    code = "wrong-passphrase"


class LockedKeyError(ForbiddenError):
    """The viewer logged in by proving a key that is kept here, and so did not unlock it."""

    code = "locked-key"


class UnknownKeyError(VerificationError):
    """No persona of this instance has this key."""

    code = "unknown-key"


class InvitationUnfitError(VerificationError):
    """An invitation that is too old, or that this instance did not sign."""

    code = "invitation-unfit"


class WordsUnknownError(VerificationError):
    """No invitation is kept here under these words: never, or no more."""

    code = "invitation-words-unknown"


class InvitationSpentError(ConflictError):
    """Somebody came with this invitation before."""

    code = "invitation-spent"


class AlreadyInvitedError(ConflictError):
    """The persona came with an invitation before, and needs no other."""

    code = "already-invited"


class CohortClosedError(ConflictError):
    """A month without invitations, or one whose invitations are frozen."""

    code = "invitations-closed"


class MayNotInviteError(ForbiddenError):
    """The persona may not invite, or not yet."""

    code = "may-not-invite"


class InvitationsGivenError(LimitError):
    """The persona has taken all invitations that it may give away this month."""

    code = "invitations-given"


class JoinsFullError(LimitError):
    """As many joined without an invitation, or began to, as may in this time."""

    code = "joins-full"


class PostsOfDayError(LimitError):
    """A persona for whom nobody answers has posted as often as it may in a day."""

    code = "posts-of-day"


class LoneKeysError(LimitError):
    """Keys without a card have posted as often as they together may in this time."""

    code = "lone-keys-full"


class NamesClosedError(ConflictError):
    """A month without an issuer of names for one thread, or one that is over."""

    code = "thread-names-closed"


class MayNotTakeNameError(ForbiddenError):
    """The persona may not take a name for one thread, or not yet."""

    code = "may-not-take-name"


class NamesTakenError(LimitError):
    """The persona has taken all names that it may take this month."""

    code = "thread-names-taken"


class NameUnfitError(VerificationError):
    """A right to a name that is too old, for another name or thread, or not signed here."""

    code = "thread-name-unfit"


class NameSpentError(ConflictError):
    """The key is known here already: a right to a name lets in a new one, once."""

    code = "thread-name-spent"


class PersonaLimitedError(ForbiddenError):
    """A desk lets the persona read only, for now."""

    code = "persona-limited"


class NameElsewhereError(ForbiddenError):
    """A name for one thread was to post in another."""

    code = "name-elsewhere"


class BallotsClosedError(ConflictError):
    """A conversation that gives no ballots: not yet, no more, or with keys it does not name."""

    code = "ballots-closed"


class MayNotTakeBallotError(ForbiddenError):
    """The persona may take no ballot: it is revoked, erased, or no persona of this instance."""

    code = "may-not-take-ballot"


class BallotKindError(ForbiddenError):
    """A ballot of another kind than the persona's."""

    code = "ballot-kind"


class BallotTakenError(ConflictError):
    """The persona has its ballot here already, under another key of its own."""

    code = "ballot-taken"


class BallotUnfitError(VerificationError):
    """A right to a ballot for another name, conversation or kind, or not signed here."""

    code = "ballot-unfit"


class BallotSpentError(ConflictError):
    """A ballot of this name votes here already, and is of another kind."""

    code = "ballot-spent"
