"""A text stays whole: each of its lines is in the form, the record and the rows, and gone when it is erased.

Whoever adds a line to `Text` is told here, and in `tests/forms/test_lines.py`, what it is still missing from.
"""

from dataclasses import fields

import pytest
from app.db.tables import Base, columns_of
from app.forum import codec
from app.forum.forms import parse_post
from app.forum.model import LINES, Draft, Text
from app.forum.store.texts import WORDS
from app.forum.tables import DraftRow, VersionRow
from app.kernel.strict_json import JsonObject
from app.records import parse_record, sign_record, verify_record
from app.records.model import Custody
from app.records.registry import RECORD_TYPES
from app.web.forms import Fields
from app.wiring import House

from tests import factories
from tests.houses import publish, read_rows, release, require_post, submit

AVA = factories.person("Ava")
WHOLE = Text(language="fr", markdown="Some words.", **{name: f"One {name}" for name in LINES})
DRAFT = Draft(
    text=WHOLE, board=factories.SQUARE.did, reply_to=None, quotes=(), custody=Custody.DEVICE
)


def sign(kind: str, members: JsonObject) -> bytes:
    return sign_record(AVA.key, kind, members, nonce=factories.nonce(), day=factories.TODAY)


def sign_all() -> tuple[bytes, bytes]:
    """Return a post with every line, and a revision of it."""
    post = sign("Note", codec.note_members(DRAFT))
    changed = codec.update_members(DRAFT, factories.id_of(post), factories.digest_of(post))
    return post, sign("Update", changed)


def test_text_is_its_words_and_its_lines() -> None:
    assert {item.name for item in fields(Text)} == {"language", "markdown", *LINES}


@pytest.mark.parametrize("kind", ["Note", "Update"])
def test_registry_has_every_line(kind: str) -> None:
    assert RECORD_TYPES[kind].optional.keys() >= set(LINES.values())


def test_every_line_is_signed_and_read_back() -> None:
    documents = [verify_record(parse_record(raw)).document for raw in sign_all()]

    assert [codec.decode_text(document) for document in documents] == [WHOLE, WHOLE]


def test_form_says_what_is_wrong_with_every_line() -> None:
    typed = Fields({**dict.fromkeys(LINES, "\u202ex"), "text": "x", "language": "en", "do": "send"})

    form = parse_post(typed, has_title=True, languages=["en"])

    assert form.errors.keys() == LINES.keys()


@pytest.mark.parametrize(
    ("row", "others"),
    [
        (VersionRow, {"digest", "post", "number", "is_public", "language", "day"}),
        (DraftRow, {"id", "root", "place", "language", "previous", "day", "wait_h", "tags"}),
    ],
    ids=["version", "draft"],
)
def test_every_other_column_holds_words(row: type[Base], others: set[str]) -> None:
    """An erasure empties those that `WORDS` names: another column must be no word, or one of them."""
    assert set(columns_of(row).columns.keys()) - others == set(WORDS)


def test_erasure_empties_every_line_of_every_version(house: House) -> None:
    post, revision = sign_all()
    publish(house, post)
    submit(house, revision)
    release(house)
    assert require_post(house, post).version.text == WHOLE

    submit(house, factories.erasure(AVA, post, after=revision))

    versions = [row for table, row in read_rows(house) if table == "version"]
    assert len(versions) == 2
    assert {row[name] for row in versions for name in WORDS} == {""}
