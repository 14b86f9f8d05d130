"""import: older words into a board, again and again, whatever single rows hold."""

import json
from functools import partial
from pathlib import Path

import pytest
from app.kernel.strict_json import JsonObject
from app.records.errors import WrongSignerError
from app.records.model import CUSTODY, IMPORTED
from app.wiring import House

from tests import factories
from tests.cli.command import goftogu
from tests.houses import submit

OPENING = {
    "id": "1", "thread": "t", "title": "Water", "author": "Old Hand", "day": "2009-06-15", "language": "en", "text": "Where?",
}  # fmt: skip
ANSWER = {
    "id": "2", "thread": "t", "reply_to": "1", "day": "2009-06-16", "language": "en", "text": "There.",
}  # fmt: skip


def write(folder: Path, *rows: object) -> Path:
    """Write rows into a file."""
    file = folder / "old.jsonl"
    lines = (row if row is RAW_BRACKETS else json.dumps(row) for row in rows)
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def test_rows_become_posts_signed_by_the_instance(data: Path, tmp_path: Path) -> None:
    done = goftogu("import", write(tmp_path, OPENING, ANSWER), "--board", "square", data=data)

    assert (done.code, done.err) == (0, "")
    assert done.out == b"imported 2, here already 0, refused 0\n"
    assert goftogu("check", data=data).code == 0


def test_rows_are_taken_where_only_stewards_open_threads(data: Path, tmp_path: Path) -> None:
    done = goftogu("import", write(tmp_path, OPENING, ANSWER), "--board", "notices", data=data)

    assert (done.code, done.err) == (0, "")
    assert done.out == b"imported 2, here already 0, refused 0\n"


def test_import_again_adds_nothing(data: Path, tmp_path: Path) -> None:
    file = write(tmp_path, OPENING)
    goftogu("import", file, "--board", "square", data=data)
    write(tmp_path, OPENING, ANSWER)

    done = goftogu("import", file, "--board", "square", data=data)

    assert done.out == b"imported 1, here already 1, refused 0\n"


# As it stands: no program that writes JSON goes as deep.
RAW_BRACKETS = "[" * 100_000

BAD = {
    "no JSON object": [],
    "no text": {**ANSWER, "text": ""},
    "a number as id": {**ANSWER, "id": 2},
    "a member that none has": {**ANSWER, "mail": "x"},
    "both title and answer": {**ANSWER, "title": "Water"},
    "answer to nobody": {**ANSWER, "reply_to": "9"},
    "another thread": {**ANSWER, "thread": "u"},
    "no day": {**ANSWER, "day": "2009-13-01"},
    "a trick of direction": {**ANSWER, "text": "a\u202eb"},
    "no language": {**ANSWER, "language": "English!"},
    "half a character": {**ANSWER, "text": "a\ud800"},
    "half a character as id": {**ANSWER, "id": "\udfff"},
    "more brackets than can be read": RAW_BRACKETS,
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_bad_row_is_reported_and_stops_no_other(bad: object, data: Path, tmp_path: Path) -> None:
    last = {**ANSWER, "id": "3"}

    done = goftogu("import", write(tmp_path, OPENING, bad, last), "--board", "square", data=data)

    assert done.code == 1
    assert done.err.startswith("line 2: ")
    assert done.out == b"imported 2, here already 0, refused 1\n"


def add(members: JsonObject, document: JsonObject) -> None:
    """Add members to a document."""
    document.update(members)


def test_another_key_than_the_instances_imports_nothing(house: House) -> None:
    ava = factories.person("Ava")
    marked = {"day": "2009-06-15", "source": "elsewhere"}
    for custody in ("device", "instance"):
        changed: JsonObject = {IMPORTED: marked, CUSTODY: custody}
        raw = factories.forged(factories.note(ava), ava.key, partial(add, changed))

        with pytest.raises(WrongSignerError):
            submit(house, raw)
