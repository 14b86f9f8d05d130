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
from html import unescape
from typing import Final
from urllib.parse import quote

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

from app.kernel.fold import words_of

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
# Runs of letters: there are five times fewer of them.
_right_to_left = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+")
_left_to_right = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u058f]+")
# Code, addresses and handles say nothing about the direction of the sentence around them.
_foreign = re.compile(r"`[^`]*`|https?://\S+|@\w+")
# A line's own blanks only: empty lines would be looked through again from each of them.
_marks_of_markdown = re.compile(r"[*_`~>#]+|^[^\S\n]*[-+]\s", re.MULTILINE)
_words = re.compile(r"\s+|[^\s]+")
# More combining marks than any script stacks: they would paint over the lines around them.
_stacked = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)
# The parser is slow on long runs of these; no sentence needs them.
_runs = re.compile(r"([\[\]>*_`~!<(&-])\1{30,}")
_openings = re.compile(r"!?\[|<")
_outgoing = re.compile(r'(<a [^>]*?href=")(https?://[^"]*)')
_elsewhere = re.compile(r"https?://[^/\s]", re.IGNORECASE)
MAX_COMPARISONS: Final = 40_000
MAX_BRACKETS: Final = 100
MAX_BLOCKS: Final = 400
MAX_DEPTH: Final = 8
_WORDS_BEFORE: Final = 16
_EXCERPT_SOURCE_CHARACTERS: Final = 2000


def direction_of(text: str) -> str:
    """Return `rtl` or `ltr` by the majority of strong letters, `auto` where there is none."""
    is_plain = "`" not in text and "@" not in text and "://" not in text
    sentence = text if is_plain else _foreign.sub("", text)
    right = sum(map(len, _right_to_left.findall(sentence)))
    left = sum(map(len, _left_to_right.findall(sentence)))
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


@lru_cache(maxsize=1024)
def render_difference(before: str, after: str) -> Markup:
    """Return `after` with words marked: <ins> what was added, <del> what was taken out.

    What both begin and end with is set aside first; where the rest is long, it is shown as replaced
    whole: comparing it word by word takes time that grows with its cube.
    """
    old, new = _words.findall(before), _words.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    head, tail = new[:start], new[len(new) - end :]
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    middle = _mark_words(old, new) if len(old) * len(new) <= MAX_COMPARISONS else _replace(old, new)
    return escape("".join(head)) + middle + escape("".join(tail))


@lru_cache(maxsize=2048)
def lead_out(html: Markup, language: str) -> Markup:
    """Return a rendered post whose links pass our page about leaving, in a language.

    That page shows where a link leads before anybody goes there, and sends no referrer along.
    """
    if not _outgoing.search(html):
        # The same text, and not a second one in memory.
        return html

    def pass_by(found: re.Match[str]) -> str:
        return f"{found[1]}/{language}/leaving?to={quote(unescape(found[2]), safe='')}"

    return Markup(_outgoing.sub(pass_by, html))  # noqa: S704 (an address was put in, quoted)


def forget_texts() -> None:
    """Forget what was rendered: words that were erased are not kept in memory either."""
    for remembered in (render_post, render_difference, excerpt, lead_out):
        remembered.cache_clear()


def _common(old: list[str], new: list[str]) -> int:
    """Return how many words two texts begin with alike."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(old), len(new)))


def _mark_words(old: list[str], new: list[str]) -> Markup:
    pieces = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(escape("".join(new[new_from:new_to])))
        else:
            pieces.append(_replace(old[old_from:old_to], new[new_from:new_to]))
    return Markup("").join(pieces)


def _replace(old: list[str], new: list[str]) -> Markup:
    removed, added = "".join(old), "".join(new)
    deleted = Markup("<del>{}</del>").format(removed) if removed.strip() else Markup("")
    inserted = Markup("<ins>{}</ins>").format(added) if added.strip() else escape(added)
    # A blank of its own between them, or whoever listens hears both as one word.
    gap = " " if deleted and inserted and not removed[-1:].isspace() else ""
    return deleted + gap + inserted


def highlight(text: str, words: frozenset[str], limit: int) -> Markup:
    """Return a piece of a text around the first of the words asked for, each of them marked."""
    plain = " ".join(_marks_of_markdown.sub(" ", text).split())
    tokens = _words.findall(plain)
    hits = [index for index, token in enumerate(tokens) if not words.isdisjoint(words_of(token))]
    first = max(0, hits[0] - _WORDS_BEFORE) if hits else 0
    pieces, length = [Markup("… ") if first else Markup("")], 0
    for index in range(first, len(tokens)):
        token = tokens[index]
        length += len(token)
        if length > limit:
            pieces.append(Markup("…"))
            break
        pieces.append(Markup("<mark>{}</mark>").format(token) if index in hits else escape(token))
    return Markup("").join(pieces)


@lru_cache(maxsize=1024)
def excerpt(text: str, limit: int) -> str:
    """Return the first paragraph of a post without marks, cut at a word."""
    tokens = _post_parser.parse(_calm(text[:_EXCERPT_SOURCE_CHARACTERS]))
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
    html = nh3.clean(
        parser.render(_calm(text)),
        tags=tags,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
        # Wide code scrolls inside its own box, which the keyboard must reach.
        set_tag_attribute_values={"pre": {"tabindex": "0"}},
    )
    return Markup(html.strip())  # noqa: S704 (nh3's allow-list made it safe)


def _calm(text: str) -> str:
    """Return text that the parser reads in time: runs cut, too many brackets and lines made plain.

    The parser looks for a partner of every opening mark, which grows with the square of their
    number; no letter to a neighbour needs hundreds of them.
    """
    shorter = _runs.sub(lambda found: found[1] * 30, _stacked.sub(r"\1", text))
    if shorter.count("[") + shorter.count("<") > MAX_BRACKETS:
        shorter = _openings.sub(r"\\\g<0>", shorter)
    lines = shorter.split("\n")
    if len(lines) > MAX_BLOCKS:
        rest = " ".join(line.lstrip(" \t>-+*#0123456789.)") for line in lines[MAX_BLOCKS:])
        shorter = "\n".join([*lines[:MAX_BLOCKS], "", rest])
    return shorter


def _direct(state: StateCore) -> None:
    """Give each block the direction of the text inside it."""
    inside: list[tuple[Token, list[str]]] = []
    for token in state.tokens:
        if token.type in {"fence", "code_block"}:
            token.attrSet("dir", "ltr")
        if token.nesting == 1:
            inside.append((token, []))
        elif token.nesting == -1:
            opening, texts = inside.pop()
            if opening.type in _DIRECTED:
                opening.attrSet("dir", direction_of(" ".join(texts)))
        elif token.type == "inline":
            for _, texts in inside:
                texts.append(token.content)
            for child in token.children or []:
                if child.type == "code_inline":
                    child.attrSet("dir", "ltr")


def _leads_elsewhere(address: str) -> bool:
    """Whether a post may link there: whole addresses only, so that none leads to our own forms."""
    return _elsewhere.match(address) is not None


def _parser(*disabled: str) -> MarkdownIt:
    parser = MarkdownIt(
        "js-default",
        {"html": False, "linkify": False, "typographer": False, "maxNesting": MAX_DEPTH},
    )
    parser.disable(["image", "table", *disabled])
    parser.core.ruler.push("direction", _direct)
    return parser


_post_parser = _parser("heading", "lheading", "reference", "html_block", "html_inline")
# The library means its rules to be replaced so, which no type says.
_post_parser.validateLink = _leads_elsewhere  # type: ignore[method-assign, assignment]
_prose_parser = _parser()
