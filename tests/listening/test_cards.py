"""No chart without its bias card: it cannot be made, and no template draws another."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from app.listening.errors import MissingCardError
from app.listening.model import FEW, BiasCard, Figure, Heard, Presence, Release, Share, Source
from app.listening.pages import Chart
from app.listening.rules import COLUMNS, write_table

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
SHARE = Share(percent=50, low=40, high=60)
CARD = BiasCard(
    people=100,
    answered=90,
    vouched=80,
    sampled=20,
    flagged=-1,
    effective=120,
    design_effect=2.0,
    margins=(Source(name="side", source="a census", year=2016, is_doubtful=True),),
    presences=(Presence(margin="side", level="inside", here=SHARE, population=97),),
    channels=("web",),
)
FIGURE = Figure(
    number=1, post="ab", agree=50, passed=-1, disagree=50, people=100, raw=50, effective=120,
    weighted=SHARE, wide=SHARE,
)  # fmt: skip


def chart(card: Any, figure: Figure = FIGURE) -> Chart:
    return Chart(card=card, figure=figure, text="", language="", direction="")


@pytest.mark.parametrize(
    "card",
    [
        None,
        {},
        replace(CARD, channels=()),
        replace(CARD, people=0),
        replace(CARD, margins=()),
        replace(CARD, presences=()),
        replace(CARD, margins=(replace(CARD.margins[0], source=""),)),
        replace(CARD, margins=(replace(CARD.margins[0], year=0),)),
    ],
)
def test_chart_without_a_whole_card_cannot_be_made(card: Any) -> None:
    with pytest.raises(MissingCardError):
        chart(card)


def test_chart_with_its_card_is_made_and_an_unweighted_one_needs_no_margins() -> None:
    assert chart(CARD).card.missing == ()
    bare = replace(CARD, margins=(), presences=())
    assert chart(bare, replace(FIGURE, weighted=None, wide=None)).figure.raw == 50


def test_card_names_who_is_missing() -> None:
    few = Presence(
        margin="age", level="50-up", here=Share(percent=6, low=3, high=10), population=25
    )

    assert replace(CARD, presences=(*CARD.presences, few)).missing == (few,)


def test_share_that_is_not_told_is_never_called_few() -> None:
    """Nine of ten may agree where nobody is told how many: fewer than ten disagree."""
    card = replace(CARD, margins=(), presences=(), vouched=FEW)
    figure = replace(FIGURE, agree=90, disagree=FEW, raw=FEW, weighted=None, wide=None)
    heard = Heard(thread="ab", card=card, figures=(figure,), gap=(), outcomes=())
    table = write_table(Release(week=date(2026, 11, 23), people=100, heard=(heard,), overall=()))

    cells = dict(zip(COLUMNS, table.splitlines()[1].split(","), strict=True))
    assert (cells["agree"], cells["disagree"], cells["raw"]) == ("90", "few", "")
    assert "ab,card,vouched,few," in table
    page = (TEMPLATES / "parts" / "listening.html").read_text("utf-8")
    assert '{% macro told(n) %}{% if n < 0 %}{{ _("Not told") }}' in page


def test_only_the_macro_of_charts_draws_and_the_card_stands_before_it() -> None:
    """A template of the room that drew by itself would draw without a card."""
    for path in (TEMPLATES / "listening").glob("*.html"):
        source = path.read_text("utf-8")
        assert "<progress" not in source
        assert "<svg" not in source
        assert "<img" not in source
        if "heard.chart(" in source:
            assert source.index("heard.card(") < source.index("heard.chart(")


@pytest.mark.parametrize("without", [44, 56])
def test_figure_that_hangs_on_lockstep_by_more_than_five_points_says_so(without: int) -> None:
    assert replace(FIGURE, without=without).is_amber


@pytest.mark.parametrize("without", [-1, 45, 55])
def test_figure_that_does_not_hang_on_lockstep_says_nothing(without: int) -> None:
    assert not replace(FIGURE, without=without).is_amber
