"""Untrusted input: verdicts on a hearing's aims."""

from dataclasses import dataclass

from app.forum.codec import clean_line
from app.hearings.model import AimVerdict, Charter, Verdict
from app.kernel.errors import MalformedError
from app.records import registry
from app.web.forms import Fields
from app.web.sentences import gettext_noop as _

MOST_WHY: int = 600
_why = registry.line(MOST_WHY)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictsForm:
    """Verdicts as they were typed, and what is wrong with them."""

    verdicts: list[AimVerdict]
    errors: dict[str, str]


def parse_verdicts(fields: Fields, charter: Charter) -> VerdictsForm:
    """Read a verdict on each aim of a charter; what is wrong keeps its words beside a sentence."""
    verdicts, errors = list[AimVerdict](), dict[str, str]()
    for number in range(1, len(charter.aims) + 1):
        said, why = fields[f"verdict_{number}"], clean_line(fields[f"why_{number}"])
        if said not in set(Verdict):
            errors[f"verdict_{number}"] = _(
                "Say of this aim whether it was met, not met, or that nobody knows."
            )
        if not _fits(why):
            errors[f"why_{number}"] = _("Say by what one sees it, in at most 600 characters.")
        if said in set(Verdict) and _fits(why):
            verdicts.append(AimVerdict(aim=number, verdict=Verdict(said), why=why))
    return VerdictsForm(verdicts=verdicts, errors=errors)


def _fits(why: str) -> bool:
    try:
        _why(why)
    except MalformedError:
        return False
    return True
