"""opinion analyse: real exports in, JSON or sentences out, errors in words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from app.opinion.maths.choice import adjusted_rand

from tests.cli.command import goftogu
from tests.opinion.conversations import load, read_text, spearman, top

pytestmark = pytest.mark.slow


def unpacked(name: str, folder: Path) -> list[str | Path]:
    """Write a conversation's files; return the words that analyse them."""
    for file in ("votes.csv", "comments.csv"):
        (folder / file).write_text(read_text(name, file), encoding="utf-8", newline="")
    return ["opinion", "analyse", folder / "votes.csv", "--comments", folder / "comments.csv"]


def analysed(*words: str | Path) -> dict[str, Any]:
    done = goftogu(*words, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


@pytest.mark.parametrize("name", ["brexit-consensus", "canadian-electoral-reform"])
def test_json_says_what_the_exports_say(name: str, tmp_path: Path) -> None:
    conversation = load(name)

    found = analysed(*unpacked(name, tmp_path), "--groups", "2")

    assert list(found["groups"]) == list(conversation.export.people)
    theirs = conversation.reference["red_dwarf_groups_at_export_k"]
    both = [
        (ours, theirs[person])
        for person, ours in found["groups"].items()
        if ours is not None and person in theirs
    ]
    assert adjusted_rand(*(np.array(column) for column in zip(*both, strict=True))) >= 0.95
    shown = [row for row in found["statements"] if not row["moderated_out"]]
    ours = np.array([row["group_informed_consensus"] for row in shown])
    values = np.array(
        [conversation.reference["gic_from_export_groups"][str(row["id"])] for row in shown]
    )
    assert spearman(ours, values) >= 0.98
    assert len(top(ours) & top(values)) >= 9
    assert [row["id"] for row in found["statements"]] == [
        int(i) for i in conversation.export.statements
    ]


def test_counts_and_bounds_fit_each_other(tmp_path: Path) -> None:
    found = analysed(*unpacked("vtaiwan.uberx", tmp_path))

    assert found["group_sizes"] == [
        sum(group == g for group in found["groups"].values()) for g in range(2)
    ]
    assert sum(row["seen"] for row in found["statements"]) <= found["votes"] == 49_443
    for row in found["statements"]:
        assert row["lower_bound"] <= row["group_informed_consensus"] <= 1
        assert row["lower_bound"] <= row["upper_bound"]
        assert sum(group["seen"] for group in row["groups"]) == row["seen"]
        for group in row["groups"]:
            low, high = group["agree_interval"]
            assert group["agree"] + group["disagree"] + group["pass"] == group["seen"]
            assert not group["seen"] or low <= group["agree"] / group["seen"] <= high
    bounds = {row["id"]: row["lower_bound"] for row in found["statements"]}
    ranked = [bounds[statement] for statement in found["ranking"]]
    assert ranked == sorted(ranked, reverse=True)
    assert {row["id"] for row in found["representative"]} <= set(found["ranking"])
    assert found["uncertainty"]["no_clear_groups"] is None
    assert found["seed"] == 2013


def test_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    words = unpacked("brexit-consensus", tmp_path)

    assert goftogu(*words, "--json").out == goftogu(*words, "--json").out


def test_sentences_say_that_there_are_no_groups(tmp_path: Path) -> None:
    done = goftogu(*unpacked("bg2050-volunteers", tmp_path))

    assert done.code == 0
    assert (
        "126 people, 371 statements, 14283 votes.\nNo clear groups: a group would hold less"
        in done.out.decode()
    )


def test_sentences_say_who_holds_what(tmp_path: Path) -> None:
    said = goftogu(*unpacked("brexit-consensus", tmp_path)).out.decode()

    assert "Groups of 99, 90 people." in said
    assert "Group 1 agrees with statement 8: 76 of 87." in said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param("0,7,1\n", "1 person, 1 statement, 1 vote.\nNo clear groups: fewer than 15", id="one voter"),
        pytest.param("".join(f"{s},{p},0\n" for p in range(30) for s in range(9)), "No clear groups: votes spread no further", id="all pass"),
        pytest.param("".join(f"0,{p},{p % 3 - 1}\n" for p in range(30)), "No clear groups: votes spread no further", id="one statement"),
        pytest.param("".join(f"{s},{s % 40},1\n" for s in range(10_000)), "40 people, 10000 statements", id="ten thousand statements"),
    ],
)  # fmt: skip
def test_small_and_large_conversations_are_answered_in_words(
    lines: str, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "votes.csv"
    file.write_text("comment-id,voter-id,vote\n" + lines)

    done = goftogu("opinion", "analyse", file)

    assert (done.code, done.err) == (0, "")
    assert said in done.out.decode()
    assert len(analysed("opinion", "analyse", file)["groups"]) == len(
        {line.split(",")[1] for line in lines.split()}
    )


def test_more_groups_than_places_are_fewer_and_said_so(tmp_path: Path) -> None:
    file = tmp_path / "votes.csv"
    file.write_text("comment-id,voter-id,vote\n" + "".join(f"0,{p},1\n" for p in range(20)))

    done = goftogu("opinion", "analyse", file, "--groups", "3", "--json")

    assert done.code == 0
    assert "they make 1, not 3" in done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "Votes.csv, line 1: no column is called", id="empty file"),
        pytest.param(b"comment-id,voter-id,vote\n0,7,1\n0,8,5\n", "Votes.csv, line 3: a vote is 1", id="wrong value"),
        pytest.param(b"comment-id,voter-id,vote\n0,\xff,1\n", "Votes.csv, line 2: this is no UTF-8 text", id="other bytes"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_the_line(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_bytes(content)

    done = goftogu("opinion", "analyse", tmp_path / "votes.csv", "--json")

    assert (done.code, done.out) == (1, b"")
    assert done.err.startswith(said)


def test_missing_file_and_wrong_number_are_told_apart(tmp_path: Path) -> None:
    missing = goftogu("opinion", "analyse", tmp_path / "votes.csv")
    usage = goftogu("opinion", "analyse", tmp_path / "votes.csv", "--groups", "0")

    assert (missing.code, "No such file" in missing.err) == (1, True)
    assert usage.code == 2
