"""Invitations told in words: the words alone open what the host keeps, once, and not for ever."""

from datetime import date
from pathlib import Path

import pytest
from app import identity, site
from app.crypto.sealing import open_box
from app.crypto.seed import Seed
from app.identity import service
from app.identity.codec import tokens
from app.identity.errors import AlreadyInvitedError, WordsUnknownError
from app.identity.model.tokens import Invitation
from app.kernel.clock import FixedClock, start_of
from app.kernel.errors import VerificationError
from app.wiring import House

from tests import factories
from tests.crypto.issuers import KEY
from tests.houses import open_month, read_rows, submit

AVA, BABAK, CELINE = map(factories.person, ("Ava", "Babak", "Céline"))


def settle(house: House) -> None:
    submit(house, *(factories.card(person) for person in (AVA, BABAK, CELINE)))
    open_month(house, KEY)
    with house.db.write() as work:
        identity.grant_stewardship(work, AVA.mark)


def tell(house: House) -> tuple[Invitation, Seed]:
    """Make an invitation of Ava's that is told in words."""
    with house.db.write() as work:
        named = site.list_issuers(work)
        made = identity.make_invitation(work, house.keys["instance"], AVA.root, named=named)
        return made, service.keep_in_words(work, made)


def come(house: House, who: factories.Person, words: Seed) -> None:
    with house.db.write() as work:
        service.redeem(work, who.root, words)


def boxes(house: House) -> list[dict[str, object]]:
    return [dict(row) for table, row in read_rows(house) if table == "invitation_box"]


def holding(folder: Path, part: bytes) -> list[str]:
    """Return the files that hold some bytes."""
    return [path.name for path in folder.rglob("*") if path.is_file() and part in path.read_bytes()]


def test_words_lead_to_their_invitation(house: House) -> None:
    settle(house)
    told = [tell(house) for _ in range(3)]

    with house.db.read() as work:
        assert [service.spoken.find_by_words(work, words) for _, words in told] == [
            made for made, _ in told
        ]
        with pytest.raises(WordsUnknownError):
            service.spoken.find_by_words(work, Seed(bytes(16)))


def test_boxes_open_with_their_words_alone(house: House) -> None:
    settle(house)
    made, words = tell(house)

    data = house.settings.data
    text = tokens.encode_invitation(made)
    secrets = (made.prefix, made.signature, text[8:60].encode(), words.entropy())
    assert [holding(data, secret) for secret in secrets] == [[]] * 4
    (box,) = boxes(house)
    assert isinstance(box["box"], bytes)
    with pytest.raises(VerificationError):
        open_box(bytes(32), box["box"], context="goftogu/v1/invitation-words/key\0")


def test_words_lead_nowhere_once_they_were_used(house: House) -> None:
    settle(house)
    _, words = tell(house)
    come(house, BABAK, words)

    assert boxes(house) == []
    with pytest.raises(WordsUnknownError):
        come(house, CELINE, words)


def test_words_of_who_needs_none_stay_good(house: House) -> None:
    settle(house)
    (_, first), (_, second) = tell(house), tell(house)
    come(house, BABAK, first)

    with pytest.raises(AlreadyInvitedError):
        come(house, BABAK, second)

    come(house, CELINE, second)


def test_box_that_was_used_leaves_the_files(house: House) -> None:
    settle(house)
    _, words = tell(house)
    (row,) = boxes(house)
    box = row["box"]
    assert isinstance(box, bytes)
    assert holding(house.settings.data, box[:64])

    come(house, BABAK, words)

    assert holding(house.settings.data, box[:64]) == []


def test_words_of_old_months_are_forgotten(house: House, clock: FixedClock) -> None:
    settle(house)
    tell(house)
    for day, count in ((date(2027, 1, 31), 1), (date(2027, 2, 1), 0)):
        clock.instant = start_of(day)
        with house.db.write() as work:
            identity.forget_old_invitations(work)
        assert len(boxes(house)) == count
