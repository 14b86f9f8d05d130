"""Figures that readers are shown, from ballots: pure values."""

import struct
import zlib
from collections.abc import Mapping

import numpy as np
import pytest
from app.opinion.maths.figures import (
    FEW,
    Figures,
    Verdict,
    fill,
    is_news,
    percents,
    restore_figures,
    write_table,
)
from app.opinion.maths.picture import SIDE, draw_map
from app.opinion.maths.placing import Compass
from app.opinion.maths.reporting import Reported, report
from app.opinion.maths.sheets import INVITED, UNVOUCHED, VOUCHED, Ballots, gather, rows_of
from app.opinion.maths.votes import Votes
from app.opinion.model import Vote
from app.opinion.rules import encode_sheet
from hypothesis import given
from hypothesis import strategies as st

from tests.opinion.crowds import opinions

pytestmark = pytest.mark.slow
VOTES = st.sampled_from([-1, 0, 1])


def kept_as(sheet: Mapping[int, int]) -> bytes:
    return encode_sheet({number: Vote(vote) for number, vote in sheet.items()})


def ballots_of(
    sheets: list[dict[int, int]], kinds: list[int] | None = None, statements: int = 12
) -> Ballots:
    kept = [kept_as(sheet) for sheet in sheets]
    return gather(
        [rows_of(kept)],
        kinds=np.array(kinds if kinds is not None else [VOUCHED] * len(sheets), dtype=np.int64),
        sides=np.full(len(sheets), -1),
        target=np.arange(statements),
        asked=np.ones(statements, dtype=np.bool_),
    )


def crowd(people: int = 200, **options: int) -> list[dict[int, int]]:
    return [dict(sheet) for sheet in opinions(people, 12, **options)]


def figures_of(ballots: Ballots) -> Figures:
    found = report(ballots).figures
    assert found is not None
    return found


@given(st.lists(st.dictionaries(st.integers(1, 8), VOTES), max_size=8))
def test_sheets_come_back_as_a_table(sheets: list[dict[int, int]]) -> None:
    votes = ballots_of(sheets, statements=8).votes

    found = [dict[int, int]() for _ in sheets]
    table = votes.table.tocoo()
    for person, statement, vote in zip(*table.coords, table.data, strict=True):
        found[person][int(statement) + 1] = int(vote)
    assert found == sheets


def test_vote_on_what_stands_for_another_goes_before_the_vote_on_the_other() -> None:
    kept = [kept_as(sheet) for sheet in ({1: 1, 2: -1}, {2: -1}, {3: 1})]
    asked = np.array([True, False, False])
    found = gather(
        [rows_of(kept)],
        kinds=np.zeros(3, dtype=np.int64),
        sides=np.zeros(3, dtype=np.int64),
        target=np.array([0, 0, 2]),
        asked=asked,
    )

    assert found.votes.table.toarray().tolist() == [[1, 0, 0], [-1, 0, 0], [0, 0, 0]]
    assert found.votes.count_by_person().tolist() == [1, 1, 0]


def test_figures_are_read_as_they_were_written() -> None:
    found = figures_of(ballots_of(crowd()))

    assert restore_figures(found.encode()) == found


def test_order_of_people_changes_nothing() -> None:
    sheets = crowd(120)
    before = figures_of(ballots_of(sheets))

    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(sheets))
        assert figures_of(ballots_of([sheets[at] for at in order])) == before


def test_no_count_is_of_fewer_than_ten_people() -> None:
    found = figures_of(ballots_of(crowd()))

    rows = [row for each in found.statements for row in (*each.plain, *each.careful)]
    assert rows
    assert all(cell == FEW or (cell >= 10 and cell % 5 == 0) for row in rows for cell in row)
    assert any(FEW in row for row in rows)


def test_what_few_said_is_filled_in_from_what_all_may_see() -> None:
    assert fill((10, 20, 30, 60)) == (10, 20, 30)
    assert fill((FEW, FEW, 50, 60)) == (5, 5, 50)
    assert fill((FEW, 40, 50, 90)) == (0, 40, 50)


def test_sentence_says_the_percent_that_stands_in_the_table_beside_it() -> None:
    """Two rules of rounding, or a smoothed share beside a plain one, read like a mistake."""
    seen = 0
    for seed in range(6):
        found = figures_of(ballots_of(crowd(60 + 17 * seed, groups=1, seed=seed)))
        for each in found.statements:
            if not each.plain or len(each.plain) > 1:
                continue
            assert each.common is not None
            assert each.common_plain is not None
            assert each.common.percent == percents(each.careful[0])[-1]
            assert each.common_plain.percent == percents(each.plain[0])[-1]
            assert each.common.low <= each.common.percent <= each.common.high
            seen += 1
    assert seen > 10


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((35, 0, 85, 120), (29, 0, 71)),
        ((FEW, FEW, 60, 65), (4, 4, 92)),
        ((FEW, 10, FEW, 15), (17, 67, 17)),
        ((0, 0, 20, 20), (0, 0, 100)),
    ],
)
def test_percents_are_of_those_who_answered(
    row: tuple[int, ...], expected: tuple[int, int, int]
) -> None:
    assert percents(row) == expected


def test_bloc_of_invented_people_does_not_decide() -> None:
    honest = crowd(200)
    invented = [dict.fromkeys(range(1, 5), 1) | dict.fromkeys(range(5, 9), -1)] * 190
    kinds = [VOUCHED] * 200 + [UNVOUCHED] * 190

    found = figures_of(ballots_of(honest + invented, kinds))

    assert found.is_capped
    for number in range(5, 9):
        each = found.of(number)
        assert each is not None
        assert each.verdict is Verdict.UNITES
        assert each.common is not None
        assert each.common_plain is not None
        assert each.common.percent > each.common_plain.percent + 10


def test_bots_alone_do_not_bring_a_statement_into_the_results() -> None:
    """Three vouched people and a hundred bots voted on the last statement."""
    sheets = crowd(60)
    for number, sheet in enumerate(sheets):
        sheet.pop(12, None)
        if number < 3:
            sheet[12] = 1
    bots = [{**sheet, 12: 1} for sheet in crowd(100, seed=9)]

    found = figures_of(ballots_of(sheets + bots, [VOUCHED] * 60 + [UNVOUCHED] * 100))

    last, other = found.of(12), found.of(11)
    assert last
    assert other
    assert (last.verdict, last.plain) == (Verdict.FEW, ())
    assert other.plain


def test_two_voters_never_top_the_list() -> None:
    sheets = [{number: vote for number, vote in each.items() if number != 12} for each in crowd()]
    for sheet in sheets[:2]:
        sheet[12] = 1

    found = figures_of(ballots_of(sheets))

    last = found.of(12)
    assert last is not None
    assert (last.verdict, last.plain) == (Verdict.FEW, ())
    assert found.statements[-1].number == 12


def test_invited_people_decide_where_they_differ() -> None:
    sheets = crowd(200)
    invited = [dict.fromkeys(range(1, 13), -1) for _ in range(60)]
    kinds = [VOUCHED] * 200 + [INVITED] * 60

    found = figures_of(ballots_of(sheets + invited, kinds)).of(5)

    assert found is not None
    assert found.panel is not None
    assert found.panel.differs
    assert found.verdict is Verdict.REJECTED


@pytest.mark.parametrize("sheets", [[], [{1: 1}], [{1: 1}] * 9])
def test_fewer_than_ten_people_are_not_shown(sheets: list[dict[int, int]]) -> None:
    assert report(ballots_of(sheets, statements=1)).figures is None


def test_all_pass() -> None:
    found = figures_of(ballots_of([dict.fromkeys(range(1, 13), 0)] * 40))

    assert found.groups == ()
    assert found.reason
    assert found.passes == found.votes
    assert not {each.verdict for each in found.statements} & {Verdict.UNITES, Verdict.DIVIDES}


def test_groups_of_fewer_than_twenty_people_are_not_shown() -> None:
    found = figures_of(ballots_of(crowd(36)))

    assert found.groups == ()
    assert found.reason


def is_news_of(made: Reported, last: Reported) -> bool:
    assert made.figures
    assert last.figures
    return is_news(made.figures, made.people, last.figures, last.people)


def test_few_who_are_invited_or_vouched_for_by_nobody_are_not_counted() -> None:
    kinds = [UNVOUCHED] * 9 + [INVITED] * 9 + [VOUCHED] * 100

    found = figures_of(ballots_of(crowd(118), kinds))

    assert (found.unvouched, found.invited) == (0, 0)


def test_statement_that_fewer_than_ten_voted_on_has_no_counts() -> None:
    sheets = [
        {number: vote for number, vote in sheet.items() if number != 3 or at < 9}
        for at, sheet in enumerate(crowd(100))
    ]

    found = figures_of(ballots_of(sheets)).of(3)

    assert found is not None
    assert (found.plain, found.careful, found.verdict) == ((), (), Verdict.FEW)


def test_news_is_what_ten_people_say() -> None:
    sheets = crowd(200)
    before = figures_of(ballots_of(sheets))
    one_more, ten_more = sheets + crowd(1, seed=9), sheets + crowd(10, seed=9)

    assert not is_news(figures_of(ballots_of(one_more)), 201, before, 200)
    assert is_news(figures_of(ballots_of(ten_more)), 210, before, 200)


def test_news_is_what_ten_of_the_same_people_say_of_one_statement() -> None:
    sheets = [{number: vote for number, vote in each.items() if number != 1} for each in crowd()]
    for sheet in sheets[:100]:
        sheet[1] = 1
    before = figures_of(ballots_of(sheets))
    for sheet in sheets[100:150]:
        sheet[1] = 1

    assert is_news(figures_of(ballots_of(sheets)), 200, before, 200)


def test_invented_people_make_no_news() -> None:
    sheets, invented = crowd(200), crowd(90, seed=9)
    alone = report(ballots_of(sheets))
    beside = report(ballots_of(sheets + invented, [VOUCHED] * 200 + [UNVOUCHED] * 90))
    # The same come to vote on what they had left out, again and again.
    some = [{1: sheet.get(1, 0)} for sheet in invented]
    less = report(ballots_of(sheets + some, [VOUCHED] * 200 + [UNVOUCHED] * 90))
    told = report(ballots_of(sheets + crowd(10, seed=9)))

    for one in (alone, beside, less):
        for other in (alone, beside, less):
            assert not is_news_of(one, other)
    assert is_news_of(told, beside)


def test_it_is_no_news_that_enough_are_vouched_for() -> None:
    sheets = crowd(60)
    few, enough = (
        report(ballots_of(sheets, [VOUCHED] * vouched + [UNVOUCHED] * (60 - vouched)))
        for vouched in (19, 20)
    )
    more = report(ballots_of(sheets, [VOUCHED] * 40 + [UNVOUCHED] * 20))
    assert few.figures
    assert enough.figures
    assert (few.figures.is_capped, enough.figures.is_capped) == (False, True)

    assert not is_news_of(enough, few)
    assert not is_news_of(few, enough)
    assert is_news_of(more, few)


def test_six_people_whom_rounding_makes_ten_are_no_news() -> None:
    def seen_by(people: int) -> Figures:
        sheets = [
            {number: vote for number, vote in sheet.items() if number != 3} | third
            for at, sheet in enumerate(crowd(200, groups=1))
            for third in ({3: 1} if at < people else dict[int, int](),)
        ]
        return figures_of(ballots_of(sheets))

    before, now, later = (seen_by(people) for people in (52, 58, 68))
    shown = [found.plain for each in (before, now) if (found := each.of(3))]

    assert [sum(row[-1] for row in rows) for rows in shown] == [50, 60]
    assert not is_news(now, 200, before, 200)
    assert is_news(later, 200, before, 200)


def test_table_says_no_word_of_a_statement_and_leaves_out_what_is_gone() -> None:
    found = figures_of(ballots_of(crowd()))

    table = write_table(found, {1: "ab" * 32, 5: "cd" * 32})

    lines = table.split("\r\n")
    assert lines[0] == "statement,post,group,counted,answer,people"
    assert {line.split(",")[0] for line in lines[1:-1]} == {"1", "5"}
    assert {line.split(",")[2] for line in lines[1:-1]} == {"A", "B"}
    assert all(line.split(",")[5] == "<10" or int(line.split(",")[5]) >= 10 for line in lines[1:-1])


def test_map_is_a_picture_on_which_nobody_is_alone() -> None:
    drawn = np.random.default_rng(1)
    points = np.concatenate([drawn.normal(-2, 0.3, (100, 2)), drawn.normal(2, 0.3, (100, 2))])
    points = np.concatenate([points, [[2.5, -2.5]]])
    labels = np.repeat([0, 1], [100, 101])

    picture = draw_map(points, labels, 2)

    assert draw_map(points, labels, 2) == picture
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == (SIDE, SIDE)
    pixels = _pixels(picture)
    assert set(np.unique(pixels)) > {0, 1, 2}
    assert not (pixels[SIDE * 3 // 4 :, SIDE * 3 // 4 :] > 2).any()
    assert draw_map(points[:9], labels[:9], 2) == b""
    assert draw_map(points, labels, 1) == b""


def _pixels(picture: bytes) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    at, found = 8, b""
    while at < len(picture):
        length, name = struct.unpack(">I4s", picture[at : at + 8])
        body = picture[at + 8 : at + 8 + length]
        assert zlib.crc32(name + body) == struct.unpack(">I", picture[at + 8 + length :][:4])[0]
        found += body if name == b"IDAT" else b""
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(found), dtype=np.uint8).reshape(SIDE, SIDE + 1)
    return rows[:, 1:]


def test_compass_comes_back_and_points_to_the_nearest_group() -> None:
    compass = Compass(means=np.zeros(2), axes=np.eye(2), groups=np.array([[1.0, 0.0], [0.0, 1.0]]))

    again = Compass.decode(compass.encode())

    assert again.find_group({1: 1}) == 0
    assert again.find_group({2: 1, 9: 1}) == 1
    assert again.find_group({}) is None
    assert again.find_group({1: 0}) is None


def test_same_ballots_give_the_same_values() -> None:
    one, other = (report(ballots_of(crowd())) for _ in range(2))

    assert one.figures == other.figures
    assert one.compass.encode() == other.compass.encode()
    assert one.priorities.tolist() == other.priorities.tolist()


def test_ten_thousand_statements() -> None:
    drawn = np.random.default_rng(1)
    person, statement = drawn.integers(0, 500, 60_000), drawn.integers(0, 10_000, 60_000)
    votes = Votes.from_rows(
        person, statement, drawn.integers(-1, 2, 60_000), people=500, statements=10_000
    )
    kinds, asked = np.full(500, VOUCHED), np.ones(10_000, dtype=np.bool_)
    ballots = Ballots(votes=votes, kinds=kinds, sides=np.full(500, -1), asked=asked)

    found = figures_of(ballots)

    assert len(found.statements) == 10_000
    assert found.groups == ()
