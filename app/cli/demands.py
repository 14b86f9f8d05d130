"""`goftogu demand`: tells what a government, a court or a sponsor asked, and what came of it."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from app.kernel.errors import NotFoundError

from .keys import read_day, today
from .opened import opened_house
from .output import emit, remark


class Who(StrEnum):
    """Who demanded something."""

    GOVERNMENT = "government"
    SPONSOR = "sponsor"
    COURT = "court"
    OTHER = "other"


class Asked(StrEnum):
    """What was demanded."""

    CONTENT = "content"
    DATA = "data"
    EMPHASIS = "emphasis"
    OTHER = "other"


class Answer(StrEnum):
    """What came of it."""

    OPEN = "open"
    REFUSED = "refused"
    PARTLY = "partly"
    GRANTED = "granted"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Tell what those in power asked of this host.")
    group.command()(add)
    group.command()(answer)
    app.add_typer(group, name="demand")


def add(
    who: Annotated[Who, typer.Option("--from", help="Who demanded something.")],
    asked: Annotated[Asked, typer.Option(help="What about: emphasis is what is shown more.")],
    received: Annotated[str, typer.Option(help="The day on which it came, like 2026-11-20.")],
    country: Annotated[str, typer.Option(help="Two capital letters, like CA.")] = "",
    answered: Annotated[Answer, typer.Option("--answer", help="What came of it.")] = Answer.OPEN,
    words: Annotated[str, typer.Option(help="What it says, in your words.")] = "",
    lang: Annotated[str, typer.Option(help="The language of these words, like fa.")] = "en",
    sealed: Annotated[
        bool, typer.Option("--sealed", help="You may not tell: only that there is one is logged.")
    ] = False,
) -> None:
    """Sign a demand with the host's key, into the log; prints the digest of its record.

    Tell within 72 hours of its coming: what is told later counts as sealed. Of a sealed one only
    the day goes into the record, which anybody can read.
    """
    from app import moderation

    day = read_day(received, "--received")
    # It would stand in the log for good.
    if day > today():
        raise typer.BadParameter("this day is to come", param_hint="--received")
    said: dict[str, Any] = {
        "from": (Who.OTHER if sealed else who).value,
        "asked": (Asked.OTHER if sealed else asked).value,
        "received": day.isoformat(),
        "answer": (Answer.OPEN if sealed else answered).value,
        "sealed": sealed,
    }
    if country and not sealed:
        said["country"] = country
    if words and not sealed:
        said["contentMap"] = {lang: words}
    with opened_house() as house, house.db.write() as work:
        digest = moderation.tell_demand(work, house.door, said)
    emit(digest.hex())
    remark("It is on the page of demands after the next tick, and stays in the log.")


def answer(
    demand: Annotated[str, typer.Argument(help="The digest that `demand add` printed.")],
    answered: Annotated[Answer, typer.Option("--answer", help="What came of it.")],
) -> None:
    """Tell what came of a demand; prints the digest of the new record."""
    from app import moderation
    from app.moderation.forms.log import parse_act

    try:
        digest = parse_act(demand)
    except NotFoundError as error:
        raise NotFoundError(
            "a demand is named by the 64 letters that `demand add` printed"
        ) from error
    with opened_house() as house, house.db.write() as work:
        told = moderation.answer_demand(work, house.door, digest, answered.value)
    emit(told.hex())
