"""A charter as it is typed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.forum.codec import clean_line
from app.hearings.errors import CharterUnfitError
from app.hearings.model import Aim, Charter
from app.hearings.rules import MAX_TEXT_CHARACTERS, MOST_AIMS, MOST_CHOSEN, require_charter
from app.kernel.fold import fold
from app.web.forms import Fields
from app.web.languages import parse_day
from app.web.sentences import gettext_noop as _

MOST_EXCLUDED: Final = 20
_MAX_EXCLUDED: Final = 200
_MAX_AIM: Final = 300
_DAYS: Final = ("opens", "chooses", "ends")


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterForm:
    """A charter, whose it is, and what is wrong with it. Wrong fields keep what was typed."""

    official: str
    """The root of who is to answer."""
    text: str
    language: str
    charter: Charter | None
    """None while anything is wrong."""
    typed: Fields
    errors: dict[str, str]


def parse_charter(
    fields: Fields, officials: Collection[str], languages: Sequence[str], today: date
) -> CharterForm:
    """Read a charter; `officials` are the roots that may be chosen."""
    errors: dict[str, str] = {}
    text = clean_line(fields["text"])
    if not text or len(text) > MAX_TEXT_CHARACTERS:
        errors["text"] = _("Say in one line of at most 280 characters what people can ask about.")
    if fields["official"] not in officials:
        errors["official"] = _("Choose who answers, from those who hold an office.")
    if fields["language"] not in languages:
        errors["language"] = _("Choose the language you wrote in.")
    charter = _read_charter(fields, languages, today, errors)
    return CharterForm(
        official=fields["official"],
        text=text,
        language=fields["language"],
        charter=None if errors else charter,
        typed=fields,
        errors=errors,
    )


def _read_charter(
    fields: Fields, languages: Sequence[str], today: date, errors: dict[str, str]
) -> Charter | None:
    """Return the charter that was typed, or None; what is wrong is added to `errors`."""
    taken = tuple(code for code in languages if fields[f"in_{code}"])
    if not taken:
        errors["languages"] = _("Choose at least one language in which questions are taken.")
    opens, chooses, ends = (_day(fields[name]) for name in _DAYS)
    for name, day in zip(_DAYS, (opens, chooses, ends), strict=True):
        if day is None or (name == "opens" and day <= today):
            errors[name] = _("Write a day that lies ahead, in the form that the line above shows.")
    top, lot = (_count(fields[name]) for name in ("top", "lot"))
    for name, count in (("top", top), ("lot", lot)):
        if count is None:
            errors[name] = _("Write a number from 0 to 100.")
    excluded, aims = _lines(fields["excluded"]), _lines(fields["aims"])
    if len(excluded) > MOST_EXCLUDED or any(len(line) > _MAX_EXCLUDED for line in excluded):
        errors["excluded"] = _("Write at most 20 topics, each in a line of at most 200 characters.")
    if not aims or len(aims) % 2 or len(aims) > 2 * MOST_AIMS or max(map(len, aims)) > _MAX_AIM:
        errors["aims"] = _(
            "Write each aim in two lines: what it is, then by what one will see it. At most 10 "
            "aims, and 300 characters a line."
        )
    if errors or opens is None or chooses is None or ends is None or top is None or lot is None:
        return None
    charter = Charter(
        opens_on=opens,
        chooses_on=chooses,
        ends_on=ends,
        languages=taken,
        excluded=excluded,
        top=top,
        lot=lot,
        aims=tuple(
            Aim(text=text, measure=measure)
            for text, measure in zip(aims[::2], aims[1::2], strict=True)
        ),
        is_live=bool(fields["live"]),
    )
    try:
        require_charter(charter)
    except CharterUnfitError:
        errors["opens"] = _(
            "The days must follow one another, within three months; and at least one question, at "
            "most a hundred, must be answered."
        )
    return charter


def type_charter(
    charter: Charter,
    *,
    text: str,
    language: str,
    official: str,
    write_day: Callable[[date], str] = date.isoformat,
) -> Fields:
    """Return the fields of a form that shows a charter; `write_day` types a day as readers do."""
    return Fields(
        official=official,
        text=text,
        language=language,
        opens=write_day(charter.opens_on),
        chooses=write_day(charter.chooses_on),
        ends=write_day(charter.ends_on),
        top=str(charter.top),
        lot=str(charter.lot),
        excluded="\n".join(charter.excluded),
        aims="\n".join(line for aim in charter.aims for line in (aim.text, aim.measure)),
        live="yes" if charter.is_live else "",
        **{f"in_{code}": "yes" for code in charter.languages},
    )


def _day(typed: str) -> date | None:
    try:
        return parse_day(typed)
    except ValueError:
        return None


def _count(typed: str) -> int | None:
    typed = fold(typed.strip())
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST_CHOSEN))
    return int(typed) if is_number and int(typed) <= MOST_CHOSEN else None


def _lines(typed: str) -> tuple[str, ...]:
    return tuple(filter(None, map(clean_line, typed.splitlines())))
