"""`goftogu opinion recompute`: whether a published order follows from its own counts."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.kernel import strict_json
from app.kernel.errors import VerificationError

from . import transport
from .output import DOES_NOT_VERIFY, complain, counted, emit

if TYPE_CHECKING:
    from app.opinion.maths.ranking import Place


def recompute(
    source: Annotated[
        str, typer.Argument(help="ground.json of a board: a file, or where a host publishes it.")
    ],
) -> None:
    """Order a board's posts anew from the published counts; say whether the host's order is that.

    The posts of a thread, or the first posts of threads, stand in the same order among themselves.
    What is not in the file stands between what more and what less than one in four is helped by.
    """
    from app.opinion.maths import ranking

    raw = transport.read(source)
    try:
        places = ranking.verify_order(raw)
    except VerificationError as error:
        complain(_difference(raw, ranking.recompute_order(raw)))
        raise typer.Exit(DOES_NOT_VERIFY) from error
    emit(f"Equal: {counted(len(places), 'post', 'posts')} in the order that the counts lead to.")


def _difference(raw: bytes, places: "tuple[Place, ...]") -> str:
    """Say where a published order first leaves the one that its counts lead to."""
    published = strict_json.decode(raw)["posts"]
    digests = [post["digest"] for post in published]
    if len(set(digests)) < len(digests):
        return "Not equal: a post stands in it twice."
    for number, (told, place) in enumerate(zip(digests, places, strict=True), 1):
        if told != place.digest:
            return (
                f"Not equal from place {number} on: the host has {told} there, and the counts lead "
                f"to {place.digest}, which helps {place.least} of its least satisfied side."
            )
    return "The order is the same, but scores, weights or the way it is written are others."
