"""Files of Polis: what is read, and errors that name the line."""

import pytest
from app.kernel.errors import MalformedError
from app.opinion.maths.exports import parse_export

HEADER = "timestamp,datetime,comment-id,voter-id,vote\n"
VOTES = HEADER + "3,x,0,7,1\n1,x,0,7,-1\n2,x,10,8,0\n"


def test_later_vote_counts_wherever_it_stands() -> None:
    export = parse_export(VOTES)

    assert (export.people, export.statements) == (("7", "8"), ("0", "10"))
    assert export.votes.table.toarray().tolist() == [[1, 0], [0, 0]]
    assert export.votes.cast == 2


def test_of_votes_of_one_moment_the_last_in_the_file_counts() -> None:
    same = HEADER + "1,x,0,7,1\n1,x,0,7,-1\n"
    untimed = "vote,comment-id,voter-id\n1,0,7\n-1,0,7\n"

    assert parse_export(same).votes.table.data.tolist() == [-1]
    assert parse_export(untimed).votes.table.data.tolist() == [-1]


def test_rejected_and_meta_statements_are_left_out() -> None:
    comments = 'comment-id,moderated,is-meta,comment-body\n0,-1,false,a\n10,1,true,"two\nlines, one cell"\n3,0,false,c\n'

    export = parse_export(VOTES, comments)

    assert export.statements == ("0", "3", "10")
    assert export.withdrawn.tolist() == [True, False, True]
    assert export.meta.tolist() == [False, False, True]
    assert export.votes.count_by_statement().tolist() == [1, 0, 1]


def test_files_as_spreadsheets_write_them_are_read() -> None:
    export = parse_export("\ufeff" + VOTES.replace("\n", "\r\n") + "\r\n")

    assert export.votes.cast == 2


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        pytest.param("", "votes.csv, line 1: no column is called voter-id or comment-id or vote", id="empty file"),
        pytest.param("a,b,c\n1,2,3\n", "votes.csv, line 1: no column is called voter-id", id="unknown columns"),
        pytest.param(HEADER, "votes.csv: there is no vote in it", id="no votes"),
        pytest.param(HEADER + "1,x,0,7,1\n1,x,0,7,2\n", "votes.csv, line 3: a vote is 1", id="wrong vote"),
        pytest.param(HEADER + "1,x,0,7,1.0\n", "votes.csv, line 2: a vote is 1", id="vote of another form"),
        pytest.param(HEADER + "1,x,0,7,\n", "votes.csv, line 2: a vote is 1", id="empty vote"),
        pytest.param(HEADER + "1,x,0,,1\n", "votes.csv, line 2: voter-id is empty", id="nobody's vote"),
        pytest.param(HEADER + f"1,x,{'0' * 101},7,1\n", "votes.csv, line 2: comment-id is empty or too long", id="endless name"),
        pytest.param(HEADER + "soon,x,0,7,1\n", "votes.csv, line 2: a timestamp is a whole number", id="wrong time"),
        pytest.param(HEADER + f"{'9' * 19},x,0,7,1\n", "votes.csv, line 2: a timestamp", id="endless time"),
        pytest.param("vote,voter-id,comment-id,vote\n1,1,1,0\n", "votes.csv, line 1: two columns have the same name", id="twice"),
        pytest.param(HEADER + "1,x,0,\x1b[2J7,1\n", "votes.csv, line 2: voter-id holds what cannot be shown", id="terminal"),
        pytest.param(HEADER + "1,x,0,7\n", "votes.csv, line 2: 4 cells stand under 5 columns", id="short line"),
        pytest.param(HEADER + '1,"x"y,0,7,1\n', "votes.csv, line 2: this is no CSV", id="broken quotes"),
        pytest.param(HEADER + f'1,{"x" * 200_000},0,7,1\n', "votes.csv, line 2: this is no CSV", id="endless cell"),
    ],
)  # fmt: skip
def test_errors_name_the_line(votes: str, said: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_export(votes)

    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("comments", "said"),
    [
        pytest.param("comment-id\n0\n", "comments.csv, line 1: no column is called moderated", id="no moderation"),
        pytest.param("comment-id,moderated\n0,maybe\n", "comments.csv, line 2: moderated is 1, 0 or -1", id="wrong value"),
        pytest.param("comment-id,moderated\n,1\n", "comments.csv, line 2: comment-id is empty", id="no name"),
    ],
)  # fmt: skip
def test_errors_of_comments_name_the_line(comments: str, said: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_export(VOTES, comments)

    assert str(refused.value).startswith(said)
