"""The order of posts: the least side decides, and anyone comes to the same bytes."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
import rfc8785
from app.kernel import strict_json
from app.kernel.errors import MalformedError, VerificationError
from app.opinion.maths.ranking import Heard, encode_order, order_posts, verify_order
from hypothesis import given
from hypothesis import strategies as st

A, B, C, D = (f"{n:064x}" for n in (10, 11, 12, 13))
_sides = st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda n: Heard(n[0], n[0] + n[1]))
_heard = st.integers(1, 4).flatmap(
    lambda size: st.dictionaries(
        st.integers(0, 2**256 - 1).map("{:064x}".format), st.lists(_sides, min_size=size, max_size=size), max_size=8
    )
)  # fmt: skip


def test_side_that_it_helps_least_decides() -> None:
    places = order_posts(
        {
            A: [Heard(900, 900), Heard(0, 100)],
            B: [Heard(7, 10), Heard(6, 10)],
            C: [Heard(8, 10), Heard(6, 10)],
            D: [Heard(0, 0), Heard(0, 0)],
        }
    )

    assert [place.digest for place in places] == [C, B, D, A]
    assert places[0].least == Fraction(7, 14)
    assert places[2].least == Fraction(1, 4)


def test_equal_posts_stand_by_their_digests() -> None:
    equal = [Heard(3, 5), Heard(2, 5)]

    assert [place.digest for place in order_posts({B: equal, A: equal, C: equal[::-1]})] == [
        A,
        B,
        C,
    ]


def test_few_raters_are_not_enough_for_the_top() -> None:
    places = order_posts({A: [Heard(1, 1), Heard(1, 1)], B: [Heard(9, 10), Heard(8, 10)]})

    assert places[0].digest == B


@given(_heard, st.randoms())
def test_order_of_what_comes_in_decides_nothing(
    heard: dict[str, list[Heard]], randomness: Random
) -> None:
    mixed = sorted(heard.items(), key=lambda _: randomness.random())
    turned = {digest: sides[::-1] for digest, sides in mixed}

    assert order_posts(dict(mixed)) == order_posts(heard)
    assert [place.digest for place in order_posts(turned)] == [
        place.digest for place in order_posts(heard)
    ]


@given(_heard, st.data())
def test_more_help_never_sinks_a_post(heard: dict[str, list[Heard]], data: st.DataObject) -> None:
    if not heard:
        return
    digest = data.draw(st.sampled_from(sorted(heard)))
    side = data.draw(st.integers(0, len(heard[digest]) - 1))
    more = {**heard, digest: list(heard[digest])}
    more[digest][side] = Heard(heard[digest][side].helps + 1, heard[digest][side].ratings + 1)
    before, after = ([place.digest for place in order_posts(each)] for each in (heard, more))

    assert after.index(digest) <= before.index(digest)


@given(_heard)
def test_anyone_comes_to_the_same_bytes(heard: dict[str, list[Heard]]) -> None:
    raw = encode_order(order_posts(heard))

    assert verify_order(raw) == order_posts(heard)
    assert raw == rfc8785.dumps(strict_json.decode(raw))


def test_order_that_its_counts_do_not_lead_to_is_refused() -> None:
    places = order_posts({A: [Heard(3, 5)], B: [Heard(2, 5)]})
    swapped = places[::-1]
    better = (replace(places[0], least=Fraction(5, 9)), places[1])
    twice = (places[0], places[0])

    for false in (swapped, better, twice):
        with pytest.raises(VerificationError):
            verify_order(encode_order(false))
    with pytest.raises(VerificationError):
        verify_order(encode_order(places).replace(b'"ratings":4', b'"ratings":5'))


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b'{"posts":1}', b'{"posts":[1]}', b'{"posts":[{"digest":1,"sides":[]}]}',
     b'{"posts":[{"digest":"aa","sides":[[1,2]]}]}', b'{"posts":[{"digest":"' + A.encode() + b'","sides":[]}]}',
     b'{"posts":[{"digest":"' + A.encode() + b'","sides":[[2,1]]}]}', b'{"posts":[{"digest":"' + A.encode() + b'","sides":[[true,2]]}]}',
     b'{"posts":[{"digest":"' + A.encode() + b'","sides":[[1,true]]}]}',
     b'{"posts":[{"digest":"' + A.encode() + b'","sides":[["1","2"]]}]}', b'{"posts":[{"digest":"' + A.encode() + b'","sides":[[1]]}]}'],
)  # fmt: skip
def test_bytes_that_are_no_order_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        verify_order(raw)


def test_counts_that_cannot_be_are_refused() -> None:
    for helps, ratings in ((-1, 2), (3, 2), (0, 10**9 + 1)):
        with pytest.raises(MalformedError):
            Heard(helps, ratings)
    rated = [Heard(1, 1)]
    wrong: list[dict[str, list[Heard]]]
    wrong = [{A: []}, {A: rated, B: rated * 2}, {"A" * 64: rated}, {A + "\n": rated}]
    for heard in wrong:
        with pytest.raises(MalformedError):
            order_posts(heard)


def test_no_posts_are_an_order() -> None:
    assert order_posts({}) == ()
    assert verify_order(encode_order(())) == ()
