"""Cards: what a root says about its posting keys, and what nobody can say about another's."""

import pytest
from app import identity
from app.identity.errors import (
    CustodyDiffersError,
    KeyInactiveError,
    KeyTakenError,
    MixedNameError,
    StaleCardError,
)
from app.identity.model import KeyState
from app.kernel.errors import MalformedError, VerificationError
from app.records.errors import WrongSignerError
from app.records.model import Custody
from app.wiring import House

from tests import factories
from tests.houses import count_records, publish, release, require_post, submit

AVA, BABAK = factories.person("Ava"), factories.person("Babak")


def keys_of(house: House, person: factories.Person) -> dict[str, tuple[str, str]]:
    """Return custody and state of a persona's posting keys by their dids."""
    with house.db.read() as work:
        return {did: (held, state) for did, _, held, state in identity.list_keys(work, person.root)}


def test_card_names_the_persona_and_its_key(house: House) -> None:
    submit(house, factories.card(AVA))

    with house.db.read() as work:
        persona = identity.get_persona(work, AVA.mark.replace(" ", ""))
    assert persona.name == "Ava"
    assert persona.fingerprint == AVA.mark
    assert keys_of(house, AVA) == {AVA.did: ("device", "active")}


def test_card_acts_before_its_tick(house: House) -> None:
    """A revocation must not wait."""
    card = factories.card(AVA)
    submit(house, card)
    revoked = [factories.key_line(AVA, state="revoked")]

    submit(house, factories.card(AVA, after=card, keys=revoked))

    with pytest.raises(KeyInactiveError):
        submit(house, factories.note(AVA))


def test_next_card_renames_and_adds_a_key(house: House) -> None:
    first = factories.card(AVA)
    second = factories.card(
        AVA,
        name="Ava of the hills",
        after=first,
        keys=[factories.key_line(AVA), factories.key_line(AVA, 1)],
    )

    submit(house, first, second)

    with house.db.read() as work:
        assert identity.get_persona(work, AVA.mark).name == "Ava of the hills"
    assert len(keys_of(house, AVA)) == 2


def test_card_that_skips_one_is_refused(house: House) -> None:
    first = factories.card(AVA)
    second = factories.card(AVA, after=first)
    third = factories.card(AVA, after=second)
    submit(house, first)

    with pytest.raises(StaleCardError):
        submit(house, third)


def test_second_card_on_the_same_one_is_refused(house: House) -> None:
    first = factories.card(AVA)
    one, other = (factories.card(AVA, name=name, after=first) for name in ("One", "Other"))
    submit(house, first, one)

    with pytest.raises(StaleCardError):
        submit(house, other)


def test_card_that_begins_again_does_not_undo_a_revocation(house: House) -> None:
    first = factories.card(AVA)
    submit(house, first)
    revoked = [factories.key_line(AVA, state="revoked")]
    submit(house, factories.card(AVA, after=first, keys=revoked))

    with pytest.raises(StaleCardError):
        submit(house, factories.card(AVA))

    assert keys_of(house, AVA)[AVA.did] == ("device", "revoked")


def test_card_claiming_anothers_key_is_refused(house: House) -> None:
    """Without consent anyone's card could list Ava's key, and her posts would carry their name."""
    publish(house, factories.note(AVA))
    stolen = {
        "without consent": {**factories.key_line(AVA), "urn:goftogu:consent": "z" + "1" * 64},
        "with consent to Ava's root": factories.key_line(AVA),
        "with the thief's own signature": {
            **factories.key_line(AVA),
            "urn:goftogu:consent": factories.key_line(BABAK)["urn:goftogu:consent"],
        },
    }

    for how, line in stolen.items():
        with pytest.raises((VerificationError, MalformedError)):
            submit(house, factories.card(BABAK, keys=[line]))
        assert keys_of(house, BABAK) == {}, how


def test_key_that_consents_to_two_roots_stays_with_the_first(house: House) -> None:
    submit(house, factories.card(AVA))
    consenting = factories.key_line(AVA, root=BABAK.root)

    with pytest.raises(KeyTakenError):
        submit(house, factories.card(BABAK, keys=[consenting]))

    assert keys_of(house, BABAK) == {}
    assert AVA.did in keys_of(house, AVA)


def test_key_that_stands_twice_is_refused(house: House) -> None:
    line = factories.key_line(AVA)

    with pytest.raises(MalformedError):
        submit(house, factories.card(AVA, keys=[line, line]))


def test_card_signed_by_a_posting_key_makes_no_persona_of_its_root(house: House) -> None:
    """A posting key that is stolen must not be able to speak for the root."""
    submit(house, factories.card(AVA))
    line = factories.key_line(AVA, 1, root=AVA.did)

    forged = factories.forged(
        factories.card(AVA),
        AVA.key,
        lambda d: (
            d.update(
                id=f"ap://{AVA.did}/objects/{factories.nonce()}",
                attributedTo=f"ap://{AVA.did}/actor",
            ),
            d.update({"urn:goftogu:postingKeys": [line]}),
            d["proof"].update(verificationMethod=f"{AVA.did}#{AVA.did[8:]}"),
        ),
    )
    submit(house, forged)

    assert keys_of(house, AVA) == {AVA.did: ("device", "active")}


@pytest.mark.parametrize("state", ["retired", "revoked"])
def test_key_out_of_use_cannot_post_and_its_older_posts_stay(house: House, state: str) -> None:
    card, before = factories.card(AVA), factories.note(AVA)
    publish(house, card, before)
    ended = [factories.key_line(AVA, state=state), factories.key_line(AVA, 1)]

    submit(house, factories.card(AVA, after=card, keys=ended))

    with pytest.raises(KeyInactiveError):
        submit(house, factories.note(AVA))
    with pytest.raises(KeyInactiveError):
        submit(house, factories.update(AVA, before))
    submit(house, factories.note(AVA, key=AVA.seed.posting_key(1)))
    assert require_post(house, before).number == 1


def test_key_that_the_next_card_leaves_out_is_retired(house: House) -> None:
    """A card speaks for all keys of its persona."""
    card = factories.card(AVA)
    submit(house, card, factories.card(AVA, after=card, keys=[factories.key_line(AVA, 1)]))

    assert keys_of(house, AVA)[AVA.did] == ("device", "retired")
    with pytest.raises(KeyInactiveError):
        submit(house, factories.note(AVA))


def test_revoked_key_never_comes_back(house: House) -> None:
    first = factories.card(AVA)
    second = factories.card(AVA, after=first, keys=[factories.key_line(AVA, state="revoked")])
    third = factories.card(AVA, after=second, keys=[factories.key_line(AVA, state="active")])

    submit(house, first, second, third)

    assert keys_of(house, AVA)[AVA.did] == ("device", "revoked")
    with pytest.raises(KeyInactiveError):
        submit(house, factories.note(AVA))


def test_key_that_a_server_held_is_never_called_device(house: House) -> None:
    unlocked = factories.person("Ava", Custody.UNLOCKED)
    first = factories.card(unlocked)

    submit(house, first, factories.card(AVA, after=first))

    assert keys_of(house, AVA)[AVA.did] == ("unlocked", "active")
    with pytest.raises(CustodyDiffersError):
        submit(house, factories.note(AVA))


@pytest.mark.parametrize("declared", [Custody.UNLOCKED, Custody.INSTANCE])
def test_post_that_declares_another_custody_than_the_card_is_refused(
    house: House, declared: Custody
) -> None:
    submit(house, factories.card(AVA))

    with pytest.raises(CustodyDiffersError):
        submit(house, factories.note(AVA, custody=declared))


def test_post_that_calls_an_unlocked_key_device_is_refused(house: House) -> None:
    unlocked = factories.person("Ava", Custody.UNLOCKED)
    submit(house, factories.card(unlocked))

    with pytest.raises(CustodyDiffersError):
        submit(house, factories.note(unlocked, custody=Custody.DEVICE))


def test_key_without_a_card_posts_as_its_fingerprint(house: House) -> None:
    post = factories.note(AVA)

    publish(house, post)

    author = require_post(house, post).author
    assert author.name is None
    assert author.root is None
    assert author.custody is Custody.DEVICE
    assert author.state is KeyState.ACTIVE


@pytest.mark.parametrize("declared", [Custody.UNLOCKED, Custody.INSTANCE])
def test_key_without_a_card_is_on_a_device(house: House, declared: Custody) -> None:
    """A server that held the key would have made a card."""
    with pytest.raises(CustodyDiffersError):
        submit(house, factories.note(AVA, custody=declared))


def test_card_that_comes_later_takes_its_keys_posts_along(house: House) -> None:
    post = factories.note(AVA)
    publish(house, post)

    submit(house, factories.card(AVA))

    assert require_post(house, post).author.name == "Ava"


def test_root_key_signs_cards_and_no_posts(house: House) -> None:
    submit(house, factories.card(AVA))

    with pytest.raises(WrongSignerError):
        submit(house, factories.note(AVA, key=AVA.root_key))


def test_card_is_in_the_log_after_its_tick(house: House) -> None:
    before = count_records(house)

    submit(house, factories.card(AVA))

    assert release(house) == 1
    assert count_records(house) == before + 1


def test_card_with_a_mixed_script_name_is_refused(house: House) -> None:
    before = count_records(house)

    with pytest.raises(MixedNameError):
        submit(house, factories.card(AVA, name="Аva"))

    assert count_records(house) == before


def test_next_card_cannot_take_a_mixed_script_name(house: House) -> None:
    first = factories.card(AVA)
    submit(house, first)

    with pytest.raises(MixedNameError):
        submit(house, factories.card(AVA, name="Ava آوا", after=first))
