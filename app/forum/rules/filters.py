"""Filters of a board: words, phrases and hosts of links, found however Persian is typed."""

import re
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import unquote

from app.forum.model import Text
from app.kernel.fold import find_phrases, fold

_host = re.compile(r"(?<![\w.-])[\w-]+(?:\.[\w-]+)+")
_MOST_LABELS = 11
_is_host = re.compile(r"[\w-]+(\.[\w-]+)+")


def find_filter(filters: Sequence[str], text: Text) -> str:
    """Return the first filter that a text holds, as the board wrote it; empty if it holds none.

    A filter with a dot and no space is the host of a link: it holds for the hosts below it too, in
    either of the two ways in which a name is written, and for nothing else that looks like it. The
    others are words and phrases: whole ones, in any of their spellings.
    """
    words = "\n".join(filter(None, (*text.lines.values(), text.markdown)))
    hosts = {wanted: _fold_host(wanted) for wanted in filters}
    hosts = {wanted: _in_ascii(host) for wanted, host in hosts.items() if _is_host.fullmatch(host)}
    named = _hosts_of(words) if hosts else set[str]()
    held = find_phrases([wanted for wanted in filters if wanted not in hosts], words)
    held |= {wanted for wanted, host in hosts.items() if host in named}
    return next((wanted for wanted in filters if wanted in held), "")


def _hosts_of(words: str) -> set[str]:
    """Return the hosts that a text names, each with those above it."""
    found = set[str]()
    for match in _host.finditer(_fold_host(words)):
        # Whose a long name is, its last labels say.
        labels = match.group().split(".")[-_MOST_LABELS:]
        found.update(_in_ascii(".".join(labels[start:])) for start in range(len(labels) - 1))
    return found


def _fold_host(text: str) -> str:
    # Browsers take these for the same: a sign in its percents, the dots of other scripts.
    return fold(unquote(text)).replace("。", ".")


def _in_ascii(host: str) -> str:
    """Return a host as the network knows it: a name in letters has a form in ASCII."""
    if host.isascii():
        return host
    with suppress(UnicodeError):
        return host.encode("idna").decode()
    return host
