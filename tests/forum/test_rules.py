"""What the forum decides from values alone."""

from dataclasses import replace

import pytest
from app.crypto.multikey import encode_digest
from app.forum import rules
from app.forum.errors import (
    BoardArchivedError,
    StaleRevisionError,
    StaleSettingsError,
    ThreadClosedError,
    ThreadLockedError,
    UnknownPostError,
    UnknownTagError,
)
from app.forum.model import (
    Board,
    Openers,
    Post,
    Text,
    Thread,
    ThreadId,
    ThreadSort,
    ThreadState,
    Version,
)
from app.identity.model import Author, KeyState
from app.kernel.errors import MalformedError
from app.records.errors import WrongSignerError
from app.records.model import Custody

from tests import factories

AVA = factories.person("Ava")
AUTHOR = Author(
    did=AVA.did,
    root=AVA.root,
    name="Ava",
    fingerprint=AVA.mark,
    custody=Custody.DEVICE,
    state=KeyState.ACTIVE,
)
BOARD = Board(
    did=factories.SQUARE.did,
    slug="square",
    fingerprint="",
    name={},
    purpose={},
    rules={},
    tick_s=900,
    openers=Openers.ANYONE,
    founded_on=factories.TODAY,
    home="did:key:home",
)
ARCHIVED = replace(BOARD, is_archived=True)
THREAD = Thread(
    id=ThreadId("t"),
    board=BOARD.did,
    opening=b"1",
    post_count=1,
    started_on=factories.TODAY,
    last_day=factories.TODAY,
    tags=(),
    is_pinned=False,
    state=ThreadState.OPEN,
)
POST = Post(
    digest=b"1",
    record_id="id",
    thread=ThreadId("t"),
    board=BOARD.did,
    number=1,
    log_index=7,
    parent=None,
    parent_number=None,
    author=AUTHOR,
    custody=Custody.DEVICE,
    day=factories.TODAY,
    erased_on=None,
    head=b"1" * 32,
    version=Version(
        digest=b"1",
        number=1,
        text=Text(language="en", markdown="x", title="X"),
        day=factories.TODAY,
    ),
)
HEAD = encode_digest(POST.head)


def test_anyone_opens_threads_where_anyone_may() -> None:
    rules.require_opener(BOARD, is_steward=False)

    with pytest.raises(ThreadClosedError):
        rules.require_opener(replace(BOARD, openers=Openers.STEWARDS), is_steward=False)


def test_archived_board_takes_no_posts() -> None:
    rules.require_living(BOARD)

    with pytest.raises(BoardArchivedError):
        rules.require_living(ARCHIVED)


@pytest.mark.parametrize("state", [state for state in ThreadState if state is not ThreadState.OPEN])
def test_thread_that_is_not_open_takes_no_answers(state: ThreadState) -> None:
    rules.require_open(ThreadState.OPEN)

    with pytest.raises(ThreadLockedError):
        rules.require_open(state)


@pytest.mark.parametrize(
    ("state", "board", "told"),
    [
        (ThreadState.OPEN, BOARD, "open"),
        (ThreadState.OPEN, ARCHIVED, "board-archived"),
        (ThreadState.LOCKED, BOARD, "locked"),
        # Its own reason is told: it stays when the board takes posts again.
        (ThreadState.LOCKED, ARCHIVED, "locked"),
        (ThreadState.ARCHIVED, ARCHIVED, "archived"),
    ],
)
def test_thread_tells_what_keeps_it_from_answers(
    state: ThreadState, board: Board, told: str
) -> None:
    assert rules.decide_state(replace(THREAD, state=state), board) == told


def test_only_the_home_instance_settles_and_only_what_is_so_now() -> None:
    rules.require_home("did:key:home", BOARD.home)
    rules.require_settled("", None)
    rules.require_settled(HEAD, POST.head)

    with pytest.raises(WrongSignerError):
        rules.require_home(AVA.did, BOARD.home)
    for previous, head in (("", POST.head), (HEAD, None), (HEAD, b"2" * 32)):
        with pytest.raises(StaleSettingsError):
            rules.require_settled(previous, head)


def test_post_has_a_title_or_answers_and_not_both() -> None:
    rules.require_place("Water", None)
    rules.require_place(None, "id")
    rules.require_place(None, None)

    with pytest.raises(MalformedError):
        rules.require_place("Water", "id")


def test_post_on_another_board_is_not_there() -> None:
    assert rules.require_same_board(POST, BOARD.did) is POST

    for parent, board in ((POST, factories.LIVE.did), (None, BOARD.did)):
        with pytest.raises(UnknownPostError):
            rules.require_same_board(parent, board)


def test_waiting_post_is_there_for_its_author_alone() -> None:
    waiting = replace(POST, number=None)

    assert rules.require_visible(waiting, AVA.root) is waiting
    assert rules.require_visible(POST, "anybody") is POST
    assert rules.require_visible(waiting, "anybody", is_carried=True) is waiting

    with pytest.raises(UnknownPostError):
        rules.require_visible(waiting, "anybody")


def test_author_changes_the_newest_version() -> None:
    rules.require_own(POST, hand=AVA.root)
    rules.require_newest(POST, HEAD)


def test_another_hand_changes_nothing() -> None:
    with pytest.raises(WrongSignerError):
        rules.require_own(POST, hand=factories.person("Babak").root)


def test_change_of_an_older_version_is_stale() -> None:
    with pytest.raises(StaleRevisionError):
        rules.require_newest(POST, encode_digest(b"0" * 32))


def test_change_of_an_erased_post_is_stale() -> None:
    erased = replace(POST, erased_on=factories.TODAY)

    with pytest.raises(StaleRevisionError):
        rules.require_newest(erased, HEAD)


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("Where does it go?\nNobody says.", "Where does it go?"),
        ("## A heading\ntext", "A heading"),
        ("> a quotation", "a quotation"),
        ("\n\n  many   blanks  \n", "many blanks"),
        ("#", "…"),
        ("x" * 300, "x" * 200),
    ],
)
def test_opening_without_a_title_is_titled_by_its_first_line(markdown: str, title: str) -> None:
    text = Text(language="en", markdown=markdown, title=None)

    assert rules.decide_text(text, is_opening=True) == replace(text, title=title)


def test_opening_keeps_its_title_and_a_reply_has_none() -> None:
    titled = Text(language="en", markdown="x", title="Water")
    plain = replace(titled, title=None)

    assert rules.decide_text(titled, is_opening=True) is titled
    assert rules.decide_text(plain, is_opening=False) is plain

    with pytest.raises(MalformedError):
        rules.decide_text(titled, is_opening=False)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("reply", ThreadSort.REPLY),
        ("new", ThreadSort.NEW),
        ("unanswered", ThreadSort.UNANSWERED),
        ("", ThreadSort.REPLY),
        ("NEW", ThreadSort.REPLY),
        ("'; DROP TABLE post; --", ThreadSort.REPLY),
    ],
)
def test_unknown_order_is_the_usual_one(asked: str, order: ThreadSort) -> None:
    assert rules.parse_sort(asked) is order


@pytest.mark.parametrize(("number", "page"), [(0, 1), (1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_twenty_posts_stand_on_a_page(number: int, page: int) -> None:
    assert rules.page_of(number, 20) == page


def test_opening_stands_under_tags_of_its_board() -> None:
    board = replace(BOARD, tags=("water", "bread"))

    rules.require_tags(board, ("bread", "water"), is_opening=True)
    rules.require_tags(BOARD, (), is_opening=False)

    for tags, is_opening in ((("water",), False), (("water", "water"), True)):
        with pytest.raises(MalformedError):
            rules.require_tags(board, tags, is_opening=is_opening)
    with pytest.raises(UnknownTagError):
        rules.require_tags(board, ("water", "salt"), is_opening=True)


def test_text_fits_a_question_by_how_often_how_soon_and_where() -> None:
    """From what fits best to what does not; a title's word counts as three, a long text less."""
    water = [("water",), ("bread",)]
    texts = [
        Text(language="en", markdown="water and bread", title="Water, bread"),
        Text(language="en", markdown="water and bread", title=None),
        Text(language="en", markdown="only paper", title="Water"),
        Text(language="en", markdown="water, water, only water", title=None),
        Text(language="en", markdown="only water", title=None),
        Text(language="en", markdown="only water" + " and salt" * 90, title=None),
    ]

    weights = [rules.weigh(water, text) for text in texts]

    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == len(texts)
    assert weights[0] < len(water)
    assert weights[-1] > rules.weigh(water, Text(language="en", markdown="salt", title=None)) == 0


def test_word_of_a_question_is_met_by_any_of_its_forms() -> None:
    text = Text(language="fa", markdown="کتاب کتاب‌ها", title=None)

    assert rules.weigh([("کتابها", "کتاب")], text) == rules.weigh([("کتاب",)], text) > 0
