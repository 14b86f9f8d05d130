"""`goftogu opinion`: what votes say, of any conversation that was exported from Polis."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from app.kernel.errors import MalformedError

from .output import counted, emit, emit_json, remark

if TYPE_CHECKING:
    from app.opinion.maths.analysis import Analysis
    from app.opinion.maths.exports import Export

_SHOWN: Final = 5
_DIGITS: Final = 12
_MOST_GROUPS: Final = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="See what many people hold together.")
    group.callback()(lambda: None)
    group.command()(analyse)
    app.add_typer(group, name="opinion")


def analyse(
    votes: Annotated[Path, typer.Argument(help="votes.csv, as Polis exports it.")],
    comments: Annotated[
        Path | None, typer.Option(help="comments.csv: statements, and which were rejected.")
    ] = None,
    groups: Annotated[
        int | None,
        typer.Option(min=1, max=_MOST_GROUPS, help="How many groups to make; else they are found."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Find opinion groups and what they agree on in votes.csv; nothing leaves this machine.

    Statements that moderators rejected count as in Polis, and are in no list.
    """
    # Only now: other commands should not wait for NumPy.
    from app.opinion.maths import exports
    from app.opinion.maths.analysis import analyse as analyse_votes

    export = exports.parse_export(_read(votes), None if comments is None else _read(comments))
    analysis = analyse_votes(
        export.votes, groups=groups, withdrawn=export.withdrawn, meta=export.meta, as_polis=True
    )
    if groups is not None and analysis.groups < groups:
        remark(f"These votes lie in so few places that they make {analysis.groups}, not {groups}.")
    if as_json:
        emit_json(describe(export, analysis))
    else:
        for line in _sentences(export, analysis):
            emit(line)


def describe(export: "Export", analysis: "Analysis") -> dict[str, Any]:
    """Return an analysis as JSON takes it, with the names of the export (DESIGN.md §11).

    Numbers are rounded to 12 digits: beyond them they are accidents of a machine.
    """
    labels = analysis.labels.tolist()
    return {
        "seed": analysis.seed,
        "people": analysis.people,
        "votes": analysis.cast,
        "groups": {
            name: None if label < 0 else label
            for name, label in zip(export.people, labels, strict=True)
        },
        "group_sizes": [labels.count(group) for group in range(analysis.groups)],
        "statements": _statements(export, analysis),
        "ranking": [_id(export, at) for at in analysis.ranked.tolist()],
        "representative": [
            {
                "group": row.group,
                "id": _id(export, row.statement),
                "for": "agree" if row.is_agreed else "disagree",
                "votes": row.votes,
                "seen": row.seen,
                "probability": _round(row.probability),
                "probability_test": _round(row.probability_test),
                "ratio": _round(row.ratio),
                "ratio_test": _round(row.ratio_test),
            }
            for row in analysis.representative
        ],
        "majority": [
            {
                "id": _id(export, row.statement),
                "for": "agree" if row.is_agreed else "disagree",
                "votes": row.votes,
                "seen": row.seen,
                "probability": _round(row.probability),
                "probability_test": _round(row.probability_test),
            }
            for row in analysis.majority
        ],
        "uncertainty": {
            "participants": analysis.participants,
            "no_clear_groups": analysis.choice.reason,
            "agreement_of_halves": _round(analysis.choice.agreement),
            "spread_over_chance": _round(analysis.choice.spread),
            "smallest_share": _round(analysis.choice.smallest),
            "silhouette": _round(analysis.choice.partition.silhouette),
            "consensus_bounds": "lower and upper: right in nine of ten; shares: in 95 of 100",
        },
    }


def _statements(export: "Export", analysis: "Analysis") -> list[dict[str, Any]]:
    from app.opinion.maths.intervals import wilson

    consensus, tallies = analysis.consensus, analysis.tallies
    below, above = consensus.product_lower, consensus.product_upper
    counts, together = tallies.counts.tolist(), tallies.together()
    low, high = wilson(tallies.agree, tallies.seen)
    all_low, all_high = wilson(together.agree[0], together.seen[0])
    agree, disagree, seen = together.agree[0], together.disagree[0], together.seen[0]
    return [
        {
            "id": _id(export, at),
            "group_informed_consensus": _round(consensus.product[at]),
            "lower_bound": _round(below[at]),
            "upper_bound": _round(above[at]),
            "mean_consensus": _round(consensus.shown[at]),
            "mean_consensus_interval": [_round(consensus.lower[at]), _round(consensus.upper[at])],
            "moderated_out": bool(analysis.withdrawn[at]),
            "priority": _round(analysis.priorities[at]),
            "extremity": _round(analysis.extremity[at]),
            "mean_vote": _round(analysis.plane.means[at]),
            "agree": int(agree[at]),
            "disagree": int(disagree[at]),
            "pass": int(seen[at] - agree[at] - disagree[at]),
            "seen": int(seen[at]),
            "agree_interval": [_round(all_low[at]), _round(all_high[at])],
            "groups": [
                {
                    "group": group,
                    "agree": counts[group][at][2],
                    "disagree": counts[group][at][0],
                    "pass": counts[group][at][1],
                    "seen": sum(counts[group][at]),
                    "agree_interval": [_round(low[group, at]), _round(high[group, at])],
                }
                for group in range(analysis.groups)
            ],
        }
        for at in range(len(export.statements))
    ]


def _sentences(export: "Export", analysis: "Analysis") -> list[str]:
    """Return what to read on a terminal."""
    choice, consensus = analysis.choice, analysis.consensus
    people = counted(analysis.people, "person", "people")
    statements = counted(len(export.statements), "statement", "statements")
    lines = [f"{people}, {statements}, {counted(analysis.cast, 'vote', 'votes')}."]
    if analysis.groups:
        sizes = [int((analysis.labels == group).sum()) for group in range(analysis.groups)]
        lines.append(f"Groups of {', '.join(str(size) for size in sizes)} people.")
    if choice.reason is not None:
        lines.append(f"No clear groups: {choice.reason}.")
    lines.append("What is agreed on, by the lower bound of its consensus:")
    lines += [
        f"  statement {export.statements[at]}: {consensus.shown[at]:.2f} "
        f"({consensus.lower[at]:.2f} to {consensus.upper[at]:.2f})"
        for at in analysis.ranked[:_SHOWN].tolist()
    ]
    lines += [
        f"Group {row.group + 1} {'agrees' if row.is_agreed else 'disagrees'} with statement "
        f"{export.statements[row.statement]}: {row.votes} of {row.seen}."
        for row in analysis.representative
    ]
    return lines


def _read(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise MalformedError(f"{path.name}, line {line}: this is no UTF-8 text") from error


def _id(export: "Export", at: int) -> int | str:
    """Return a statement's name as exports write it: a number, where it is one."""
    name = export.statements[at]
    return int(name) if str(name).isdecimal() and str(int(name)) == name else name


def _round(value: float) -> float:
    return round(float(value), _DIGITS)
