"""What is done at a board's home alone, where the board is a partner's (ADR-0054).

This host shows a copy of such a board. What its readers sign is carried to the home; votes,
ratings, reports and what stewards settle would act here and count nowhere, so that their forms are
answered by a sentence and the way to the home. Lists name every form on pages of boards; a test
finds those that stand on none.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from app.kernel.errors import ForbiddenError

from .listener import Kind, listener_of
from .pages import HomeLine
from .reader import Reader
from .site import Site, look_at_sign

PARTNERS: Final = "partners"
"""What pages about partners are about, and all that say whose copy they show."""
_T, _P, _C = "/{language}/t/{thread_id}", "/{language}/p/{digest}", "/{language}/commitments"
CARRIED: Final = frozenset(
    {
        "/{language}/b/{slug}/new", f"{_T}/reply", f"{_T}/summarise", f"{_T}/consultation/say",
        f"{_T}/hearing/ask", f"{_P}/revise", f"{_P}/erase", f"{_P}/translate", f"{_P}/context",
        f"{_P}/promise", f"{_P}/answer", f"{_P}/follow-up", f"{_C}/{{digest}}/evidence",
    }
)  # fmt: skip
"""Forms that make one record of their author's for the board: it is handed over as it is."""
AT_HOME: Final = frozenset(
    {
        f"{_T}/vote", f"{_T}/ballot", f"{_T}/state", f"{_T}/report", f"{_T}/summary",
        f"{_T}/consultation", f"{_T}/consultation/ten", f"{_T}/consultation/own",
        f"{_T}/consultation/side", f"{_T}/consultation/about", f"{_T}/consultation/again",
        f"{_T}/consultation/manage", f"{_T}/results", f"{_T}/results/me", f"{_T}/results.csv",
        f"{_T}/results/map.png", f"{_T}/hearing/new", f"{_T}/hearing/bind", f"{_T}/hearing/close",
        f"{_T}/hearing/draw", f"{_T}/hearing/staff", f"{_T}/hearing/questions", f"{_P}/rate",
        f"{_P}/report", f"{_P}/heard", f"{_P}/context/rate", f"{_P}/translations",
        f"{_C}/{{digest}}/own", f"{_C}/{{digest}}/status", "/{language}/boards/manage/{slug}",
        "/{language}/notices/acts/{digest}",
    }
)  # fmt: skip
"""Pages and forms of what counts at the home: figures of votes are there as well."""
READ_HERE: Final = frozenset({f"{_T}/summary", f"{_T}/hearing/questions", f"{_P}/translations"})
"""Pages among them that can be read here, without their forms."""
KEPT_HERE: Final = frozenset({f"{_T}/save"})
"""What this host keeps for its own readers, whosever board it is."""
_PAGES: Final = ("/{language}/b/{slug}", _T, _P, _C + "/{digest}", "/{language}/receipts/{digest}")


class MadeAtHomeError(ForbiddenError):
    """The board's home is another host, and this counts there alone."""

    code = "made-at-home"


class HomeEndedError(ForbiddenError):
    """The board's home was wound down, and takes nothing any more."""

    code = "home-ended"


async def look_home(request: Request) -> None:
    """Find what is said above a page or a form: whose board it is about, and of shutdown mode.

    Raises:
        MadeAtHomeError: it is a partner's, and this is done at its home.
        HomeEndedError: that home was wound down.

    """
    site: Site = request.app.state.site
    await look_at_sign(site)
    pattern: str = getattr(request.scope.get("route"), "path", "")
    if not (pattern in AT_HOME or pattern.startswith(_PAGES)) or not site.has_replicas():
        return
    home = await run_in_threadpool(find_home, request, request.path_params)
    request.state.home = home
    if home is None:
        return
    is_read = request.method == "GET"
    if is_read and pattern.startswith((_T, _P)):
        # Threads and posts have the same names everywhere, so that the way leads to this very page.
        path = request.scope["path"].removeprefix(f"/{request.path_params['language']}")
        request.state.home = replace(home, path=path)
    if is_read and pattern in READ_HERE:
        return
    # What was typed is answered by its own form, which keeps it, and so is a draft.
    opens = is_read and "draft" not in request.query_params
    if home.is_over and (pattern in AT_HOME or (pattern in CARRIED and opens)):
        raise HomeEndedError(home.name)
    if pattern in AT_HOME or (pattern in CARRIED and not home.is_carried):
        raise MadeAtHomeError(home.name)


async def require_here(site: Site, thread: str) -> None:
    """Require that a thread's consultation takes votes here, for programs.

    Raises:
        MadeAtHomeError: its board's home is another host.

    """
    if not site.has_replicas():
        return

    def find() -> HomeLine | None:
        with site.db.read() as work:
            return site.find_home(work, {"thread_id": thread}, over_onion=False)

    if await run_in_threadpool(find):
        raise MadeAtHomeError("the board's home is another host")


def find_home(request: Request, place: Mapping[str, str]) -> HomeLine | None:
    """Return the home of what a path names if that is another host, reached as its reader came."""
    site: Site = request.app.state.site
    over_onion = listener_of(request.scope).kind is Kind.ONION
    with site.db.read() as work:
        return site.find_home(work, place, over_onion=over_onion)


def localise_home(request: Request, reader: Reader) -> HomeLine | None:
    """Return the home that was found for a request, with the hour as its reader reads hours."""
    home: HomeLine | None = getattr(request.state, "home", None)
    if home is None or home.heard_at is None:
        return home
    local = reader.local(home.heard_at)
    return replace(home, day=local.date(), hour=local.time(), zone=reader.zone)
