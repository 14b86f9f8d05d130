"""Untrusted input of joining, logging in and coming with an invitation."""

from dataclasses import dataclass, field
from unicodedata import normalize

from app.crypto.sealing import Passphrase
from app.crypto.seed import WORD_COUNT, Seed, find_unknown_words, parse_words
from app.kernel.errors import MalformedError
from app.records import registry
from app.web.forms import Fields
from app.web.sentences import gettext_noop as _

from .codec import tokens
from .errors import MixedNameError
from .model.tokens import Invitation
from .rules import LEAST_PASSPHRASE_CHARACTERS, MOST_PASSPHRASE_CHARACTERS
from .rules.naming import require_one_script

_NAME_UNFIT = _(
    "Names have at most 40 characters, all of them visible. Choose a shorter or simpler one."
)

_NAME_MIXED = _(
    "The name mixes scripts. Write it in the letters of one script, so that nobody takes it for another name."
)


_TEXT_BROKEN = _(
    "This invitation was not copied whole. It begins with a year and a month and is one long line; copy all of it."
)
_WORDS_UNKNOWN = _(
    "Not on the list of words: %(words)s. Look at your paper again; all words are English ones."
)
_WORDS_NOT_TWELVE = _("An invitation has twelve words. Count those that you typed.")
_WORDS_UNFIT = _(
    "Each of these words is on the list, but one is not that of your paper, or they stand in another order."
)
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinForm:
    """A name and a passphrase, and what is wrong with them."""

    name: str
    passphrase: Passphrase = field(repr=False)
    errors: dict[str, str]


def parse_join(fields: Fields) -> JoinForm:
    """Read the first step of joining."""
    name, passphrase = _clean(fields["name"]), fields["passphrase"]
    errors: dict[str, str] = {}
    if not name:
        errors["name"] = _("Choose a name. It need not, and should not, be your own.")
    else:
        errors |= _name_errors(name)
    errors |= passphrase_errors(passphrase, "passphrase")
    return JoinForm(name=name, passphrase=Passphrase(passphrase), errors=errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationForm:
    """An invitation as it was typed, what it is, and what is wrong with it."""

    typed: str
    shared: Invitation | Seed | None
    """None if nothing was typed, or what was typed is neither text nor words of an invitation."""
    error: str = ""
    wrong: str = ""
    """Words that are on no paper of ours; the sentence names them."""


def parse_invitation(typed: str) -> InvitationForm:
    """Read a field that takes an invitation, as text or as twelve words; it may be empty."""
    # What messengers put into a long line, or a hand into a short one.
    words = "".join(c if c.isprintable() and not c.isspace() else " " for c in typed).split()
    text = "".join(words)
    if not words:
        return InvitationForm(typed="", shared=None)
    if "." in text:
        try:
            return InvitationForm(typed=typed, shared=tokens.parse_invitation(text))
        except MalformedError:
            return InvitationForm(typed=typed, shared=None, error=_TEXT_BROKEN)
    if unknown := find_unknown_words(words):
        wrong = ", ".join(unknown[:_MOST_NAMED])
        return InvitationForm(typed=typed, shared=None, error=_WORDS_UNKNOWN, wrong=wrong)
    try:
        return InvitationForm(typed=typed, shared=parse_words(" ".join(words)))
    except MalformedError:
        count = _WORDS_NOT_TWELVE if len(words) != WORD_COUNT else _WORDS_UNFIT
        return InvitationForm(typed=typed, shared=None, error=count)


def parse_restore(fields: Fields) -> JoinForm:
    """Read a restoring: the name may be empty where the host knows the persona."""
    name, passphrase = _clean(fields["name"]), fields["passphrase"]
    errors = passphrase_errors(passphrase, "passphrase")
    if name:
        errors |= _name_errors(name)
    return JoinForm(name=name, passphrase=Passphrase(passphrase), errors=errors)


def passphrase_errors(passphrase: str, field: str) -> dict[str, str]:
    """Return what is wrong with a new passphrase, by the name of its field."""
    if len(passphrase) < LEAST_PASSPHRASE_CHARACTERS:
        return {
            field: _("Use at least 10 characters: four unrelated words are easy to keep in mind.")
        }
    if len(passphrase) > MOST_PASSPHRASE_CHARACTERS:
        return {field: _("Use at most 200 characters.")}
    return {}


def _clean(name: str) -> str:
    """Return a typed name as it will be signed: NFC, single spaces."""
    return " ".join(normalize("NFC", name).split())


def _name_errors(name: str) -> dict[str, str]:
    try:
        registry.name(name)
        require_one_script(name)
    except MalformedError:
        return {"name": _NAME_UNFIT}
    except MixedNameError:
        return {"name": _NAME_MIXED}
    return {}
