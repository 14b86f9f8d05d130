"""What a page holds that could run a script, read as a parser reads it."""

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

# No template of ours uses one of these; a page that holds one holds somebody's.
_FOREIGN_TAGS: Final = frozenset(
    [
        "script",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "base",
        "svg",
        "math",
        "style",
        "template",
        "img",
        "image",
        "video",
        "audio",
        "source",
        "portal",
        "marquee",
        "xmp",
        "listing",
        "plaintext",
        "noembed",
        "isindex",
        "dialog",
        "animate",
        "set",
    ]
)
_ADDRESSES: Final = frozenset(
    [
        "href",
        "src",
        "action",
        "formaction",
        "data",
        "srcdoc",
        "background",
        "poster",
        "cite",
        "ping",
        "xlink:href",
    ]
)


_live_frame = re.compile(r"/[a-z]{2}/t/[0-9a-f]{20}/live/\d+")


class _Dangers(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        is_ours = _is_ours(tag, said)
        if tag in _FOREIGN_TAGS and not is_ours:
            self.found.append(f"<{tag}>")
        if tag == "meta" and "http-equiv" in said and not is_ours:
            self.found.append("<meta http-equiv>")
        for name, value in said.items():
            if name.startswith("on") or name in {"style", "srcdoc", "autofocus"}:
                self.found.append(f"{name}={value}")
            is_no_icon = tag == "link" and said.get("rel") == "icon" and value == "data:,"
            if name in _ADDRESSES and not is_no_icon and not _is_harmless(value):
                self.found.append(f"{name}={value}")
            if name in {"id", "name"} and value == "evil":
                self.found.append(f"{name}={value}")


def _is_ours(tag: str, said: dict[str, str]) -> bool:
    """Whether it is one of the few that pages of ours carry, exactly as they carry them."""
    match tag:
        case "script":
            return said.get("src", "").startswith("/static/")
        case "iframe":
            return said.keys() == {"src", "title"} and bool(_live_frame.fullmatch(said["src"]))
        case "base":
            return said == {"target": "_top"}
    return False


def _is_harmless(address: str) -> bool:
    """Whether following an address runs nothing: a page of the web or a place on this site."""
    if address.startswith(("/", "#", "?")) and not address.startswith("//"):
        return True
    try:
        return urlsplit(address).scheme in {"http", "https"}
    except ValueError:
        return False


def dangers_in(html: str) -> list[str]:
    """Return what a page holds that no page of ours should."""
    parser = _Dangers()
    parser.feed(html)
    parser.close()
    return parser.found
