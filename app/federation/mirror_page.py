"""The page that a mirror shows: it says which checkpoint is here, and how a reader checks it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from app.crypto.multikey import fingerprint
from app.tlog.codec import encode_hash
from app.web.languages import Language
from app.web.pages import Page
from app.web.templating import Templates

from .monitor import Shown

PAGE_PATH: Final = "index.html"
SHEET_PATH: Final = "goftogu.css"


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorPage(Page):
    """What the page says, in one language."""

    template: ClassVar[str] = "federation/mirror.html"

    direction: str
    language_name: str
    name: str
    instance_fingerprint: str
    instance_did: str
    origin: str
    size: int
    root: str


def render_pages(
    shown: Shown, templates: Templates, languages: Iterable[Language], sheet: bytes
) -> dict[str, bytes]:
    """Return the files that a reader of a mirror sees: the page in all languages, and its sheet."""
    tree, card = shown.checkpoint.tree, shown.card
    parts = (
        templates.render_piece(
            MirrorPage(
                direction=language.direction,
                language_name=language.name,
                name=card.document["name"],
                instance_fingerprint=fingerprint(card.key),
                instance_did=card.signer,
                origin=shown.checkpoint.origin,
                size=tree.size,
                root=encode_hash(tree.root),
            ),
            language,
        )
        for language in languages
    )
    return {PAGE_PATH: frame_parts(parts), SHEET_PATH: sheet}


def frame_parts(parts: Iterable[str]) -> bytes:
    """Return a page of static files, whose parts say the same in all languages."""
    head, foot = _FRAME.split("%")
    return (head + "\n".join(parts) + foot).encode()


_FRAME: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'self'; img-src data:">
<title>Goftogu · گفتگو</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="goftogu.css">
</head>
<body>
<header class="masthead">
<h1 class="brand">Goftogu · <span lang="fa" dir="rtl">گفتگو</span></h1>
</header>
<main id="main">
%
</main>
</body>
</html>
"""
