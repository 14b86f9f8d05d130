"""sign --tag: tags inside what is signed, for a new thread alone."""

import pytest
from app.records import parse_record, verify_record

from tests import factories
from tests.cli.command import Done, goftogu
from tests.cli.conftest import Keys


def sign(keys: Keys, *words: str) -> Done:
    """Sign a text for the square."""
    key = ("sign", "--key", keys.file, "--board", factories.SQUARE.did)
    return goftogu(*key, *words, given="Where does it go?")


def test_tags_are_signed_as_a_page_would_sign_them(keys: Keys) -> None:
    done = sign(
        keys, "--title", "Water", "--tag", "#water", "--tag", " land  use ", "--tag", "water"
    )

    document = verify_record(parse_record(done.out)).document
    assert document["tag"] == [
        {"type": "Hashtag", "name": "#water"},
        {"type": "Hashtag", "name": "#land use"},
    ]


def test_more_tags_than_a_post_may_have_are_refused(keys: Keys) -> None:
    tags = [word for number in range(4) for word in ("--tag", f"water {number}")]

    done = sign(keys, "--title", "Water", *tags)

    assert (done.code, done.out) == (1, b"")


@pytest.mark.parametrize(
    "words",
    [
        ("--in-reply-to", factories.id_of(factories.note(factories.person("Ava")))),
        ("--type", "Delete", "--object", "ap://x", "--previous", "00"),
    ],
    ids=["reply", "erasure"],
)
def test_tags_of_what_opens_no_thread_are_wrong_usage(words: tuple[str, ...], keys: Keys) -> None:
    done = sign(keys, *words, "--tag", "water")

    assert (done.code, done.out) == (2, b"")
