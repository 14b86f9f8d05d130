"""The tracker: all commitments, of one owner or on one theme, as a page, a feed and a table."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.hearings.model import Commitment, CommitmentState
from app.hearings.pages.commitments import (
    SEALS,
    STATE_NAMES,
    CommitmentLine,
    Grouped,
    TrackerPage,
)
from app.hearings.rules import commitments as rules
from app.hearings.service import commitments as service
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError
from app.web.atom import FeedEntry, write_feed
from app.web.pages import Pager
from app.web.sentences import gettext_noop as _
from app.web.visit import Visit, VisitDep

from .commitments import line_of, name_of

router = APIRouter()

PER_PAGE: Final = 20
_FEED_LENGTH: Final = 20
_MOST_GROUPS: Final = 30
_MOST_OF_HEARING: Final = 10
_HEAD: Final = (
    "post", "text", "language", "owner", "official", "theme", "measure", "filed_on", "confirmed_on",
    "due_on", "status", "contested", "overdue", "changed_on", "reminders",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Owner = Annotated[str, Query(max_length=200)]
Theme = Annotated[str, Query(max_length=60)]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=10_000)]


class _Found:
    """Commitments that readers were shown, with their words; those that are overdue first."""

    def __init__(self, work: Work, owner: str = "", theme: str = "", hearing: str = "") -> None:
        self.today = day_of(work.now)
        found = service.list_shown(work, owner=owner, theme=theme, hearing=hearing)
        said = {each.digest: each for each in forum.list_said_by(work, [c.post for c in found])}
        self.commitments = sorted(found, key=lambda each: not self.is_overdue(each))
        self._said = said

    def is_overdue(self, commitment: Commitment) -> bool:
        """Return whether a commitment is overdue today."""
        return rules.is_overdue(commitment, self.today)

    def lines(self, commitments: Iterable[Commitment]) -> tuple[CommitmentLine, ...]:
        """Show commitments."""
        return tuple(self._line(each) for each in commitments)

    def _line(self, commitment: Commitment) -> CommitmentLine:
        said = self._said[commitment.post]
        return line_of(commitment, said.text if said.has_words else "", said.language, self.today)


def list_of_hearing(work: Work, thread: str) -> tuple[CommitmentLine, ...]:
    """Return what was promised in a hearing, what is overdue first; at most ten."""
    found = _Found(work, hearing=thread)
    return found.lines(found.commitments[:_MOST_OF_HEARING])


@router.get("/{language}/commitments")
def tracker_page(
    visit: VisitDep, owner: Owner = "", theme: Theme = "", page: PageNumber = 1
) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        found = _Found(work, owner, theme)
        every = found.commitments
        whole = service.list_shown(work, with_words=True)
        owners = _group(found, whole, _owner_key, lambda each: _owner_name(work, each))
        themes = _group(found, whole, lambda each: each.promise.theme, lambda c: c.promise.theme)
        owner_name = next((each.name for each in owners if each.key == owner), owner)
    pages = max(1, -(-len(every) // PER_PAGE))
    if page > pages or ((owner or theme) and not every):
        raise NotFoundError("no such page")
    query = urlencode({name: said for name, said in (("owner", owner), ("theme", theme)) if said})
    base = visit.address("/commitments") + (f"?{query}" if query else "")
    counts = Counter(each.state for each in every if not each.is_contested)
    shown = TrackerPage(
        lines=found.lines(every[(page - 1) * PER_PAGE : page * PER_PAGE]),
        counts=tuple((STATE_NAMES[s], SEALS[s], counts[s]) for s in CommitmentState),
        contested=sum(each.is_contested for each in every),
        overdue=sum(map(found.is_overdue, every)),
        total=len(every),
        owners=owners,
        themes=themes,
        owner=owner_name if owner else "",
        theme=theme,
        query=f"?{query}" if query else "",
        pager=Pager(page=page, pages=pages, base=base),
    )
    return visit.render(shown, viewer, section="hearings")


@router.get("/{language}/commitments.csv")
def tracker_table(visit: VisitDep, owner: Owner = "", theme: Theme = "") -> Response:
    with visit.read() as work:
        found = _Found(work, owner, theme)
        rows = [
            _row(each, line)
            for each, line in zip(found.commitments, found.lines(found.commitments), strict=True)
        ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return Response(
        text.getvalue().encode(),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="commitments.csv"'},
    )


@router.get("/{language}/commitments.atom")
def tracker_feed(visit: VisitDep, owner: Owner = "", theme: Theme = "") -> Response:
    """Tell what was filed and what changed, the latest day first."""
    with visit.read() as work:
        found = _Found(work, owner, theme)
        latest = sorted(
            found.commitments, key=lambda each: (_last_day(each), each.post), reverse=True
        )[:_FEED_LENGTH]
        lines = found.lines(latest)
    query = urlencode({name: said for name, said in (("owner", owner), ("theme", theme)) if said})
    return write_feed(
        visit,
        f"commitments:{visit.site.instance_did}",
        visit.translate(_("Commitments")),
        "/commitments",
        [_entry(visit, *both) for both in zip(latest, lines, strict=True) if both[1].text],
        f"?{query}" if query else "",
    )


def _entry(visit: Visit, commitment: Commitment, line: CommitmentLine) -> FeedEntry:
    return FeedEntry(
        mark=commitment.record_id,
        title=line.text,
        day=_last_day(commitment),
        path=visit.address(f"/commitments/{line.digest}"),
        language=line.language,
        author=line.owner,
        category=(commitment.state.value, visit.translate(line.state)),
    )


def _last_day(commitment: Commitment) -> date:
    return commitment.changed_on or commitment.filed_on


def _row(commitment: Commitment, line: CommitmentLine) -> Sequence[str]:
    return (
        line.digest,
        line.text,
        line.language,
        line.owner,
        commitment.promise.official or "",
        line.theme,
        line.measure,
        commitment.filed_on.isoformat(),
        line.owned_on.isoformat() if line.owned_on else "",
        line.due_on.isoformat(),
        commitment.state.value,
        "yes" if line.is_contested else "no",
        "yes" if line.is_overdue else "no",
        line.changed_on.isoformat() if line.changed_on else "",
        str(line.reminders),
    )


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: anybody may have typed it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _owner_key(commitment: Commitment) -> str:
    return commitment.promise.official or commitment.promise.owner


def _owner_name(work: Work, commitment: Commitment) -> str:
    root = commitment.promise.official
    return name_of(work, root) if root else commitment.promise.owner


def _group(
    found: _Found,
    commitments: Iterable[Commitment],
    key_of: Callable[[Commitment], str],
    name: Callable[[Commitment], str],
) -> tuple[Grouped, ...]:
    """Return whose or what commitments are, those with most of them first."""
    groups: dict[str, list[Commitment]] = {}
    for each in commitments:
        if key := key_of(each):
            groups.setdefault(key, []).append(each)
    shown = [
        Grouped(
            name=name(some[0]),
            key=key,
            count=len(some),
            kept=sum(each.state is CommitmentState.KEPT and not each.is_contested for each in some),
            overdue=sum(map(found.is_overdue, some)),
        )
        for key, some in groups.items()
    ]
    return tuple(sorted(shown, key=lambda each: (-each.count, each.name))[:_MOST_GROUPS])
