"""What authors send: an appeal, and what they have read."""

from dataclasses import dataclass
from typing import Final

from app.moderation.rules import MAX_APPEAL_CHARACTERS
from app.web.forms import Fields
from app.web.sentences import gettext_noop as _

_DIGEST_CHARACTERS: Final = 64
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealForm:
    """An appeal as it was typed, and what is wrong with it."""

    text: str
    errors: dict[str, str]


def parse_appeal(fields: Fields) -> AppealForm:
    """Read an appeal; one that cannot be taken keeps its words beside a sentence."""
    text = fields["text"].replace("\r\n", "\n").replace("\r", "\n").strip()
    errors = {}
    if not text:
        errors["text"] = _("Say in a few words why somebody else should look at it.")
    elif len(text) > MAX_APPEAL_CHARACTERS:
        errors["text"] = _("An appeal has at most 2,000 characters. Shorten it.")
    return AppealForm(text=text, errors=errors)


def parse_seen(fields: Fields) -> list[bytes]:
    """Read which actions a form says were read; what names none is passed over."""
    return [
        bytes.fromhex(word)
        for word in fields["seen"].split(",")
        if len(word) == _DIGEST_CHARACTERS and set(word) <= _HEX
    ]
