"""The registry: documented, owned, and strict about every member."""

from pathlib import Path
from typing import Any

import pytest
from app.kernel.errors import MalformedError
from app.owning import owners
from app.records import parse_record, registry
from app.records.registry import COMMON_MEMBERS, RECORD_TYPES
from app.settings import ROOT

from tests import factories
from tests.records.registry_text import COMMON, MEMBERS, render_registry

EVERY_MEMBER = [
    (kind.name, member)
    for kind in RECORD_TYPES.values()
    for member in (*kind.required, *kind.optional)
]


def test_registry_md_says_what_the_registry_says() -> None:
    written = (ROOT / "app/records/REGISTRY.md").read_text(encoding="utf-8")

    assert written == render_registry(), "run: python -m tests.records.registry_text"


def test_registry_md_explains_nothing_that_is_not_there() -> None:
    assert set(COMMON) == COMMON_MEMBERS
    assert set(MEMBERS) == {member for _, member in EVERY_MEMBER}


def test_every_type_has_a_room_that_owns_it() -> None:
    assert owners("did:key:instance", bytes(32), str, Path()).keys() == RECORD_TYPES.keys()


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_type_says_who_signs_it_and_what_it_does(kind: str) -> None:
    assert RECORD_TYPES[kind].signer
    assert RECORD_TYPES[kind].effect
    assert not RECORD_TYPES[kind].required.keys() & RECORD_TYPES[kind].optional.keys()
    assert not RECORD_TYPES[kind].required.keys() & COMMON_MEMBERS


WRONG: dict[str, Any] = {
    "null": None,
    "a boolean": True,
    "an empty string": "",
    "a trick of direction": "\u202ex",
    "a negative number": -1,
    "an array of arrays": [[]],
    "an unknown object": {"x": 1},
}


@pytest.mark.parametrize(("kind", "member"), EVERY_MEMBER)
def test_member_of_a_wrong_kind_is_refused(kind: str, member: str) -> None:
    raw = factories.one_of_each_type()[kind]

    fits = type(factories.decode(raw).get(member))

    for what, value in WRONG.items():
        if fits is bool and value is True:
            continue
        wrong = put(raw, member, value)

        with pytest.raises(MalformedError):
            pytest.fail(f"{what} is read: {parse_record(wrong)}")


@pytest.mark.parametrize(
    ("kind", "member"),
    [(kind.name, member) for kind in RECORD_TYPES.values() for member in kind.required],
)
def test_record_without_a_required_member_is_refused(kind: str, member: str) -> None:
    raw = factories.one_of_each_type()[kind]

    shorter = factories.altered(raw, lambda document: document.pop(member))

    with pytest.raises(MalformedError):
        parse_record(shorter)


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_member_of_another_type_is_refused(kind: str) -> None:
    samples = factories.one_of_each_type()
    others = {member for _, member in EVERY_MEMBER} - {
        member for name, member in EVERY_MEMBER if name == kind
    }

    for member in others:
        values = (factories.decode(raw).get(member) for raw in samples.values())
        longer = put(samples[kind], member, next(filter(None, values), "x"))

        with pytest.raises(MalformedError):
            pytest.fail(f"{member} is read: {parse_record(longer)}")


def put(raw: bytes, member: str, value: Any) -> bytes:
    """Return a record with one member set to another value."""
    return factories.altered(raw, lambda document: document.update({member: value}))


@pytest.mark.parametrize("name", ["Av\u00ada", "A\u3164va", "Ava\ufe0f", "Ava\u200c", "\u200dAva"])
def test_name_with_characters_that_do_not_show_is_refused(name: str) -> None:
    with pytest.raises(MalformedError):
        registry.name(name)
