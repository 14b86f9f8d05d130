"""What readers are shown of a consultation: counts of many, in steps of five, and what follows.

All figures of the page and the published table come from these values: none counts fewer than ten
people, each is rounded by itself, and what a group said is shown whole or as "fewer than ten".
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any, Final, TypeAlias

ANSWERS: Final = ("disagree", "pass", "agree")
LETTERS: Final = "ABCDE"
FEW: Final = -1
"""Instead of a count: fewer than ten people."""
Rows: TypeAlias = tuple[tuple[int, ...], ...]
"""Of each group: who disagrees, passes, agrees, and who voted at all; multiples of five, or `FEW`.
All are rounded by themselves, so that a count left out cannot be had back from the others."""


class Verdict(StrEnum):
    """What is said of a statement."""

    UNITES = "unites"
    """More than half agree, in every group and beyond chance."""
    REJECTED = "rejected"
    """More than half disagree, in every group and beyond chance: that unites as well."""
    DIVIDES = "divides"
    """One group is for it, another against, beyond chance; without groups, people are split."""
    UNCERTAIN = "uncertain"
    FEW = "few"
    """Too few votes to show any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Who agrees, in whole percent, and the bounds between which it lies nine times in ten.

    Of people counted together it is what `percents` says of them: the number in their table. What
    several groups share has no table, and is the mean that consensus is measured by.
    """

    percent: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelFigures:
    """What people whom the lot invited say of a statement, beside those who came by themselves."""

    invited: Share
    others: Share
    differs: bool
    """By more than chance explains; then the invited decide what is said of the statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFigures:
    """One statement: counts of people by group and answer.

    `careful` are the same with what keeps invented people from deciding (`blocs`); they are `plain`
    where too few are vouched for. Of one row all who voted are one group.
    """

    number: int
    verdict: Verdict
    vouched: int = 0
    """How many of the vouched voted on it, by which news is told; no page shows it."""
    plain: Rows = ()
    careful: Rows = ()
    common: Share | None = None
    """The agreement that all groups share (geometric mean), from the careful counts."""
    common_plain: Share | None = None
    panel: PanelFigures | None = None

    @property
    def lower(self) -> int:
        """Return what ranks statements: the lower bound of the agreement of all."""
        return self.common.low if self.common else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFigures:
    """What the two coins let through: how many live where, in whole percent, with bounds."""

    inside: Share
    abroad: Share
    unsaid: Share
    people: int
    views: Mapping[str, tuple[Share, Share]]
    """Of each statement's number, who agrees inside and abroad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that is shown. Counts of people and votes are multiples of five."""

    people: int
    votes: int
    """Agreements, disagreements and passes."""
    passes: int
    unseen: int
    """Percent of the statements that voters were not asked, or did not get to."""
    in_groups: int
    """Who voted often enough to be in a group."""
    vouched: int = 0
    """By which news is told; no page shows it."""
    unvouched: int
    invited: int
    groups: tuple[int, ...]
    """People of each group, the largest first; empty if no groups are clear."""
    hidden_groups: int
    """How many groups are of fewer than twenty people, and not shown."""
    reason: str
    """Why no groups are clear (`choice.NoGroups` by name), or empty."""
    agreement: int
    """Percent: how far two halves of the same people part into the same groups."""
    is_capped: bool
    """Whether enough are vouched for, so that the votes of others are capped."""
    typical: tuple[tuple[tuple[int, bool], ...], ...]
    """Of each group: the numbers of statements that it holds more than others do, and how."""
    statements: tuple[StatementFigures, ...]
    sides: SideFigures | None = None

    def of(self, number: int) -> StatementFigures | None:
        """Return what is shown of a statement, or None if nothing is known of it."""
        return next((each for each in self.statements if each.number == number), None)

    def encode(self) -> str:
        """Return this as JSON; the same values are the same bytes."""
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True)


LEAST_CHANGED: Final = 10
"""People who must have changed before figures are shown anew (OPINION.md §5)."""
_ROUNDING: Final = 2


def is_news(figures: Figures, people: int, last: Figures, last_people: int) -> bool:
    """Return whether at least ten people voted since figures were shown: then new ones may be.

    Where enough are vouched for, only they count: whoever invents nine people would else see the
    vote of the tenth in the difference, as often as they like. Each votes on a statement once, so
    that ten votes more on one of them are ten people's. Counts are rounded by two at most, before
    and now.
    """
    is_capped = figures.is_capped or last.is_capped
    if figures.is_capped is last.is_capped:
        most = abs(people - last_people)
    else:
        # Others were counted before: what both counted has its rounding.
        most = abs(figures.vouched - last.vouched) - 2 * _ROUNDING
    known = {each.number: each for each in last.statements}
    changed = (
        _change(each, before, is_capped=is_capped)
        for each in figures.statements
        if (before := known.get(each.number)) is not None and before.plain and each.plain
    )
    return max(chain([most], changed)) >= LEAST_CHANGED


def _change(now: StatementFigures, before: StatementFigures, *, is_capped: bool) -> int:
    if is_capped:
        return abs(now.vouched - before.vouched) - 2 * _ROUNDING
    voters, voters_before = (sum(row[-1] for row in each.plain) for each in (now, before))
    return abs(voters - voters_before) - _ROUNDING * (len(now.plain) + len(before.plain))


def _restore_statement(found: dict[str, Any]) -> StatementFigures:
    panel = found["panel"]
    return StatementFigures(
        number=found["number"],
        verdict=Verdict(found["verdict"]),
        # Figures that were made before it was counted have none: the next ones are news.
        vouched=found.get("vouched", 0),
        plain=_tuples(found["plain"]),
        careful=_tuples(found["careful"]),
        common=_restore_share(found["common"]),
        common_plain=_restore_share(found["common_plain"]),
        panel=panel and PanelFigures(
            invited=Share(**panel["invited"]),
            others=Share(**panel["others"]),
            differs=panel["differs"],
        ),
    )  # fmt: skip


def _restore_sides(found: dict[str, Any]) -> SideFigures:
    views = {
        number: (Share(**inside), Share(**abroad))
        for number, (inside, abroad) in found["views"].items()
    }
    inside, abroad, unsaid = (Share(**found[name]) for name in ("inside", "abroad", "unsaid"))
    return SideFigures(
        inside=inside, abroad=abroad, unsaid=unsaid, people=found["people"], views=views
    )


def _restore_share(found: dict[str, int] | None) -> Share | None:
    return Share(**found) if found else None


def _tuples(rows: list[list[int]]) -> Rows:
    return tuple(tuple(row) for row in rows)


def write_table(figures: Figures, digests: Mapping[int, str]) -> str:
    """Return the table that is published: lines of comma-separated values, as RFC 4180 has them.

    `digests` are those of the statements' posts by number: the words themselves are in no file that
    could outlive them. What has no digest is left out. No sum stands beside its parts.
    """
    lines = ["statement,post,group,counted,answer,people"]
    for each in figures.statements:
        if each.number not in digests or not each.plain:
            continue
        start = f"{each.number},{digests[each.number]}"
        for counted, rows in (("every-vote", each.plain), ("capped", each.careful)):
            if counted == "capped" and not figures.is_capped:
                continue
            for name, row in zip(name_rows(rows), rows, strict=True):
                lines += [
                    f"{start},{name},{counted},{answer},{'<10' if people == FEW else people}"
                    for answer, people in zip(ANSWERS, row, strict=False)
                ]
    return "".join(f"{line}\r\n" for line in lines)


def name_rows(rows: Rows) -> tuple[str, ...]:
    """Return the letters of groups; of one row, `all`."""
    return tuple(LETTERS[: len(rows)]) if len(rows) > 1 else ("all",)


def fill(row: tuple[int, ...]) -> tuple[float, float, float]:
    """Return a row's three answers, with what was left out as the others leave it on average."""
    shown = [people for people in row[:-1] if people != FEW]
    left = max(row[-1] - sum(shown), 0) / max(len(ANSWERS) - len(shown), 1)
    disagree, passed, agree = (
        min(left, LEAST_CHANGED - 1) if people == FEW else float(people) for people in row[:-1]
    )
    return disagree, passed, agree


def percents(row: tuple[int, ...]) -> tuple[int, int, int]:
    """Return who disagrees, passes and agrees in whole percent of those who answered.

    The one rule by which pages and sentences come from counts to percents.
    """
    counts = fill(row)
    whole = max(sum(counts), 1)
    disagree, passed, agree = (round(100 * people / whole) for people in counts)
    return disagree, passed, agree


@lru_cache(maxsize=8)
def restore_figures(text: str) -> Figures:
    """Read what `encode` wrote; the last ones are remembered: no word of anybody stands in them."""
    found = json.loads(text)
    statements = tuple(_restore_statement(each) for each in found.pop("statements"))
    sides, groups = found.pop("sides"), tuple(found.pop("groups"))
    typical = tuple(
        tuple((int(number), bool(is_agreed)) for number, is_agreed in group)
        for group in found.pop("typical")
    )
    known = Figures(groups=groups, typical=typical, statements=statements, **found)
    return replace(known, sides=_restore_sides(sides)) if sides else known
