"""Untrusted input of consultations: votes, statements, what it takes to open and manage one."""

from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app import identity
from app.forum.codec import clean_line, clean_text
from app.forum.model import Text
from app.identity.errors import BallotUnfitError
from app.identity.model.ballots import BallotKind, BallotSecret, BallotToken
from app.kernel import strict_json
from app.kernel.errors import MalformedError
from app.opinion.model import ABOUT, Question, ResultsShown, Side, Vote
from app.opinion.rules import MAX_QUESTION_CHARACTERS, MOST_STATEMENTS
from app.records import registry
from app.web.forms import Fields
from app.web.languages import parse_day
from app.web.sentences import gettext_noop as _

VOTES: Final = {"agree": Vote.AGREE, "disagree": Vote.DISAGREE, "pass": Vote.PASS}
NAMES: Final = {vote: name for name, vote in VOTES.items()}
NOTHING: Final = "none"
"""What a form says to take a vote back."""
_SECRET_BYTES: Final = 32
_MOST_VOTES: Final = 100


def parse_votes(fields: Fields) -> dict[int, Vote | None]:
    """Read the votes of a form by the numbers of statements; None takes one back.

    One statement comes as `number` and `vote`, several as `vote_NUMBER`; empty ones say nothing.

    Raises:
        MalformedError: a number or a vote that no page of ours sends.

    """
    sent = {fields["number"]: fields["vote"]} if fields["number"] else {}
    for name, said in fields.items():
        if name.startswith("vote_"):
            sent[name.removeprefix("vote_")] = said
    return {_number(text): _vote(said) for text, said in sent.items() if said}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_STATEMENTS))):
        raise MalformedError("not the number of a statement")
    return int(text)


def _vote(said: object) -> Vote | None:
    if said == NOTHING:
        return None
    if not isinstance(said, str) or said not in VOTES:
        raise MalformedError("not a vote")
    return VOTES[said]


def parse_about(fields: Fields) -> tuple[int | None, ...]:
    """Read answers about oneself: which of three each is, or None for a question left open.

    They come as `0`, `1` and `2`, so that a form's length tells none.

    Raises:
        MalformedError: an answer that no page of ours sends.

    """
    typed = [fields[each.name] for each in ABOUT]
    if any(said not in {"", "0", "1", "2"} for said in typed):
        raise MalformedError("not an answer")
    return tuple(int(said) if said else None for said in typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementForm:
    """A statement as it was typed, and what is wrong with it."""

    text: Text
    nonce: str
    record: str = ""
    draft: str = ""
    has_asked: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def parse_statement(fields: Fields, nonce: str, languages: Collection[str]) -> StatementForm:
    """Read a statement; what is wrong keeps its words beside a sentence."""
    markdown, errors = clean_text(fields["text"]), {}
    if not markdown:
        errors["text"] = _("The text is empty. Write something first.")
    elif not _fits(registry.text, markdown):
        errors["text"] = TRICKS
    if fields["language"] not in languages:
        errors["language"] = _("Choose the language you wrote in.")
    code = fields["language"] if fields["language"] in languages else next(iter(languages))
    return StatementForm(
        text=Text(language=code, markdown=markdown),
        nonce=nonce,
        record=fields["record"],
        draft=fields["draft"],
        has_asked=bool(fields["asked"]),
        errors=errors,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionForm:
    """What a consultation is to be opened with, as typed, and what is wrong with it."""

    question: Question
    typed_until: str
    errors: dict[str, str]


def parse_question(fields: Fields, languages: Collection[str], today: date) -> QuestionForm:
    """Read what a consultation is opened with; wrong fields keep their values."""
    errors: dict[str, str] = {}
    words = clean_line(fields["question"])
    if not words:
        errors["question"] = _("Write the question that people are asked.")
    elif len(words) > MAX_QUESTION_CHARACTERS or not _fits(registry.text, words):
        errors["question"] = _("Shorten the question: 280 characters at most, all of them visible.")
    if fields["language"] not in languages:
        errors["language"] = _("Choose the language you wrote in.")
    until = parse_until(fields, today, errors)
    results = fields["results"]
    if results not in set(ResultsShown):
        errors["results"] = _("Choose when results are shown.")
    return QuestionForm(
        question=Question(
            question=words,
            language=fields["language"]
            if fields["language"] in languages
            else next(iter(languages)),
            results=ResultsShown(results) if results in set(ResultsShown) else ResultsShown.VOTED,
            asks_side=bool(fields["sides"]),
            until=until,
        ),
        typed_until=fields["until"],
        errors=errors,
    )


def parse_until(fields: Fields, today: date, errors: dict[str, str]) -> date | None:
    """Return the last day that was typed, None for no day; a wrong one adds to `errors`."""
    typed = fields["until"].strip()
    if not typed:
        return None
    try:
        day = parse_day(typed)
    except ValueError:
        day = None
    if day is None or day < today:
        errors["until"] = _(
            "Write the last day, today or later, in the form that the line above shows; or leave it empty."
        )
        return None
    return day


def parse_seeds(fields: Fields) -> list[str]:
    """Return the lines of seed statements, without empty ones."""
    return list(dict.fromkeys(filter(None, map(clean_line, fields["text"].splitlines()))))


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotForm:
    """What a device sent to have its ballot let in."""

    thread: str
    name: str
    token: BallotToken


def parse_ballot(raw: bytes) -> BallotForm:
    """Read a ballot's name, its thread and the right to it: an object of three texts.

    Raises:
        MalformedError: anything else.

    """
    sent = _texts_of(strict_json.decode(raw), {"thread", "ballot", "token"})
    return BallotForm(
        thread=sent["thread"],
        name=sent["ballot"],
        token=identity.parse_ballot_token(sent["token"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetForm:
    """What a device sent to vote: the ballot's secret, and votes by the numbers of statements."""

    thread: str
    secret: BallotSecret
    votes: dict[int, Vote | None]


def parse_sheet(raw: bytes) -> SheetForm:
    """Read votes of a device; none of them reads the sheet alone.

    Raises:
        MalformedError: not an object of a thread, a secret and votes.

    """
    sent = strict_json.decode(raw)
    votes = sent.pop("votes", None)
    texts = _texts_of(sent, {"thread", "secret"})
    if not isinstance(votes, dict) or len(votes) > _MOST_VOTES:
        raise MalformedError("not a hundred votes at most")
    return SheetForm(
        thread=texts["thread"],
        secret=_read_secret(texts["secret"]),
        votes={_number(number): _vote(said) for number, said in votes.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SideForm:
    """Where a device's holder says to live, behind their coins, and the ballot it stands beside."""

    thread: str
    secret: BallotSecret
    side: Side


def parse_side(raw: bytes) -> SideForm:
    """Read a device's answer to the question where its holder lives: an object of three texts.

    Raises:
        MalformedError: anything else, or no answer that a coin can give.

    """
    sent = _texts_of(strict_json.decode(raw), {"thread", "secret", "side"})
    if sent["side"] not in set(Side):
        raise MalformedError("not a side")
    return SideForm(
        thread=sent["thread"], secret=_read_secret(sent["secret"]), side=Side(sent["side"])
    )


def parse_blinded(fields: Fields) -> tuple[BallotKind, bytes]:
    """Return what a persona wants signed unseen, and of which issuer.

    Raises:
        MalformedError: no such issuer, or no hexadecimal digits.

    """
    try:
        return BallotKind(fields["kind"]), bytes.fromhex(fields["blinded"])
    except ValueError as error:
        raise MalformedError("not a blinded message") from error


def _texts_of(sent: object, names: set[str]) -> dict[str, str]:
    if not isinstance(sent, dict) or sent.keys() != names:
        raise MalformedError("other members than these")
    if not all(isinstance(text, str) for text in sent.values()):
        raise MalformedError("not texts")
    return sent


def _read_secret(text: str) -> BallotSecret:
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, Base64Error) as error:
        raise BallotUnfitError("not the secret of a ballot") from error
    if len(raw) != _SECRET_BYTES:
        raise BallotUnfitError("not the secret of a ballot")
    return BallotSecret(raw)


def _fits(shape: registry.Shape, value: object) -> bool:
    try:
        shape(value)
    except MalformedError:
        return False
    return True


TRICKS: Final = _(
    "The text has characters that turn the direction of lines or are not shown. Type those words anew, without pasting."
)
