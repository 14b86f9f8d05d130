"""What was heard as bytes: the margins' table that people edit, figures, a release's members."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from typing import Any, Final

from app.crypto.multikey import encode_digest
from app.kernel.strict_json import JsonObject
from app.listening.errors import MarginsUnfitError
from app.listening.model import (
    FEW,
    BiasCard,
    Figure,
    Heard,
    Measure,
    PopulationMargin,
    Presence,
    Release,
    Share,
    Source,
)

_PERCENT: Final = 100
COLUMNS: Final = ("margin", "level", "share", "low", "high", "year", "source")
LEVELS: Final = {
    "side": ("inside", "abroad"),
    "region": ("capital", "provinces"),
    "age": ("under-30", "30-49", "50-up"),
    "gender": ("woman", "man"),
}
"""What voters are asked about, the more telling first; `abroad` has no region, and whoever would
rather not say no level at all."""
_TOLERANCE: Final = 0.001
_MOST_CHARACTERS: Final = 100_000


def parse_margins(text: str) -> tuple[PopulationMargin, ...]:
    """Read a table of margins, one line a level.

    Raises:
        MarginsUnfitError: a column or a level is missing, a share is none, shares do not add up to
            1, or a source is missing; the message names the line and says what to do.

    """
    if len(text) > _MOST_CHARACTERS:
        raise MarginsUnfitError(
            "the table is longer than 100,000 characters: keep one line a level"
        )
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        raise MarginsUnfitError(
            f"this is no CSV ({error}): save the table as CSV, UTF-8"
        ) from error
    if not rows or tuple(rows[0]) != COLUMNS:
        raise MarginsUnfitError(f"line 1: the columns must be {','.join(COLUMNS)}")
    found: dict[str, dict[str, tuple[float, float, float, int, str]]] = {}
    for number, cells in enumerate(rows[1:], 2):
        if not cells:
            continue
        if len(cells) != len(COLUMNS):
            raise MarginsUnfitError(f"line {number}: {len(cells)} cells, not {len(COLUMNS)}")
        margin, level, *rest = (cell.strip() for cell in cells)
        if level not in LEVELS.get(margin, ()):
            raise MarginsUnfitError(
                f"line {number}: no level {level} of {margin}; there are "
                + "; ".join(f"{name}: {', '.join(levels)}" for name, levels in LEVELS.items())
            )
        if level in found.setdefault(margin, {}):
            raise MarginsUnfitError(f"line {number}: {level} of {margin} stands twice")
        found[margin][level] = _parse_level(number, rest)
    return tuple(_margin(name, found.get(name, {})) for name in LEVELS)


def _parse_level(number: int, cells: list[str]) -> tuple[float, float, float, int, str]:
    try:
        share, low, high = (float(cell) for cell in cells[:3])
        year = int(cells[3])
    except ValueError as error:
        raise MarginsUnfitError(
            f"line {number}: share, low and high are numbers such as 0.25, year a whole number"
        ) from error
    if not 0 < low <= share <= high < 1:
        raise MarginsUnfitError(f"line {number}: 0 < low ≤ share ≤ high < 1 does not hold")
    if not cells[4]:
        raise MarginsUnfitError(f"line {number}: say where the share is from, as its source")
    return share, low, high, year, cells[4]


def _margin(name: str, levels: dict[str, tuple[float, float, float, int, str]]) -> PopulationMargin:
    missing = [level for level in LEVELS[name] if level not in levels]
    if missing:
        raise MarginsUnfitError(f"{name}: add a line for {', '.join(missing)}")
    rows = [levels[level] for level in LEVELS[name]]
    total = sum(row[0] for row in rows)
    if abs(total - 1) > _TOLERANCE:
        raise MarginsUnfitError(
            f"{name}: the shares add up to {total:.3f}, not 1: change one of them, or several"
        )
    return PopulationMargin(
        name=name,
        levels=LEVELS[name],
        shares=tuple(row[0] / total for row in rows),
        lows=tuple(row[1] if row[1] != row[0] else row[0] / total for row in rows),
        highs=tuple(row[2] if row[2] != row[0] else row[0] / total for row in rows),
        source=rows[0][4],
        year=min(row[3] for row in rows),
    )


def encode_json(value: object) -> str:
    """Return figures as they are kept and compared: the same ones give the same characters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def encode_release(release: Release) -> str:
    """Return a release as it is kept."""
    return encode_json({**asdict(release), "week": release.week.isoformat()})


def decode_release(text: str) -> Release:
    """Read a release as it was kept."""
    kept: dict[str, Any] = json.loads(text)
    return Release(
        week=date.fromisoformat(kept["week"]),
        people=kept["people"],
        heard=tuple(decode_heard(each) for each in kept["heard"]),
        overall=decode_measures(kept["overall"]),
    )


def decode_heard(kept: dict[str, Any]) -> Heard:
    """Read what was heard in one consultation."""
    return Heard(
        thread=kept["thread"],
        card=decode_card(kept["card"]),
        figures=tuple(decode_figure(each) for each in kept["figures"]),
        gap=decode_measures(kept["gap"]),
        outcomes=decode_measures(kept["outcomes"]),
    )


def decode_card(kept: dict[str, Any]) -> BiasCard:
    """Read a bias card."""
    presences = tuple(
        Presence(**{**each, "here": Share(**each["here"])}) for each in kept["presences"]
    )
    margins = tuple(Source(**each) for each in kept["margins"])
    channels = tuple(kept["channels"])
    return BiasCard(**{**kept, "margins": margins, "presences": presences, "channels": channels})


def decode_figure(kept: dict[str, Any]) -> Figure:
    """Read what was heard of a statement."""
    shares = {name: kept[name] and Share(**kept[name]) for name in ("weighted", "wide", "band")}
    return Figure(**{**kept, **shares})


def decode_measures(kept: Sequence[dict[str, Any]]) -> tuple[Measure, ...]:
    """Read outcome metrics."""
    return tuple(Measure(**each) for each in kept)


def decode_kept(text: str) -> tuple[Measure, ...]:
    """Read metrics as a cell keeps them."""
    return decode_measures(json.loads(text))


def again_members(heard: Heard, week: date, table: str) -> JsonObject | None:
    """Return what a release tells of voters who were asked again, as a report says it.

    None where it tells nothing; see `hearings.tell_asked_again`.
    """
    questions = [
        {"post": each.post, "first": each.again_first, "again": each.again}
        for each in heard.figures
        if FEW not in {each.again_first, each.again}
    ]
    found = [each for each in heard.outcomes if each.name == "opinion-change"]
    change = {
        name: round(_PERCENT * value)
        for each in found
        for name, value in (("votes", each.value), ("low", each.low), ("high", each.high))
        if value is not None
    }
    if not questions and not change:
        return None
    people = {"people": found[0].people} if change else {}
    digest = encode_digest(sha256(table.encode()).digest())
    return {"week": week.isoformat(), "table": digest, "questions": questions, **change, **people}


def release_members(
    week: date, *, codebook: bytes, table: bytes, page: bytes, people: int
) -> JsonObject:
    """Return the members of the record that names a release's files by their digests."""
    return {
        "urn:goftogu:release": {
            "week": week.isoformat(),
            "codebook": encode_digest(codebook),
            "table": encode_digest(table),
            "page": encode_digest(page),
            "people": people,
        }
    }
