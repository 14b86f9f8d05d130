"""Untrusted input of joining and logging in."""

from dataclasses import dataclass, field
from unicodedata import normalize

from app.crypto.sealing import Passphrase
from app.kernel.errors import MalformedError
from app.records import registry
from app.web.error_pages import gettext_noop as _
from app.web.forms import Fields

from .errors import MixedNameError
from .rules import LEAST_PASSPHRASE_CHARACTERS, MOST_PASSPHRASE_CHARACTERS, require_one_script

_NAME_UNFIT = _(
    "Names have at most 40 characters, all of them visible. Choose a shorter or simpler one."
)

_NAME_MIXED = _(
    "The name mixes scripts. Write it in the letters of one script, so that nobody takes it for another name."
)


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
