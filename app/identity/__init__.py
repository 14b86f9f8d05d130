"""Room `identity`: personas, keys, custody, login sessions, invitations.

Lives here: cards and what they say, posting keys and their state, who is a steward, joining,
logging in and out, what the twelve words can do: come back, revoke; invitations and names for one
thread, both by blind tokens; the words in which invitations are told; probation: how much those may
do for whom nobody answers.
Does not: know boards or posts; hold a root key anywhere (it exists while a card is signed).

A persona without scripts:  join ─► sealed step in the page ─► two words typed back ─► card through
the door + posting key sealed under the passphrase + session.
Invariants:
- no e-mail, phone, legal name or address: there is no column for one;
- a posting key belongs to one root for good, and only with its own consent; a card speaks for all
  keys of its persona, and a revocation always wins;
- a key that was ever unlocked on a server is never called `device`; revoked stays revoked;
- who invited whom is in no row; the database alone makes no invitation and opens none;
- whose a name for one thread is, is in no row; it posts in its thread alone;
- nothing is signed with an issuer's key that the instance's card does not name;
- neither the database nor a cookie alone can sign: the session's secret is in the cookie only.
"""

from .codec.tokens import parse_name_token
from .model import Author, Persona, Viewer
from .model.tokens import NameToken, VerifiedName
from .service import (
    NAMES,
    NewPersona,
    accept_card,
    admit_name,
    bring_back_name,
    close_session,
    count_names_left,
    derive_name,
    derive_nonce,
    encode_id,
    erase_again,
    erase_persona,
    extend_session,
    find_hand,
    find_issuer,
    find_login,
    find_name_issuer,
    find_viewer,
    forget_ended_sessions,
    forget_old_invitations,
    forget_old_names_taken,
    freeze_cohort,
    get_persona,
    grant_stewardship,
    is_on_probation,
    is_steward,
    list_issuers,
    list_name_issuers,
    look_in_thread,
    make_card,
    make_invitation,
    make_revocation,
    may_invite,
    open_cohort,
    open_device_session,
    open_names,
    open_session,
    prepare_persona,
    redeem_invitation,
    register_persona,
    require_author,
    require_free_name,
    revoke_stewardship,
    sign_invitation,
    sign_name,
    spaced,
    take_name,
    unlock_posting_key,
    unseal_login,
    verify_name,
)
from .store import (
    count_spent,
    find_author,
    find_lone_key,
    holds_stewardship,
    list_authors,
    list_cohorts,
    list_keys,
    list_stewards,
)

__all__ = [
    "NAMES",
    "Author",
    "NameToken",
    "NewPersona",
    "Persona",
    "VerifiedName",
    "Viewer",
    "accept_card",
    "admit_name",
    "bring_back_name",
    "close_session",
    "count_names_left",
    "count_spent",
    "derive_name",
    "derive_nonce",
    "encode_id",
    "erase_again",
    "erase_persona",
    "extend_session",
    "find_author",
    "find_hand",
    "find_issuer",
    "find_login",
    "find_lone_key",
    "find_name_issuer",
    "find_viewer",
    "forget_ended_sessions",
    "forget_old_invitations",
    "forget_old_names_taken",
    "freeze_cohort",
    "get_persona",
    "grant_stewardship",
    "holds_stewardship",
    "is_on_probation",
    "is_steward",
    "list_authors",
    "list_cohorts",
    "list_issuers",
    "list_keys",
    "list_name_issuers",
    "list_stewards",
    "look_in_thread",
    "make_card",
    "make_invitation",
    "make_revocation",
    "may_invite",
    "open_cohort",
    "open_device_session",
    "open_names",
    "open_session",
    "parse_name_token",
    "prepare_persona",
    "redeem_invitation",
    "register_persona",
    "require_author",
    "require_free_name",
    "revoke_stewardship",
    "sign_invitation",
    "sign_name",
    "spaced",
    "take_name",
    "unlock_posting_key",
    "unseal_login",
    "verify_name",
]
