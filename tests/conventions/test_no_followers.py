"""Nothing counts followers or likes, anywhere: what counts are answers and promises (PRODUCT H6)."""

import re
from pathlib import Path

import pytest
from app.db.tables import Base
from app.forum import tables as _forum  # noqa: F401 (its tables are looked at)
from app.hearings import tables as _hearings  # noqa: F401
from app.identity import tables as _identity  # noqa: F401
from app.opinion import tables as _opinion  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
_counts = re.compile(
    r"\b(followers?|follows you|likes|liked by|people like|thumbs|upvotes?|downvotes?|karma|popularity|"
    r"page views|seen by %)|%\(\w+\)s (views?|hearts?|shares)\b",
    re.IGNORECASE,
)
_sentence = re.compile(r'_\("((?:[^"\\]|\\.)*)"|ngettext\("((?:[^"\\]|\\.)*)"')


def found_in(text: str) -> list[str]:
    """Return the sentences of a template that tell of followers, likes or their kin."""
    sentences = [one or other for one, other in _sentence.findall(text)]
    return [each for each in sentences if _counts.search(each)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_tells_of_followers_or_likes(path: Path) -> None:
    assert found_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "template",
    [
        '{{ ngettext("%(n)s follower", "%(n)s followers", 3) }}',
        '{{ _("Likes: %(n)s") }}',
        '{{ _("%(n)s people like this, %(m)s views") }}',
    ],
)
def test_page_that_counts_them_is_seen(template: str) -> None:
    assert found_in(template)


def test_no_column_counts_them() -> None:
    columns = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
    ]

    assert len(columns) > 100
    assert [
        name for name in columns if re.search(r"follower|likes?\b|karma|upvote|views?\b", name)
    ] == []
