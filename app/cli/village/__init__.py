"""The village: a made-up forum that gives every page something true to show.

Texts stand in the JSON files beside this one. Its keys come from the slugs of its people, so that
two villages are alike: never a place for real personas, and refused where boards exist already.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from app import forum, identity, site, wiring, worker
from app.cli.output import progress
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import decode_did, encode_did, fingerprint
from app.crypto.sealing import Passphrase
from app.crypto.seed import Seed
from app.kernel.clock import DAY_S, HOUR_S, FixedClock, Instant, SystemClock, day_of
from app.kernel.errors import ConflictError
from app.records.codec import encode_nonce
from app.records.model import Custody
from app.settings import Settings

from . import readers
from .consultations import consult, look_at_votes
from .hearings import list_steps

_FOUNDED_DAYS_AGO: Final = 60
_STEWARDS: Final = ("qanat", "quai")
_INVITED: Final = ("bus", "suitcases", "gull", "kettle")
_INVITERS: Final = ("qanat", "quai", "gull", "kettle")
_FIRST_READERS: Final = 4
"""So many come with a steward's invitations of the first month, the others with this month's."""


class VillageTakenError(ConflictError):
    """The instance has boards already: the village is for empty ones."""

    code = "village-taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens in the village on a day."""

    days_ago: int
    order: int
    what: str
    post: dict[str, Any]
    thread: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Villager:
    """One of its people."""

    name: str
    key: SigningKey
    custody: Custody


def settle(settings: Settings) -> list[tuple[str, str]]:
    """Fill an instance with the village; return demo log-ins as (name, passphrase).

    Raises:
        VillageTakenError: it has boards already.

    """
    present = SystemClock().now()
    clock = FixedClock(present)
    house = wiring.open_house(settings, clock=clock)
    with house.db.read() as work:
        if forum.list_boards(work):
            raise VillageTakenError("this instance has boards already")
    _go_to(clock, present, _FOUNDED_DAYS_AGO)
    people, logins = _people(house)
    roots = readers.come(house, _read("readers"), _seed, _nonce)
    boards = _boards(house)
    _invite(house)
    readers.answer_for(house, roots[:_FIRST_READERS], [_root(_STEWARDS[1])])
    events = sorted(_events(), key=lambda event: (-event.days_ago, event.order))
    waiting = sorted(_read("consultations"), key=lambda item: -item["days_ago"])

    def author(slug: str) -> tuple[SigningKey, Custody]:
        return people[slug].key, people[slug].custody

    steps, exchanges = list_steps(house, clock, boards, author, _root, _nonce)
    with progress("village", len(events)) as advance:
        for event in events:
            while steps and steps[0][0] > event.days_ago:
                days_ago, step = steps.pop(0)
                clock.instant = max(clock.instant, _early(present, days_ago))
                step()
            while waiting and waiting[0]["days_ago"] > event.days_ago:
                clock.instant = max(clock.instant, _early(present, waiting[0]["days_ago"]))
                consult(house, clock, waiting.pop(0), boards, author, _nonce)
            _go_to(clock, present, event.days_ago)
            _happen(house, event, people, boards)
            clock.advance(2 * HOUR_S)
            worker.tick(house)
            advance()
    ids = _records_on(readers.BOARD, people)
    notes = readers.say_context(house, clock, ids, author, _nonce)
    # This month's key as well, so that nobody who looks around has to wait for the worker.
    clock.instant = present
    worker.open_issuers(house)
    readers.answer_for(house, roots[_FIRST_READERS:], [_root(slug) for slug in _INVITERS])
    readers.rate_all(house, roots, ids, notes)
    for exchange in exchanges:
        exchange.finish(roots)
    look_at_votes(house)
    house.db.close()
    return logins


def _people(house: wiring.House) -> tuple[dict[str, Villager], list[tuple[str, str]]]:
    people: dict[str, Villager] = {}
    logins: list[tuple[str, str]] = []
    for person in _read("personas"):
        seed = _seed(person["slug"])
        custody = Custody(person["custody"])
        people[person["slug"]] = Villager(
            name=person["name"], key=seed.posting_key(), custody=custody
        )
        with house.db.write() as work:
            if person["login"]:
                passphrase = f"{person['slug']} demo passphrase"
                new = identity.prepare_persona(
                    work.randomness, person["name"], Passphrase(passphrase)
                )
                new = replace(new, entropy=seed.entropy())
                identity.register_persona(work, house.door, new, day_of(work.now))
                logins.append((person["name"], passphrase))
            elif person["card"]:
                nonce = _nonce("card", person["slug"])
                raw = identity.make_card(seed, person["name"], custody, day_of(work.now), nonce)
                house.door.submit(work, raw)
        worker.tick(house)
    return people, logins


def _invite(house: wiring.House) -> None:
    """Let a steward invite some of the village, who may invite others by now."""
    worker.open_issuers(house)
    for steward in _STEWARDS:
        mark = fingerprint(decode_did(_root(steward)))
        with house.db.write() as work:
            identity.grant_stewardship(work, mark)
    for invited in _INVITED:
        with house.db.write() as work:
            named, key = site.list_issuers(work), house.keys["instance"]
            invitation = identity.make_invitation(work, key, _root(_STEWARDS[0]), named=named)
            identity.redeem_invitation(work, _root(invited), invitation)


def _boards(house: wiring.House) -> dict[str, forum.Board]:
    boards = {}
    for item in _read("boards"):
        # The board's key founds it and is gone with this loop, as DESIGN.md §2 asks of founders.
        key = SigningKey(_secret("board", item["slug"]))
        with house.db.write() as work:
            board = forum.Board(
                did=encode_did(key.public),
                slug=item["slug"],
                fingerprint=fingerprint(key.public),
                name=item["name"],
                purpose=item["purpose"],
                rules=item["rules"],
                tick_s=item["tick"],
                openers=forum.Openers.ANYONE,
                founded_on=day_of(work.now),
                home=house.door.instance_did,
            )
            boards[item["slug"]] = forum.found_board(
                work, house.door, board, key, house.keys["instance"]
            )
        worker.tick(house)
    return boards


def _events() -> Iterator[Event]:
    order = 0
    for name in _thread_files():
        for thread in _read(name):
            for post in thread["posts"]:
                for what in ("post", "revise", "erase"):
                    if what == "post" or what in post:
                        order += 1
                        days = post["days_ago"] if what == "post" else post[what]["days_ago"]
                        yield Event(days_ago=days, order=order, what=what, post=post, thread=thread)


def _happen(
    house: wiring.House,
    event: Event,
    people: dict[str, Villager],
    boards: dict[str, forum.Board],
) -> None:
    post, board = event.post, boards[event.thread["board"]]
    author = people[post["by"]]
    with house.db.write() as work:
        nonce, day = _nonce(event.what, post["slug"]), day_of(work.now)
        ids = {slug: _record_id(people, event.thread, slug) for slug in _slugs(event.thread)}
        draft = forum.Draft(
            text=forum.Text(
                language=post["language"],
                markdown=(post["revise"] if event.what == "revise" else post).get("text", ""),
                title=post.get("title"),
            ),
            board=board.did,
            reply_to=ids[post["reply_to"]] if post.get("reply_to") else None,
            quotes=tuple(ids[slug] for slug in post.get("quotes", ())),
            custody=author.custody,
        )
        known = forum.find_post(work, record_id=ids[post["slug"]])
        if event.what == "post" or known is None:
            raw = forum.sign_post(author.key, draft, nonce=nonce, day=day)
        elif event.what == "revise":
            raw = forum.sign_revision(author.key, draft, known, nonce=nonce, day=day)
        else:
            raw = forum.sign_erasure(author.key, known, author.custody, nonce=nonce, day=day)
        house.door.submit(work, raw)


def _record_id(people: dict[str, Villager], thread: dict[str, Any], slug: str) -> str:
    by = next(post["by"] for post in thread["posts"] if post["slug"] == slug)
    return f"ap://{encode_did(people[by].key.public)}/objects/{_nonce('post', slug)}"


def _records_on(board: str, people: dict[str, Villager]) -> dict[str, str]:
    """Return the ids of the posts on a board, by their slugs."""
    threads = [each for name in _thread_files() for each in _read(name) if each["board"] == board]
    return {slug: _record_id(people, thread, slug) for thread in threads for slug in _slugs(thread)}


def _slugs(thread: dict[str, Any]) -> list[str]:
    return [post["slug"] for post in thread["posts"]]


def _go_to(clock: FixedClock, present: Instant, days_ago: int) -> None:
    """Set the clock to the early hours of a day."""
    clock.instant = _early(present, days_ago)


def _early(present: Instant, days_ago: int) -> Instant:
    return Instant(present - present % DAY_S - days_ago * DAY_S)


def _seed(slug: str) -> Seed:
    return Seed(_secret(slug)[:16])


def _root(slug: str) -> str:
    return encode_did(_seed(slug).root_key().public)


def _secret(*parts: str) -> bytes:
    return sha256("/".join(("goftogu village", *parts)).encode()).digest()


def _nonce(*parts: str) -> str:
    return encode_nonce(_secret("nonce", *parts)[:16])


def _thread_files() -> list[str]:
    boards = [board["slug"] for board in _read("boards")]
    names = [
        file.name.removesuffix(".json")
        for file in files(__package__).iterdir()
        if file.name.startswith("threads-")
    ]
    return sorted(names, key=lambda name: (boards.index(name.split("-")[1]), name))


def _read(name: str) -> list[dict[str, Any]]:
    text = files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return list(json.loads(text))
