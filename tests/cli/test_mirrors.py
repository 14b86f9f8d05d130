"""`goftogu mirrors`: what the host's card lists."""

from pathlib import Path

import pytest
from app.kernel.errors import MalformedError
from app.site.rules import MOST_CARD_BYTES, parse_mirror

from tests.cli.command import goftogu


def mirrors(data: Path, *words: str) -> tuple[int, str]:
    done = goftogu("mirrors", *words, data=data)
    return done.code, done.out.decode() + done.err


def test_mirrors_are_added_listed_and_removed(data: Path) -> None:
    assert "`goftogu mirrors add ADDRESS`" in mirrors(data, "list")[1]
    assert mirrors(data, "add", "https://one.example/goftogu/")[0] == 0
    assert mirrors(data, "add", "http://two.example")[0] == 0
    assert mirrors(data, "add", "https://one.example/goftogu")[0] == 0
    assert mirrors(data, "list") == (0, "https://one.example/goftogu\nhttp://two.example\n")

    assert mirrors(data, "remove", "https://one.example/goftogu")[0] == 0
    assert mirrors(data, "list") == (0, "http://two.example\n")


def test_mirror_that_is_not_listed_cannot_be_removed(data: Path) -> None:
    code, words = mirrors(data, "remove", "https://one.example")

    assert code == 1
    assert "does not list this mirror" in words


def test_card_stays_small_enough_to_scan(data: Path) -> None:
    listed = 0
    while (done := mirrors(data, "add", f"https://{'m' * 150}.example/{listed}"))[0] == 0:
        listed += 1

    assert listed >= 2
    assert f"{MOST_CARD_BYTES} fit into its QR code" in done[1]
    assert len(mirrors(data, "list")[1].splitlines()) == listed


@pytest.mark.parametrize(
    "address",
    [
        "", "mirror.example", "ftp://mirror.example", "https://", "https:///x", "//mirror.example",
        "https://user:word@mirror.example", "https://mirror.example/?a", "https://mirror.example/#a",
        "https://mirror.example?", "https://mirror.example:x", "https://mirror.example/a b",
        "https://mirror.example/\n", "https://آب.example", "javascript:alert(1)",
        "https://" + "m" * 200, "https://[::1", "/srv/mirror", "http://short.onion",
        "http://" + "a" * 55 + "1.onion", "http://.onion",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(MalformedError):
        parse_mirror(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://m.example",
        "http://" + "a" * 56 + ".onion",
        "http://mirror." + "a" * 56 + ".onion/x",
        "http://[::1]:8000/x",
        "https://m.x/a/b",
    ],
)
def test_addresses_are_listed_without_a_slash_at_the_end(address: str) -> None:
    assert parse_mirror(f"{address}/") == parse_mirror(address) == address
