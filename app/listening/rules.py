"""What holds of releases, from values alone: their weeks, and their files."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from app.listening import codec
from app.listening.model import (
    FEW,
    BiasCard,
    Cell,
    Figure,
    Heard,
    Measure,
    PopulationMargin,
    Release,
    Share,
)

_AGAIN: Final = "again "
COLUMNS: Final = (
    "thread", "statement", "post", "people", "agree", "passed", "disagree", "raw",
    "weighted", "low", "high", "wide_low", "wide_high", "band_low", "band_high", "effective",
    "unsaid", "raw_without_flagged", "weighted_without_flagged", "again_first", "again",
)  # fmt: skip
HEAD: Final = "all"
"""The cell of all voters."""


def monday_of(day: date) -> date:
    """Return the Monday of a day's week: the name of its release."""
    return day - timedelta(days=day.weekday())


def put_together(
    thread: str, cells: Mapping[str, Cell], gap: Sequence[Measure], outcomes: Sequence[Measure]
) -> Heard | None:
    """Return what was heard in a consultation from its cells; None where too few voted."""
    if HEAD not in cells:
        return None
    card = codec.decode_card(json.loads(cells[HEAD].shown))
    figures = []
    for name, cell in cells.items():
        if name.isdecimal():
            figure = codec.decode_figure(json.loads(cell.shown))
            back = cells.get(_AGAIN + name)
            told = json.loads(back.shown) if back else {}
            figures.append(replace(figure, **told))
    figures.sort(key=lambda each: each.number)
    return Heard(
        thread=thread, card=card, figures=tuple(figures), gap=tuple(gap), outcomes=tuple(outcomes)
    )


def write_table(release: Release) -> str:
    """Return a release as CSV: statements by number and digest, since words can be erased.

    What is not told is empty; `FEW` is written "few". Then cards and metrics, a line each.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for heard in release.heard:
        for figure in heard.figures:
            writer.writerow([heard.thread, *_cells_of(figure)])
    writer.writerow([])
    writer.writerow(("thread", "about", "name", "value", "low", "high", "n", "unsaid"))
    for heard in release.heard:
        writer.writerows(_card_rows(heard.thread, heard.card))
        for about, measures in (("gap", heard.gap), ("outcome", heard.outcomes)):
            writer.writerows(_measure_rows(heard.thread, about, measures))
    writer.writerows(_measure_rows("", "outcome", release.overall))
    return out.getvalue()


def write_codebook(margins: Sequence[PopulationMargin]) -> str:
    """Return what every column and word of a release means, with the margins it was weighted by."""
    lines = [_CODEBOOK, "MARGINS\n"]
    for margin in margins:
        lines.append(f"{margin.name} ({margin.year}). {margin.source}.")
        for level, share, low, high in zip(
            margin.levels, margin.shares, margin.lows, margin.highs, strict=True
        ):
            band = f" (between {low:.3f} and {high:.3f})" if low != high else ""
            lines.append(f"  {level}: {share:.3f}{band}")
    return "\n".join(lines) + "\n"


def _cells_of(figure: Figure) -> list[object]:
    weighted, wide, band = figure.weighted, figure.wide, figure.band
    return [
        figure.number,
        figure.post,
        figure.people,
        *map(_told, (figure.agree, figure.passed, figure.disagree)),
        *_maybe(figure.raw),
        "" if weighted is None else weighted.percent,
        *_ends(weighted),
        *_ends(wide),
        *_ends(band),
        figure.effective,
        figure.unsaid,
        *_maybe(figure.without, figure.weighted_without, figure.again_first, figure.again),
    ]


def _card_rows(thread: str, card: BiasCard) -> list[list[object]]:
    counts = {
        "people": card.people,
        "answered": card.answered,
        "vouched": _told(card.vouched),
        "sampled": _told(card.sampled),
        "flagged": _told(card.flagged),
        "effective": card.effective,
        "design_effect": card.design_effect,
    }
    rows: list[list[object]] = [
        [thread, "card", name, value, "", "", "", ""] for name, value in counts.items()
    ]
    rows += [
        [thread, "margin", one.name, one.year, "", "", "", "doubtful" if one.is_doubtful else ""]
        for one in card.margins
    ]
    for one in card.presences:
        name = f"{one.margin}:{one.level}"
        rows.append([thread, "came", name, one.here.percent, one.here.low, one.here.high, "", ""])
        rows.append([thread, "population", name, one.population, "", "", "", ""])
    return rows


def _measure_rows(thread: str, about: str, measures: Sequence[Measure]) -> list[list[object]]:
    return [
        [thread, about, one.name, *(_blank(x) for x in (one.value, one.low, one.high)),
         one.people or "", one.unsaid]
        for one in measures
    ]  # fmt: skip


def _told(count: int) -> int | str:
    return "few" if count == FEW else count


def _maybe(*values: int) -> list[int | str]:
    return ["" if value == FEW else value for value in values]


def _ends(share: Share | None) -> tuple[object, object]:
    return ("", "") if share is None else (share.low, share.high)


def _blank(value: float | None) -> float | str:
    return "" if value is None else round(value, 3)


_CODEBOOK: Final = """\
WHAT WAS HEARD: CODEBOOK

Each week, on Monday, one release. It has aggregates only: no line of it is about one person.
A record of the host (Announce, urn:goftogu:release) names the SHA-256 of this file, of the table
and of the page, and stands in the log. Statements are named by number and by the digest of their
record (/records/DIGEST), because words can be erased and a published file cannot.

WHO IS IN IT
Consultations that are closed. Whoever voted is counted once, under a ballot that nothing joins to a
persona. People came by themselves; `sampled` says how many percent were invited by lot. So no
margin of sampling error can be told (AAPOR): the bounds hold what their names say, and no more.

COLUMNS
people, agree, passed, disagree   counts in steps of five; "few": fewer than ten, or put together
                    with an answer of fewer than ten
raw                 percent of those who came who agree; empty where an answer is of fewer than ten
weighted, low, high percent of the population, if people of the same place, region, age and gender
                    answer alike: weights are linear in what people said of themselves behind two
                    coins, with the coins' noise taken out; the bounds hold chance and coins, 95
                    times in 100
wide_low, wide_high the same, if those who came also differ in what no margin tells: the odds of
                    both ends moved by 1.2 times 1.2
band_low, band_high where the weighted share goes if doubtful margins lie at either of their ends
effective           Kish's effective number of people: how many drawn at random would tell as much
unsaid              why nothing is weighted. too-few: fewer than 100 effective people. not-asked:
                    nobody was asked what could be weighted by. noise: the coins hide how those who
                    came differ
..._without_flagged without people who vote in lockstep, where ten or more do
again_first, again  percent who agreed at first, and when they were asked again, once three whole
                    days had passed since the close; both of the same people

CARDS
answered: people who answered all that is weighted by. vouched: percent for whom somebody vouches.
flagged: people who vote in lockstep. design_effect: answered by effective.
came, population: percent of a kind of people among those who came, and among all.

GAP (standard deviations of what is held; who wrote is told behind coins)
gap                 by how much those who write stand elsewhere than everybody
extremity           the same for the distance from the middle: whether writers are farther out
top-writers         share of all words by the tenth of authors who wrote most
replies-to-rejected share of replies to statements that answer one which most reject
returned            share of voters who came back when they were asked again
wrote               share of voters who say that they wrote, with the coins' noise taken out

OUTCOMES
opinion-change      share of votes that changed when people were asked again
convergence         by how many points sides came closer, over the same people and statements
bridging            statements that surely more than 60 in 100 of every side agree with, per 1,000
                    votes
exchange            share of rated replies that half of every side finds helpful
inclusion           the kind of people who came least, by how many there are: 1 is as many as in
                    the population
words-gini          how unequally words are spread over authors: 0 equally, 1 one has all
answered-30, -60, -90, median-days   how officials answer (Kaplan and Meier)
commitments-kept    share of commitments past their day that were kept, or ended in a compromise

DISCLOSURE CONTROL
No cell counts fewer than ten people. Where one would, answers are put together or nothing is told.
Counts are rounded to five, each by itself. A cell stays as it is until ten people changed in its
counts, whatever the week: of two releases the difference is of ten people, or of nobody.
"""
