"""Untrusted input: of the composer of answers, and of who rates them."""

from dataclasses import dataclass, field
from typing import Final

from app.forum.forms import PostForm, parse_post
from app.hearings.model import Found, Says, SpeaksAs
from app.kernel.errors import MalformedError
from app.web.forms import Fields
from app.web.sentences import gettext_noop as _

ALOUD: Final = "aloud"
_LACKING: Final = {
    "speaks_as": _("Choose as what you say this: readers are told beside it."),
    "says": _("Choose how far it answers: readers are told beside it."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForm:
    """What the composer of an answer sent, and what is wrong with it."""

    post: PostForm
    speaks_as: SpeaksAs | None
    says: Says | None
    is_spoken: bool
    version: str
    """The draft that it was begun from, as the form remembers it."""
    errors: dict[str, str] = field(default_factory=dict)


def parse_answer(fields: Fields, languages: list[str]) -> AnswerForm:
    """Read the composer's fields; wrong ones keep their values beside a sentence.

    A draft may lack everything but words.
    """
    post = parse_post(fields, has_title=False, languages=languages)
    speaks_as, says = fields["speaks_as"], fields["says"]
    errors = {} if post.is_kept else _find_lacking(speaks_as, says)
    return AnswerForm(
        post=post,
        speaks_as=SpeaksAs(speaks_as) if speaks_as in set(SpeaksAs) else None,
        says=Says(says) if says in set(Says) else None,
        is_spoken=fields["spoken"] == ALOUD,
        version=fields["version"],
        errors={**post.errors, **errors},
    )


def parse_found(fields: Fields) -> Found | None:
    """Read what somebody says of an answer; None takes it back.

    Raises:
        MalformedError: nothing that the form offers.

    """
    said = fields["said"]
    if said == "none":
        return None
    if said not in set(Found):
        raise MalformedError("not what one can say of an answer")
    return Found(said)


def _find_lacking(speaks_as: str, says: str) -> dict[str, str]:
    lacking = {"speaks_as": speaks_as not in set(SpeaksAs), "says": says not in set(Says)}
    return {name: _LACKING[name] for name, is_lacking in lacking.items() if is_lacking}
