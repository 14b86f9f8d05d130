"""The table of margins that people edit: what is wrong with it is said, with the line."""

import pytest
from app.listening import MARGINS, parse_margins
from app.listening.errors import MarginsUnfitError

TABLE = MARGINS.read_text("utf-8")


def test_table_of_the_software_is_sound_and_says_where_it_is_from() -> None:
    margins = {margin.name: margin for margin in parse_margins(TABLE)}

    assert list(margins) == ["side", "region", "age", "gender"]
    assert all(margin.source and margin.year >= 2016 for margin in margins.values())
    assert margins["side"].is_doubtful
    assert "ESTIMATE" in margins["side"].source
    assert not margins["gender"].is_doubtful
    assert all(sum(margin.shares) == pytest.approx(1) for margin in margins.values())


def test_ends_of_a_doubtful_margin_still_add_up() -> None:
    (side, *_) = parse_margins(TABLE)

    ends = list(side.ends())

    assert len(ends) == 4
    assert all(sum(end.shares) == pytest.approx(1) for end in ends)
    assert {round(end.shares[0], 3) for end in ends} == {0.95, 0.985}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("gender,man,0.507,0.507,0.507", "gender,man,0.6,0.6,0.6", "gender: the shares add up to 1.093"),
        ("gender,man,0.507", "gender,men,0.507", "no level men of gender"),
        ("gender,man,0.507,0.507,0.507,2016", "gender,man,half,0.5,0.5,2016", "numbers such as 0.25"),
        ("gender,man,0.507,0.507", "gender,man,0.507,0.6", "low ≤ share ≤ high"),
        ("margin,level,share", "margin,level,part", "line 1: the columns must be"),
        ("gender,man,", "gender,woman,", "stands twice"),
        ("region,provinces", "sex,provinces", "no level provinces of sex"),
        ("0.80,0.80,0.80,2016,", "0.80,0.80,0.80,2016,,", "8 cells, not 7"),
        (',"All other provinces, Statistical Centre of Iran, census 1395 (2016)"', ",", "say where"),
        ('"ESTIMATE, see inside"', '"ESTIMATE', "this is no CSV"),
    ],
)  # fmt: skip
def test_what_cannot_be_weighted_with_is_refused_with_what_to_do(
    old: str, new: str, says: str
) -> None:
    assert TABLE.count(old) == 1, old

    with pytest.raises(MarginsUnfitError, match=says):
        parse_margins(TABLE.replace(old, new))


def test_margin_that_lacks_a_level_or_is_endless_is_refused() -> None:
    lines = TABLE.splitlines()
    short = "\n".join(line for line in lines if not line.startswith("age,50-up"))
    with pytest.raises(MarginsUnfitError, match="age: add a line for 50-up"):
        parse_margins(short)
    with pytest.raises(MarginsUnfitError, match="100,000 characters"):
        parse_margins("x" * 100_001)
    with pytest.raises(MarginsUnfitError, match="line 1"):
        parse_margins("")
