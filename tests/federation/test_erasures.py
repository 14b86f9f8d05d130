"""What may be missing: what its author erased, and not one record more."""

from datetime import timedelta
from pathlib import Path

import pytest
from app.federation.errors import ForeignErasureError, WithheldError
from app.federation.folders import Folder
from app.federation.monitor import Seen, verify_log
from app.identity import make_card
from app.identity.service import make_revocation
from app.records.model import Custody

from tests import factories
from tests.federation.hosts import Host, posts, published, verify

AVA, BABAK = factories.person("Ava"), factories.person("Babak")


def revocation(of: factories.Person) -> bytes:
    """Return a card that revokes all keys, as erasing a persona leaves it."""
    custodies = {0: Custody.DEVICE}
    nonce = factories.nonce()
    return make_revocation(of.seed, nonce=nonce, day=factories.TODAY, custodies=custodies)


def first_card(of: factories.Person) -> bytes:
    """Return the card of a new persona."""
    return make_card(of.seed, of.name, Custody.DEVICE, factories.TODAY, factories.nonce())


def test_erased_post_may_be_missing(tmp_path: Path) -> None:
    post = factories.note(AVA)
    host = published(tmp_path / "host", [post, *posts(2, "Babak")], [factories.erasure(AVA, post)])
    host.erase(post)

    erasures = verify(host.folder).erasures

    assert set(erasures.gone) == {factories.digest_of(post)}
    assert erasures.unnamed == []


def test_erasure_may_stand_before_what_it_erases(tmp_path: Path) -> None:
    post = factories.note(AVA)
    host = published(tmp_path / "host", [factories.erasure(AVA, post)], [post])
    host.erase(post)

    assert len(verify(host.folder).erasures.gone) == 1


def test_every_version_of_an_erased_post_may_be_missing(tmp_path: Path) -> None:
    post = factories.note(AVA)
    first = factories.update(AVA, post)
    second = factories.update(AVA, post, after=first)
    host = published(
        tmp_path / "host", [post, first, second, factories.erasure(AVA, post, after=second)]
    )
    host.erase(post, first, second)

    erasures = verify(host.folder).erasures

    assert len(erasures.gone) == 3
    assert set(erasures.unnamed) == {factories.digest_of(post), factories.digest_of(first)}


def test_no_second_post_vanishes_with_a_revised_one(tmp_path: Path) -> None:
    post, other = factories.note(AVA), factories.note(BABAK)
    change = factories.update(AVA, post)
    erasure = factories.erasure(AVA, post, after=change)
    host = published(tmp_path / "host", [post, other, change, erasure])
    host.erase(post, change, other)

    with pytest.raises(WithheldError):
        verify(host.folder)


def test_revision_that_vanishes_alone_is_withheld(tmp_path: Path) -> None:
    post = factories.note(AVA)
    change = factories.update(AVA, post)
    host = published(tmp_path / "host", [post, change])
    host.erase(change)

    with pytest.raises(WithheldError):
        verify(host.folder)


def test_erasure_itself_is_never_missing(tmp_path: Path) -> None:
    post = factories.note(AVA)
    erasure = factories.erasure(AVA, post)
    host = published(tmp_path / "host", [post, erasure])
    host.erase(post, erasure)

    with pytest.raises(WithheldError):
        verify(host.folder)


def test_erasure_by_somebody_else_is_caught(tmp_path: Path) -> None:
    post = factories.note(AVA)
    host = published(tmp_path / "host", [post, factories.erasure(BABAK, post)])
    host.erase(post)

    with pytest.raises(ForeignErasureError):
        verify(host.folder)


def test_root_of_the_author_may_erase(tmp_path: Path) -> None:
    post = factories.note(AVA)
    erasure = factories.erasure(AVA, post, key=AVA.root_key)
    host = published(tmp_path / "host", [first_card(AVA), post, erasure])
    host.erase(post)

    assert len(verify(host.folder).erasures.gone) == 1


def test_root_that_no_card_joins_to_the_author_may_not(tmp_path: Path) -> None:
    post = factories.note(AVA)
    erasure = factories.erasure(AVA, post, key=BABAK.root_key)
    host = published(tmp_path / "host", [first_card(AVA), first_card(BABAK), post, erasure])
    host.erase(post)

    with pytest.raises(ForeignErasureError):
        verify(host.folder)


def test_what_explains_an_erasure_may_have_been_verified_earlier(tmp_path: Path) -> None:
    host = published(tmp_path / "host", [first_card(AVA)])
    seen = host.checkpoint()
    post = factories.note(AVA)
    host.publish(post, factories.erasure(AVA, post, key=AVA.root_key))
    host.erase(post)

    verified = verify(host.folder, seen)

    assert verified.start == 1
    assert len(verified.erasures.gone) == 1


def test_erased_persona_leaves_a_revocation_alone(tmp_path: Path) -> None:
    named, post = first_card(AVA), factories.note(AVA)
    erasure = factories.erasure(AVA, post, key=AVA.root_key)
    host = published(tmp_path / "host", [named, post], [revocation(AVA), erasure])
    host.erase(named, post)

    assert verify(host.folder).erasures.unnamed == [factories.digest_of(named)]


def test_card_that_vanishes_without_a_revocation_is_withheld(tmp_path: Path) -> None:
    named = first_card(AVA)
    host = published(tmp_path / "host", [named, first_card(BABAK), revocation(BABAK)])
    host.erase(named)

    with pytest.raises(WithheldError) as caught:
        verify(host.folder)

    assert caught.value.digests == [factories.digest_of(named)]


def test_record_of_the_host_is_never_missing(tmp_path: Path) -> None:
    every = factories.one_of_each_type()
    for kind in ("Group", "Update/board", "Update/thread", "Application", "Page"):
        host = Host(tmp_path / kind.replace("/", "-")).publish(*every.values())
        host.erase(every[kind], every["Note"], every["Update"])

        with pytest.raises(WithheldError) as caught:
            verify(host.folder)
        assert caught.value.digests == [factories.digest_of(every[kind])]


class Live(Folder):
    """A host that is served: it says of what is missing that it was erased."""

    def is_gone(self, path: str) -> bool:
        """Say that it was erased."""
        return True


def look_in(host: Host, seen: Seen | None, days: int = 0) -> Seen:
    """Verify what a host serves, some days later; return what is to be remembered."""
    with Live(host.folder) as source:
        day = factories.TODAY + timedelta(days=days)
        return verify_log(source, lambda _origin: seen, day).seen


def test_erasure_that_waits_for_its_tick_is_remembered_until_it_is_logged(tmp_path: Path) -> None:
    post = factories.note(AVA)
    host = published(tmp_path / "host", [post])
    host.erase(post)

    seen = look_in(host, None)

    assert seen.pending == {factories.digest_of(post): ("Note", factories.TODAY)}
    assert look_in(host, seen, days=2) == seen
    host.publish(factories.erasure(AVA, post))
    assert look_in(host, seen, days=3).pending == {}


def test_erasure_that_never_reaches_the_log_is_a_withheld_post(tmp_path: Path) -> None:
    post = factories.note(AVA)
    host = published(tmp_path / "host", [post])
    host.erase(post)
    seen = look_in(host, None)
    host.publish(*posts(1, "Babak"))
    seen = look_in(host, seen, days=1)

    with pytest.raises(WithheldError) as caught:
        look_in(host, seen, days=3)

    assert caught.value.digests == [factories.digest_of(post)]


@pytest.mark.parametrize("kind", ["Group", "Delete", "Application"])
def test_record_that_nobody_can_erase_is_not_waited_for(kind: str, tmp_path: Path) -> None:
    every = factories.one_of_each_type()
    host = published(tmp_path / "host", every.values())
    host.erase(every[kind])

    with pytest.raises(WithheldError):
        look_in(host, None)
