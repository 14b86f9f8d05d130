"""What hypothesis draws from: values of the strict profile, texts and records that the door accepts."""

from unicodedata import normalize

from app.kernel.strict_json import MAX_INTEGER
from hypothesis import strategies as st

from tests import factories

# Invisible tricks of direction, surrogates and (but for line ends) control characters: registry.py refuses them.
_REFUSED = "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\ufeff" + "".join(
    map(chr, range(0x2060, 0x2070))
)


def _nfc(text: str) -> str:
    return normalize("NFC", text)


strings = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")).map(_nfc)
"""Strings of the profile: NFC, no carriage return, no lone surrogate."""

names = st.text(st.characters(max_codepoint=127, exclude_characters="\r"), max_size=12)
"""Member names of the profile: ASCII."""

integers = st.integers(-MAX_INTEGER, MAX_INTEGER)

values = st.recursive(
    strings | integers | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
).filter(lambda value: _depth(value) < 8)
"""Any value of the profile, one level less deep than the profile allows."""

objects = st.dictionaries(names, values, max_size=5)
"""Any object of the profile."""

json_values: st.SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
"""Any JSON, most of it outside the profile."""

_shown = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=_REFUSED)

texts = (
    st.text(_shown | st.sampled_from("\n\t \u200c"), min_size=1, max_size=200)
    .map(_nfc)
    .filter(lambda text: bool(text.strip()))
)
"""Texts of posts as the door accepts them."""

titles = (
    st.text(_shown, min_size=1, max_size=80)
    .map(lambda text: " ".join(_nfc(text).split()))
    .filter(bool)
)
"""Titles and names: one line without stray white space."""

languages = st.sampled_from(["fa", "en", "fr", "ar", "zh-Hant", "pt-BR"])


@st.composite
def notes(draw: st.DrawFn) -> bytes:
    """Valid posts: openings and answers, in any language, with any words."""
    by = factories.person(draw(st.sampled_from(["Ava", "Babak", "Céline"])))
    text, language = draw(texts), draw(languages)
    if draw(st.booleans()):
        opening = factories.note(by)
        return factories.note(by, reply_to=opening, text=text, language=language)
    return factories.note(by, title=draw(titles), text=text, language=language)


@st.composite
def flipped(draw: st.DrawFn, raw: bytes) -> bytes:
    """Draw `raw` with one bit turned over."""
    position = draw(st.integers(0, len(raw) * 8 - 1))
    changed = bytearray(raw)
    changed[position // 8] ^= 1 << position % 8
    return bytes(changed)


def _depth(value: object) -> int:
    match value:
        case dict():
            inside: list[object] = list(value.values())
        case list():
            inside = value
        case _:
            return 0
    return 1 + max(map(_depth, inside), default=0)
