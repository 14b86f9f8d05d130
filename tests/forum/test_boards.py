"""Founding a board: once a key, once a short name, and only where its home is."""

import pytest
from app import forum
from app.crypto.multikey import encode_did, encode_digest
from app.forum.errors import BoardTakenError, UnknownBoardError
from app.kernel.errors import AppError, VerificationError
from app.wiring import House

from tests import factories
from tests.houses import count_records, submit, tick


def find(house: House, slug: str) -> forum.Board | None:
    """Return a board by its short name."""
    with house.db.read() as work:
        return forum.find_board(work, slug=slug)


def test_board_is_there_as_soon_as_it_is_founded(house: House) -> None:
    garden = factories.board_key("garden")

    submit(house, factories.board(garden, home=house.keys["instance"]))

    board = find(house, "garden")
    assert board is not None
    assert board.did == garden.did
    assert board.tick_s == 900
    assert tick(house) == 1


def test_short_name_that_is_taken_is_refused(house: House) -> None:
    thief = factories.BoardKey(
        slug="square", tick_s=1, openers="anyone", key=factories.board_key("thief").key
    )

    with pytest.raises(BoardTakenError):
        submit(house, factories.board(thief, home=house.keys["instance"]))


def test_key_that_founded_a_board_founds_no_other(house: House) -> None:
    second = factories.BoardKey(
        slug="second", tick_s=900, openers="anyone", key=factories.SQUARE.key
    )

    with pytest.raises(BoardTakenError):
        submit(house, factories.board(second, home=house.keys["instance"]))


def test_board_whose_home_is_elsewhere_is_refused(house: House) -> None:
    garden = factories.board_key("garden")
    elsewhere = factories.person("Host").root_key
    before = count_records(house)

    with pytest.raises(UnknownBoardError):
        submit(house, factories.board(garden, home=elsewhere))

    assert find(house, "garden") is None
    assert count_records(house) == before


@pytest.mark.parametrize("tick_s", [1, 60, 61, 90, 899, 86_400])
def test_board_with_any_tick_takes_posts(house: House, tick_s: int) -> None:
    garden = factories.board_key("garden", tick_s=tick_s)
    submit(house, factories.board(garden, home=house.keys["instance"]))

    receipt = submit(house, factories.note(factories.person("Ava"), board=garden))

    assert receipt.is_new


def test_instance_card_by_another_key_is_refused(house: House) -> None:
    """Whoever could replace the card could send readers to another log and another address."""
    with house.db.read() as work:
        from app.site import store

        current = store.find_card(work)
    assert current is not None
    impostor = factories.person("Impostor")
    template = factories.one_of_each_type()["Application"]

    def follow(document: dict[str, object]) -> None:
        did = encode_did(impostor.key.public)
        document.update(id=f"ap://{did}/objects/{factories.nonce()}")
        document.update(attributedTo=f"ap://{did}/actor")
        document.update({"urn:goftogu:sequence": current.sequence + 1})
        document.update({"urn:goftogu:previous": encode_digest(current.digest)})
        proof = document["proof"]
        assert isinstance(proof, dict)
        proof.update(verificationMethod=f"{did}#{did[8:]}")

    with pytest.raises(AppError):
        submit(house, factories.forged(template, impostor.key, follow))

    with house.db.read() as work:
        assert store.find_card(work) == current


def test_board_whose_home_never_consented_is_refused(house: House) -> None:
    """Nobody founds a board on a host that did not agree to it."""
    garden = factories.board_key("garden")
    home = encode_did(house.keys["instance"].public)
    other = factories.board(garden, home=factories.person("Host").root_key)
    raw = factories.forged(other, garden.key, lambda d: d.update({"urn:goftogu:home": home}))

    with pytest.raises(VerificationError):
        submit(house, raw)

    assert find(house, "garden") is None
