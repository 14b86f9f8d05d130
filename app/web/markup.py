"""Text to safe HTML. The only module that may make `Markup` (linted).

Markdown is the small subset of SECURITY.md E3: paragraphs, emphasis, quotes, lists, code, links;
no raw HTML, no images, no headings in posts, nothing remote. The parser runs without HTML and its
output still goes through an allow-list. Direction is computed for each block by the majority of
strong letters: `dir=auto` takes the first letter, so a Persian sentence that begins with a command
would be laid out backwards (UX.md §0.8).
"""

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

_DIRECTED: Final = frozenset(
    {
        "paragraph_open",
        "heading_open",
        "blockquote_open",
        "list_item_open",
        "bullet_list_open",
        "ordered_list_open",
    }
)
_TAGS: Final = {
    "p", "blockquote", "ul", "ol", "li", "pre", "code", "em", "strong", "a", "br", "hr", "s",
}  # fmt: skip
_PROSE_TAGS: Final = _TAGS | {"h2", "h3"}
_ATTRIBUTES: Final = {
    "a": {"href", "dir"},
    "ol": {"start", "dir"},
    **{tag: {"dir"} for tag in ("p", "blockquote", "ul", "li", "pre", "code", "h2", "h3")},
}
_SCHEMES: Final = {"http", "https"}
_right_to_left = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_left_to_right = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u058f]")
# Code, addresses and handles say nothing about the direction of the sentence around them.
_foreign = re.compile(r"`[^`]*`|https?://\S+|@\w+")
_words = re.compile(r"\s+|[^\s]+")
# More combining marks than any script stacks: they would paint over the lines around them.
_stacked = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)
# The parser is quadratic on long runs of these; no sentence needs them.
_brackets = re.compile(r"([\[\]>*_`~])\1{30,}")
MAX_DIFFERENCE_WORDS: Final = 4000


def direction_of(text: str) -> str:
    """Return `rtl` or `ltr` by the majority of strong letters, `auto` where there is none."""
    sentence = _foreign.sub("", text)
    right = len(_right_to_left.findall(sentence))
    left = len(_left_to_right.findall(sentence))
    if right == left == 0:
        return "auto"
    return "rtl" if right * 2 >= left else "ltr"


@lru_cache(maxsize=2048)
def render_post(text: str) -> Markup:
    """Return a post's Markdown as safe HTML, each block with its direction."""
    return _render(_post_parser, text, _TAGS)


@lru_cache(maxsize=64)
def render_prose(text: str) -> Markup:
    """Return one of our own prose pages as HTML; unlike posts, it has headings and local links."""
    return _render(_prose_parser, text, _PROSE_TAGS)


def render_difference(before: str, after: str) -> Markup:
    """Return `after` with words marked: <ins> what was added, <del> what was taken out."""
    old, new = _words.findall(before), _words.findall(after)
    if len(old) + len(new) > MAX_DIFFERENCE_WORDS:
        return Markup("<del>{}</del> <ins>{}</ins>").format(before, after)
    pieces: list[Markup] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        removed, added = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if kind == "equal":
            pieces.append(escape(added))
            continue
        if removed.strip():
            pieces.append(Markup("<del>{}</del>").format(removed))
        if added.strip():
            pieces.append(Markup("<ins>{}</ins>").format(added))
        else:
            pieces.append(escape(added))
    return Markup("").join(pieces)


def excerpt(text: str, limit: int) -> str:
    """Return the first paragraph of a post without marks, cut at a word."""
    tokens = _post_parser.parse(text)
    for index, token in enumerate(tokens):
        if token.type == "paragraph_open" and token.level == 0:
            inline = tokens[index + 1].children or []
            line = " ".join(t.content or " " for t in inline if t.type != "image").split()
            first = " ".join(line)
            if len(first) <= limit:
                return first
            return first[:limit].rsplit(" ", 1)[0] + "…"
    return ""


def _render(parser: MarkdownIt, text: str, tags: set[str]) -> Markup:
    calm = _brackets.sub(lambda found: found[1] * 30, _stacked.sub(r"\1", text))
    html = nh3.clean(
        parser.render(calm),
        tags=tags,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
        # Wide code scrolls inside its own box, which the keyboard must reach.
        set_tag_attribute_values={"pre": {"tabindex": "0"}},
    )
    return Markup(html.strip())  # noqa: S704 (nh3's allow-list made it safe)


def _direct(state: StateCore) -> None:
    """Give each block the direction of the text inside it."""
    for index, token in enumerate(state.tokens):
        if token.type in _DIRECTED:
            token.attrSet("dir", direction_of(_text_inside(state.tokens[index:])))
        if token.type in {"fence", "code_block"}:
            token.attrSet("dir", "ltr")
        for child in token.children or []:
            if child.type == "code_inline":
                child.attrSet("dir", "ltr")


def _text_inside(tokens: list[Token]) -> str:
    depth, parts = 0, []
    for token in tokens:
        depth += token.nesting
        if token.type == "inline":
            parts.append(token.content)
        if depth == 0:
            break
    return " ".join(parts)


def _parser(*disabled: str) -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
    parser.disable(["image", "table", *disabled])
    parser.core.ruler.push("direction", _direct)
    return parser


_post_parser = _parser("heading", "lheading", "reference")
_prose_parser = _parser()
