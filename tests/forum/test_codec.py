"""Posts and boards: members of records to nouns and back; typed text to signed text."""

from dataclasses import replace
from unicodedata import is_normalized

import pytest
from app.crypto.multikey import encode_digest
from app.forum import codec
from app.forum.model import Draft, Openers, Origin, Text, ThreadMark, ThreadState
from app.records import parse_record, sign_record, verify_record
from app.records.model import IMPORTED, PREVIOUS, Custody
from hypothesis import given
from hypothesis import strategies as st

from tests import factories, strategies

AVA = factories.person("Ava")


@given(strategies.texts, strategies.titles | st.none(), strategies.languages)
def test_text_of_a_draft_is_read_back(markdown: str, title: str | None, language: str) -> None:
    text = Text(language=language, markdown=markdown, title=title)
    draft = Draft(
        text=text, board=factories.SQUARE.did, reply_to=None, quotes=(), custody=Custody.DEVICE
    )

    raw = sign_record(
        AVA.key, "Note", codec.note_members(draft), nonce=factories.nonce(), day=factories.TODAY
    )

    document = verify_record(parse_record(raw)).document
    assert codec.decode_text(document) == text
    assert document["audience"] == f"ap://{factories.SQUARE.did}/actor"


def test_draft_of_a_reply_names_what_it_answers_and_quotes() -> None:
    answered = factories.id_of(factories.note(AVA))
    draft = Draft(
        text=Text(language="en", markdown="x", title=None),
        board=factories.SQUARE.did,
        reply_to=answered,
        quotes=(answered,),
        custody=Custody.UNLOCKED,
    )

    members = codec.note_members(draft)

    assert members["inReplyTo"] == answered
    assert members["urn:goftogu:quotes"] == [answered]
    assert members["urn:goftogu:custody"] == "unlocked"
    assert "name" not in members


@pytest.mark.parametrize("author", ["A reader", None])
def test_origin_of_imported_words_is_read_back(author: str | None) -> None:
    origin = Origin(author=author, day=factories.TODAY, source="An archive")
    draft = Draft(
        text=Text(language="en", markdown="x", title=None),
        board=factories.SQUARE.did,
        reply_to=None,
        quotes=(),
        custody=Custody.INSTANCE,
        imported=origin,
    )

    assert codec.decode_origin(codec.note_members(draft)) == origin


def test_words_that_name_an_origin_are_none() -> None:
    assert codec.decode_origin(factories.decode(factories.note(AVA, text=IMPORTED))) is None


def test_board_is_read_back_from_its_record() -> None:
    home = AVA.root_key

    record = verify_record(parse_record(factories.board(factories.SQUARE, home=home)))
    board = codec.decode_board(record)

    assert board.slug == "square"
    assert board.tick_s == 900
    assert board.did == factories.SQUARE.did
    members = codec.board_members(board, home)
    assert members.items() <= record.document.items()


def test_settings_of_a_board_are_read_back_from_their_record() -> None:
    record = verify_record(parse_record(factories.board(factories.SQUARE, home=AVA.root_key)))
    founded = codec.decode_board(record)
    changed = replace(
        founded,
        name={"fa": "تالار", "en": "Hall"},
        purpose={"fr": "Être entendu."},
        rules={"en": "Be brief."},
        tick_s=3600,
        openers=Openers.STEWARDS,
        tags=("water", "bread"),
        position=7,
        is_archived=True,
    )

    members = codec.settings_members(changed, record.id, encode_digest(record.digest))
    raw = sign_record(AVA.root_key, "Update", members, nonce=factories.nonce(), day=factories.TODAY)
    settings = verify_record(parse_record(raw))

    assert members[PREVIOUS] == encode_digest(record.digest)
    assert members["object"] == record.id
    assert codec.decode_settings(settings.document, founded, settings.digest) == replace(
        changed, head=settings.digest
    )


def test_mark_of_a_thread_is_read_back_and_the_first_follows_none() -> None:
    opening = factories.note(AVA)
    board, opened = factories.SQUARE.did, factories.id_of(opening)
    mark = ThreadMark(is_pinned=True, state=ThreadState.LOCKED)

    first = codec.mark_members(board, opened, mark, "")
    later = codec.mark_members(board, opened, mark, encode_digest(b"1" * 32))

    assert PREVIOUS not in first
    assert later == {**first, PREVIOUS: encode_digest(b"1" * 32)}
    raw = sign_record(AVA.root_key, "Update", later, nonce=factories.nonce(), day=factories.TODAY)
    document = verify_record(parse_record(raw)).document
    assert codec.decode_mark(document, b"2" * 32) == replace(mark, head=b"2" * 32)


@given(st.text())
def test_cleaned_text_is_what_may_be_signed(typed: str) -> None:
    text = codec.clean_text(typed)

    assert is_normalized("NFC", text)
    assert "\r" not in text
    assert text == text.strip()
    assert codec.clean_text(text) == text


@given(st.text())
def test_cleaned_line_is_one_line(typed: str) -> None:
    line = codec.clean_line(typed)

    assert is_normalized("NFC", line)
    assert "\n" not in line
    assert "  " not in line
    assert codec.clean_line(line) == line


@pytest.mark.parametrize(
    ("typed", "signed"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("  a  ", "a"),
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\n\n\n\nb", "a\n\n\n\nb"),
    ],
)
def test_typed_text_is_signed_with_one_kind_of_line_end(typed: str, signed: str) -> None:
    assert codec.clean_text(typed) == signed
