"""Questions as they are typed, and what is decided about them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from app.forum.codec import clean_line, clean_text
from app.forum.model import Text
from app.hearings.errors import QuestionUnfitError
from app.hearings.model import DeclineCode, QuestionState
from app.hearings.rules import (
    MAX_QUESTION_CHARACTERS,
    MAX_REASONS_CHARACTERS,
    require_question,
)
from app.kernel.errors import MalformedError
from app.records import registry
from app.web.forms import Fields
from app.web.sentences import gettext_noop as _

_MAX_WHY: Final = 300
_LONG: Final = _(
    "The first line is the question, and it has more than 200 characters. Shorten it; your reasons stand below it."
)
_LONG_REASONS: Final = _("The reasons have more than 1,000 characters. Shorten them.")
_UNFIT: Final = _(
    "The first line is the question: write it in words and without links. A link can stand among the reasons below it."
)
_TRICKS: Final = _(
    "The text has characters that turn the direction of lines or are not shown. Type those words "
    "anew, without pasting."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionForm:
    """A question as it was typed, and what is wrong with it."""

    text: Text
    """The question in the first line, reasons below it."""
    nonce: str
    record: str = ""
    draft: str = ""
    has_asked: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def parse_question(fields: Fields, nonce: str, languages: Collection[str]) -> QuestionForm:
    """Read a question; `languages` are those of the charter. What is wrong keeps its words."""
    markdown, errors = clean_text(fields["text"]), dict[str, str]()
    if not markdown:
        errors["text"] = _("The text is empty. Write something first.")
    elif not _fits(markdown):
        errors["text"] = _TRICKS
    else:
        try:
            require_question(markdown)
        except QuestionUnfitError:
            errors["text"] = _reason_of(markdown)
    if fields["language"] not in languages:
        errors["language"] = _("Choose one of the languages that the charter names.")
    code = fields["language"] if fields["language"] in languages else next(iter(languages))
    return QuestionForm(
        text=Text(language=code, markdown=markdown),
        nonce=nonce,
        record=fields["record"],
        draft=fields["draft"],
        has_asked=bool(fields["asked"]),
        errors=errors,
    )


def _reason_of(markdown: str) -> str:
    """Return why a question is unfit, and what to do."""
    line, _below, reasons = markdown.partition("\n")
    if len(line) > MAX_QUESTION_CHARACTERS:
        return _LONG
    return _LONG_REASONS if len(reasons.strip()) > MAX_REASONS_CHARACTERS else _UNFIT


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionForm:
    """What is decided about a question, and what is wrong with that."""

    post: bytes
    state: QuestionState | None
    """None is an appeal."""
    code: DeclineCode | None
    why: str
    errors: dict[str, str]


_STATES: Final = {
    "accept": QuestionState.ACCEPTED,
    "decline": QuestionState.DECLINED,
    "appeal": None,
}


def parse_decision(fields: Fields) -> DecisionForm:
    """Read what is decided about a question.

    Raises:
        MalformedError: nothing that a page of ours sends.

    """
    do = fields["do"]
    if do not in _STATES:
        raise MalformedError("nothing that can be decided")
    try:
        post = bytes.fromhex(fields["post"])
    except ValueError as error:
        raise MalformedError("not a digest") from error
    errors: dict[str, str] = {}
    code, why = fields["code"], clean_line(fields["why"])
    if do == "decline":
        if code not in set(DeclineCode):
            errors["code"] = _("Choose why it is declined: one of the published codes.")
        if len(why) > _MAX_WHY or (why and not _fits(why)):
            errors["why"] = _("Say it in at most 300 characters, all of them visible.")
    is_decline = do == "decline" and "code" not in errors
    return DecisionForm(
        post=post,
        state=_STATES[do],
        code=DeclineCode(code) if is_decline else None,
        why=why if do == "decline" else "",
        errors=errors,
    )


def _fits(words: str) -> bool:
    try:
        registry.text(words)
    except MalformedError:
        return False
    return True
