"""Three instances with no way to each other but Tor: what it takes until all of them show the same.

Each is `goftogu serve --onion` in a namespace of the network of its own (`namespaces`); the Tor
network is our own, on the same machine. The figures are printed, and stand in benchmarks/README.md
with what ran beside them; the bars are those of the plan.
"""

import os
from functools import partial
from typing import Final

import pytest

from tests import factories
from tests.onion import namespaces
from tests.onion.three import WATER, Instance, seconds_until

pytestmark = [pytest.mark.nightly, pytest.mark.tor]

POSTS: Final = int(os.environ.get("GOFTOGU_TEST_POSTS", "10000"))
AN_HOUR_OF_POSTS: Final = 600
_AUTHORS: Final = 100
_ANSWERS: Final = 19
"""To each thread."""
_TEXT: Final = "آب رودخانه امسال زودتر از همیشه کم شد و کسی نگفت چرا؛ " * 5


def all_show(readers: list[Instance], post: bytes) -> bool:
    """Return whether each of some instances shows a post."""
    return all(each.shows(post) for each in readers)


def tell(figure: str, seconds: float, bar: float) -> None:
    """Print a figure, and require its bar."""
    print(f"\n{figure}: {seconds:.1f} s (bar {bar:g} s, load {os.getloadavg()[0]:.1f})")
    assert seconds <= bar


def made(count: int, day: str) -> list[bytes]:
    """Return threads with answers; of one `day` none is like another."""
    authors = [factories.person(f"Author {number}") for number in range(_AUTHORS)]
    posts: list[bytes] = []
    for number in range(count):
        opening = posts[number - number % (_ANSWERS + 1)] if number % (_ANSWERS + 1) else None
        posts.append(
            factories.note(
                authors[number % _AUTHORS],
                board=WATER,
                title=None if opening else f"آب {day} {number}",
                reply_to=opening,
                text=f"{_TEXT} {number}",
                language="fa",
            )
        )
    return posts


def test_no_instance_reaches_another_but_by_tor(three: list[Instance]) -> None:
    for number, each in enumerate(three):
        routes = namespaces.list_routes(each.inside)
        assert not any(route.startswith("default") for route in routes)
        assert sum("via" in route for route in routes) == 1
        for other in set(range(len(three))) - {number}:
            found = namespaces.try_to_reach(each.inside, namespaces.address_of(other), 8000)
            assert found == "OSError 101", found  # the network is unreachable
        assert namespaces.try_to_reach(each.inside, "127.0.0.1", 8000) == "connected"


def test_ten_thousand_posts_are_at_both_partners_within_five_minutes(three: list[Instance]) -> None:
    home, *readers = three
    home.stop()
    home.hand_in(made(POSTS, "first"), tick=True)
    count = home.count_posts()
    assert count >= POSTS

    home.start()
    took = seconds_until(lambda: all(each.count_posts() == count for each in readers), 900)

    tell(f"{POSTS} posts at both partners, from when their home can be found", took, 300)


def test_post_is_at_both_partners_within_half_a_minute_of_its_tick(three: list[Instance]) -> None:
    home, *readers = three
    slowest = 0.0
    for number in range(8):
        (post,) = made(1, f"steady {number}")
        home.hand_in([post])
        seconds_until(partial(home.shows, post), 30)
        took = seconds_until(partial(all_show, readers, post), 90)
        print(f"\na post: {took:.1f} s")
        slowest = max(slowest, took)

    tell("a post at both partners after its tick, the slowest of 8", slowest, 30)


def test_partner_that_was_off_for_an_hour_catches_up_within_two_minutes(
    three: list[Instance],
) -> None:
    home, ava, babak = three
    babak.stop()
    before = home.count_posts()
    hour = made(AN_HOUR_OF_POSTS, "hour")
    for start in range(0, AN_HOUR_OF_POSTS, 20):
        home.hand_in(hour[start : start + 20])
    seconds_until(lambda: home.count_posts() == before + len(hour), 120)
    seconds_until(lambda: ava.count_posts() == home.count_posts(), 120)

    babak.start(wait=False)
    took = seconds_until(lambda: babak.count_posts() == home.count_posts(), 600)

    tell(f"{AN_HOUR_OF_POSTS} posts of an hour off, from the start of its programs", took, 120)
