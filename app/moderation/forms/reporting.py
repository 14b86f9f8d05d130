"""Untrusted input of whoever reports: reports, legal notices, and the words of these."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from app.crypto.seed import find_unknown_words
from app.forum.codec import clean_line, clean_text
from app.kernel.errors import MalformedError
from app.moderation.model import Rule, SubjectKind
from app.records import registry
from app.web.forms import REPORT, Fields
from app.web.sentences import gettext_noop as _

MOST_REPORT_CHARACTERS: Final = 1_000
MOST_NOTICE_CHARACTERS: Final = 4_000
MOST_LINE_CHARACTERS: Final = 200
NONCE_BYTES: Final = 16
WORDS: Final = 4

_KINDS: Final = {
    "p": SubjectKind.POST,
    "t": SubjectKind.THREAD,
    "persona": SubjectKind.PERSONA,
}
# What pages are called in every language, after whatever host; what follows it says nothing more.
_page = re.compile(r"(?:https?://[^/\s]+)?(?:/[a-z]{2})?/(p|t|persona)/([\w-]+)(?:[/?#]\S*)?")
_digest = re.compile(r"[0-9a-f]{64}")
# However somebody copied them: with commas or numbers, one below the other.
_words = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a field: a sentence with places, and what goes into them."""

    sentence: str
    told: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What somebody means by an address: its kind, and its name in that address."""

    kind: SubjectKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportForm:
    """A report as it was typed, and what is wrong with it."""

    rule: Rule | None = None
    text: str = ""
    is_sent: bool = False
    """Whether it is to be taken in, and not only shown again."""
    faults: dict[str, Fault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeForm:
    """A legal notice as it was typed, and what is wrong with it."""

    typed_place: str = ""
    place: Place | None = None
    law: str = ""
    country: str = ""
    text: str = ""
    is_true: bool = False
    """Whether its sender says that they believe it."""
    nonce: bytes = b""
    faults: dict[str, Fault] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """The law, its country and the explanation, as desks read them."""
        return f"{self.law} ({self.country})\n\n{self.text}"


def parse_report(fields: Fields) -> ReportForm:
    """Read a report; what is wrong keeps its words beside a sentence."""
    rule = None
    with suppress(ValueError):
        rule = Rule(fields["rule"])
    text = clean_text(fields[REPORT])
    faults = {}
    if rule is None:
        faults["rule"] = Fault(sentence=_("Choose the rule that it breaks."))
    if text and (fault := _find_fault(text, MOST_REPORT_CHARACTERS)):
        faults[REPORT] = fault
    return ReportForm(rule=rule, text=text, is_sent=fields["do"] == "send", faults=faults)


def parse_notice(fields: Fields) -> NoticeForm:
    """Read a legal notice; what is wrong keeps its words beside a sentence.

    Raises:
        MalformedError: its nonce is none that a page of ours has.

    """
    typed = fields["place"].strip()
    place = parse_place(typed)
    law, country = clean_line(fields["law"]), clean_line(fields["country"])
    text = clean_text(fields[REPORT])
    faults = {}
    if place is None:
        faults["place"] = Fault(sentence=PLACE_UNREAD)
    if not law:
        faults["law"] = Fault(sentence=_("Name the law, with its article if you know it."))
    elif fault := _find_fault(law, MOST_LINE_CHARACTERS):
        faults["law"] = fault
    if not country:
        faults["country"] = Fault(sentence=_("Name the country whose law it is."))
    elif fault := _find_fault(country, MOST_LINE_CHARACTERS):
        faults["country"] = fault
    if not text:
        faults[REPORT] = Fault(sentence=_("Say why it is against the law."))
    elif fault := _find_fault(text, MOST_NOTICE_CHARACTERS):
        faults[REPORT] = fault
    if not fields["good_faith"]:
        faults["good_faith"] = Fault(sentence=_("Say that you believe what you wrote."))
    return NoticeForm(
        typed_place=typed,
        place=place,
        law=law,
        country=country,
        text=text,
        is_true=bool(fields["good_faith"]),
        nonce=_read_nonce(fields["nonce"]),
        faults=faults,
    )


def parse_place(typed: str) -> Place | None:
    """Return what an address of a page means, or the digest of a post; None for anything else."""
    if _digest.fullmatch(typed):
        return Place(kind=SubjectKind.POST, name=typed)
    found = _page.fullmatch(typed)
    return None if found is None else Place(kind=_KINDS[found[1]], name=found[2])


def parse_notice_words(typed: str) -> tuple[tuple[str, ...], Fault | None]:
    """Return the words under which an outcome is found, and what is wrong with them."""
    words = tuple(_words.findall(typed.lower()))
    unknown = find_unknown_words(words)
    if len(words) != WORDS:
        return words, Fault(sentence=_("Type all four words, with blanks between them."))
    if unknown:
        sentence = _("On our list there is no such word: %(words)s. Look at its spelling.")
        return words, Fault(sentence=sentence, told={"words": ", ".join(unknown)})
    return words, None


def _read_nonce(typed: str) -> bytes:
    try:
        nonce = bytes.fromhex(typed)
    except ValueError as error:
        raise MalformedError("no nonce of a form") from error
    if len(nonce) != NONCE_BYTES:
        raise MalformedError("no nonce of a form")
    return nonce


def _find_fault(text: str, most: int) -> Fault | None:
    """Return what is wrong with words that somebody will read: their length, or tricks in them."""
    if len(text) > most:
        sentence = _("It has %(has)s characters, and %(most)s at most are read. Shorten it.")
        return Fault(sentence=sentence, told={"has": len(text), "most": most})
    try:
        registry.text(text)
    except MalformedError:
        return Fault(sentence=_TRICKS)
    return None


_TRICKS: Final = _(
    "The text has characters that turn the direction of lines or are not shown. Type those words anew, without pasting."
)
PLACE_UNREAD: Final = _(
    "This is no address of a post, a thread or a persona. Open its page and copy the address."
)
NOT_HERE: Final = _("There is nothing under this address on this host, or readers cannot see it.")
