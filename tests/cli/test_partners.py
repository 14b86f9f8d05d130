"""`goftogu partner`: two hosts meet, one reads the other's board, and goes again."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from app.federation import partners
from app.federation.partners import Right
from app.kernel.clock import DAY_S, SystemClock
from app.wiring import House

from tests import factories
from tests.cli.command import Done, goftogu
from tests.cli.test_monitor import Quiet, serving
from tests.federation import neighbours
from tests.houses import advance, publish, release, require_post, tick
from tests.tlog.strangers import public

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER, FIRE = factories.board_key("water"), factories.board_key("fire")


@pytest.fixture
def addresses(house: House, home: House) -> Iterator[dict[str, str]]:
    """Where each of both publishes its files."""
    tick(house)
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(serving(partial(Quiet, directory=public(each))))
            for name, each in (("reader", house), ("home", home))
        }


def partner(house: House, *words: str) -> Done:
    """Run a command of the group at one of both hosts."""
    return goftogu("partner", *words, data=house.settings.data)


def catch_up(house: House) -> None:
    """Let a tick come after what a command did: commands live by the machine's own clock."""
    advance(house, max(SystemClock().now() - house.clock.now(), 0))
    release(house)


def meet(house: House, other: House, name: str, address: str) -> Done:
    """Let one host add the other's key card."""
    card = partner(other, "card", address).out.decode().strip()
    return partner(house, "add", name, card)


def test_two_hosts_meet_and_one_reads_the_others_board(
    house: House, home: House, addresses: dict[str, str]
) -> None:
    note = factories.note(AVA, board=WATER, title="Whose water?")
    publish(home, factories.card(AVA), note)

    steps = [
        meet(house, home, "sepidar", addresses["home"]),
        meet(home, house, "reader", addresses["reader"]),
        partner(home, "offer", "reader", "water"),
    ]
    catch_up(home)
    steps += [partner(house, "sync"), partner(house, "accept", "sepidar"), partner(house, "sync")]

    assert [step.code for step in steps] == [0] * 6, [step.err for step in steps]
    assert require_post(house, note).author.name == "Ava"
    assert steps[4].out.startswith(b"board ")
    listed = partner(house, "list").out.decode()
    assert "\tthis host may\tsepidar-water\tcarry,read\tuntil " in listed
    assert listed.endswith("\tholds\n")
    assert b"\treader may\twater\t" in partner(home, "list").out
    settled = partner(
        house, "set", "sepidar", "--own-rules", "--entries", "5000", "--mebibytes", "2"
    )
    assert settled.code == 0, settled.err
    (listed,) = json.loads(partner(house, "list", "--json").out)
    assert not listed["follows_rules"]
    assert (listed["most_entries"], listed["most_bytes"]) == (5000, 2 * 1024 * 1024)
    assert (listed["name"], listed["state"], listed["trouble"]) == ("sepidar", "active", "")
    assert listed["grants"][0]["accepted"]
    # Its card once more, after it moved say: what was settled stays, and so does its name.
    again = meet(house, home, "sepidar", addresses["home"])
    other = meet(house, home, "other", addresses["home"])
    (listed,) = json.loads(partner(house, "list", "--json").out)
    assert (again.code, other.code, "is called sepidar here" in other.err) == (0, 1, True)
    assert (listed["follows_rules"], listed["most_entries"]) == (False, 5000)
    assert listed["set_aside"] == {}


def test_card_of_another_key_than_answers_is_refused(
    house: House, home: House, addresses: dict[str, str]
) -> None:
    wrong = f"goftogu-partner {house.door.instance_did} {addresses['reader']}"
    mixed = f"goftogu-partner {AVA.root} {addresses['home']}"

    own, other = partner(house, "add", "own", wrong), partner(house, "add", "sepidar", mixed)

    assert (own.code, other.code) == (2, 1)
    assert "another instance answers" in other.err.lower()
    assert partner(house, "list").out == b""


@pytest.mark.parametrize("card", ["", "hello", "goftogu-partner did:key:z6Mk http://a", "x y z"])
def test_what_is_no_card_is_refused_with_a_sentence(house: House, card: str) -> None:
    done = partner(house, "add", "sepidar", card)

    assert done.code == 1
    assert "Traceback" not in done.err
    assert "key" in done.err


def test_what_cannot_be_meant_is_refused_with_a_sentence(house: House, home: House) -> None:
    neighbours.introduce(home, house, "reader")

    answers = [
        partner(home, "card", "nonsense"),
        partner(home, "offer", "reader", "water", "--until", "2020-01-01"),
        partner(home, "offer", "nobody", "water"),
        partner(home, "accept", "reader"),
    ]

    assert [answer.code for answer in answers] == [2, 2, 1, 0]
    told = ("https://forum.example", "has come", "No partner is called so here", "offers nothing")
    assert [words in answer.err for words, answer in zip(told, answers, strict=True)] == [True] * 4
    assert answers[0].out == b""
    (listed,) = json.loads(partner(home, "list", "--json").out)
    assert not listed["grants"]


def test_offer_of_the_past_is_accepted_by_nobody(house: House, home: House) -> None:
    partners_home = neighbours.introduce(house, home, "sepidar")
    reader = neighbours.introduce(home, house, "reader")
    neighbours.grant(home, reader, [WATER], Right.READ)
    neighbours.pull(house, partners_home, home)
    advance(house, 366 * DAY_S)

    with house.db.write() as work:
        accepted = partners.accept(work, house.door, partners_home)

    assert not accepted


def test_rights_over_one_board_end_alone(
    house: House, home: House, addresses: dict[str, str]
) -> None:
    publish(home, factories.board(FIRE, home=home.keys["instance"]))
    meet(house, home, "sepidar", addresses["home"])
    meet(home, house, "reader", addresses["reader"])
    partner(home, "offer", "reader", "water", "fire", "--rights", "read")
    catch_up(home)
    for words in ("sync", "accept", "sync"):
        partner(house, words, *(["sepidar"] if words == "accept" else []))

    unknown = partner(house, "remove", "sepidar", "--board", "square")
    ended = partner(house, "remove", "sepidar", "--board", "sepidar-water")

    assert (unknown.code, ended.code) == (1, 0), (unknown.err, ended.err)
    listed = partner(house, "list").out.decode()
    assert "sepidar-fire\tread" in listed
    assert "sepidar-water" not in listed
    assert listed.startswith("sepidar\tactive")


def test_partnership_that_ended_brings_nothing_more(
    house: House, home: House, addresses: dict[str, str]
) -> None:
    neighbours.befriend(house, home, "sepidar", WATER)
    ended = partner(house, "remove", "sepidar")
    note = factories.note(AVA, board=WATER)
    publish(home, factories.card(AVA), note)

    synced = partner(house, "sync", "sepidar")

    assert (ended.code, synced.code) == (0, 1)
    assert addresses
    with pytest.raises(AssertionError):
        require_post(house, note)
