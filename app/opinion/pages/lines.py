"""From figures to the lines of the results' pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.opinion.maths.figures import (
    FEW,
    LETTERS,
    Figures,
    SideFigures,
    StatementFigures,
    Verdict,
    percents,
)
from app.opinion.model import Sheet, Statement, Vote
from app.web.markup import direction_of

from .results import AnswerLine, GroupLine, Part, StatementLine, TypicalLine

MOST_OF_PART: Final = 5
_TYPICAL: Final = 3
_PARTS: Final = (
    ("unites", (Verdict.UNITES, Verdict.REJECTED)),
    ("divides", (Verdict.DIVIDES,)),
    ("uncertain", (Verdict.UNCERTAIN,)),
    ("few", (Verdict.FEW,)),
)


def statement_lines(
    figures: Figures, statements: Mapping[int, Statement]
) -> tuple[StatementLine, ...]:
    """Return the statements that are still asked, in the order of the figures."""
    return tuple(
        _statement_line(each, statements[each.number], figures.sides)
        for each in figures.statements
        if each.number in statements
    )


def parts_of(lines: Sequence[StatementLine]) -> tuple[Part, ...]:
    """Return what unites, divides, is uncertain and has too few votes; empty parts are left out."""
    found = []
    for name, verdicts in _PARTS:
        chosen = [line for line in lines if line.verdict in verdicts]
        if chosen:
            shown = tuple(chosen[:MOST_OF_PART])
            found.append(Part(name=name, statements=shown, more=len(chosen) - len(shown)))
    return tuple(found)


def group_lines(figures: Figures, statements: Mapping[int, Statement]) -> tuple[GroupLine, ...]:
    """Return the groups with what is typical of each."""
    return tuple(
        GroupLine(letter=letter, people=people, typical=tuple(_typical(held, statements)))
        for letter, people, held in zip(LETTERS, figures.groups, figures.typical, strict=False)
    )


def shared_line(lines: Iterable[StatementLine], sheet: Sheet) -> tuple[StatementLine | None, bool]:
    """Return what unites all, first of all what the reader says as well; and whether they do."""
    uniting = [line for line in lines if line.verdict in {Verdict.UNITES, Verdict.REJECTED}]
    for line in uniting:
        own = Vote.AGREE if line.verdict == Verdict.UNITES else Vote.DISAGREE
        if sheet.get(line.number) is own:
            return line, True
    return (uniting[0], False) if uniting else (None, False)


def _typical(
    held: Iterable[tuple[int, bool]], statements: Mapping[int, Statement]
) -> Iterable[TypicalLine]:
    known = [(statements[number], agreed) for number, agreed in held if number in statements]
    return (
        TypicalLine(
            text=statement.text,
            language=statement.language,
            direction=direction_of(statement.text),
            is_agreed=is_agreed,
        )
        for statement, is_agreed in known[:_TYPICAL]
    )


def _statement_line(
    figures: StatementFigures, statement: Statement, sides: SideFigures | None
) -> StatementLine:
    inside, abroad = (sides.views.get(str(figures.number)) if sides else None) or (None, None)
    return StatementLine(
        number=figures.number,
        text=statement.text,
        language=statement.language,
        direction=direction_of(statement.text),
        post=statement.post.hex(),
        verdict=figures.verdict.value,
        common=figures.common,
        common_of_all=figures.common_plain,
        rows=tuple(_answers(figures)),
        panel=figures.panel,
        inside=inside,
        abroad=abroad,
    )


def _answers(figures: StatementFigures) -> Iterable[AnswerLine]:
    has_letters = len(figures.careful) > 1
    for at, (careful, plain) in enumerate(zip(figures.careful, figures.plain, strict=True)):
        disagree, passed, agree = _told(careful)
        yield AnswerLine(
            group=LETTERS[at] if has_letters else "",
            people=plain[-1],
            agree=agree,
            disagree=disagree,
            passed=passed,
            agree_of_all=_told(plain)[-1],
        )


def _told(row: tuple[int, ...]) -> list[int]:
    """Return each answer in percent of all, what was left out as -1."""
    return [
        FEW if people == FEW else percent
        for people, percent in zip(row[:-1], percents(row), strict=True)
    ]
