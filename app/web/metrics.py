"""Counts for the operator, in Prometheus' text format; served on the staff listener alone."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kernel.counting import Counters

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
COARSE: Final = 5
"""Gauges are rounded to this: one more or less tells that somebody wrote just now."""
_LABELS: Final = {"records": "type", "refusals": "code", "pages": "answer"}
_MEBIBYTE: Final = 1 << 20


class Counting:
    """Counts answers by the class of their status, and whether the page cache gave them."""

    def __init__(self, app: ASGIApp, counters: Counters) -> None:
        self._app = app
        self._counters = counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                is_cached = scope.get("state", {}).get("from_cache", False)
                suffix = "_cached" if is_cached else ""
                self._counters.add("pages", f"{message['status'] // 100}xx{suffix}")
            await send(message)

        await self._app(scope, receive, send_and_count)


def render_metrics(
    counts: Mapping[tuple[str, str], int],
    pending: Mapping[str, int],
    witnesses: Mapping[str, int | None],
    gauges: Mapping[str, int] | None = None,
    red: Mapping[tuple[str, str], int] | None = None,
) -> str:
    """Return counters and gauges as text.

    `pending` is what waits, by board; `witnesses` the hours since each signed our log, by its name,
    None if it never did; `gauges` what else is told, by its name; `red` is 1 for what the health
    page wants mended, by what it is and about whom.
    """
    lines: list[str] = []
    if red is not None:
        lines.append("# TYPE goftogu_red gauge")
        for (what, about), is_red in sorted(red.items()):
            lines.append(f'goftogu_red{{what="{what}",about="{_quoted(about)}"}} {is_red}')
    for kind in sorted({kind for kind, _ in counts}):
        lines.append(f"# TYPE goftogu_{kind}_total counter")
        for (_, label), count in sorted(item for item in counts.items() if item[0][0] == kind):
            if label or kind not in _LABELS:
                mark = f'{{{_LABELS[kind]}="{label}"}}' if label else ""
                lines.append(f"goftogu_{kind}_total{mark} {count}")
    lines.append("# TYPE goftogu_pending gauge")
    for board, count in sorted(pending.items()):
        lines.append(f'goftogu_pending{{board="{board}"}} {round(count / COARSE) * COARSE}')
    lines.append("# TYPE goftogu_witness_age_hours gauge")
    for name, hours in sorted(witnesses.items()):
        quoted = _quoted(name)
        age = "NaN" if hours is None else hours
        lines.append(f'goftogu_witness_age_hours{{witness="{quoted}"}} {age}')
    for name, value in {"memory_mebibytes": _memory() // _MEBIBYTE, **(gauges or {})}.items():
        lines += [f"# TYPE goftogu_{name} gauge", f"goftogu_{name} {value}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"")


def _memory() -> int:
    """Return the process's resident bytes; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
