"""The village's hearings: officials by two signatures, charters, questions, and their choice.

Ministries and universities are made up, as the people are, and their keys follow from names.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from app import forum, hearings, identity, opinion, worker
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest
from app.db import Work
from app.hearings import Aim, Charter, DeclineCode, HallKeeper, QuestionState
from app.hearings.model import Attester, AttesterKind
from app.identity.model.ballots import BallotKind, VerifiedBallot
from app.kernel.clock import HOUR_S, FixedClock, day_of
from app.opinion import Vote
from app.records.codec import sign_record
from app.records.model import Custody
from app.wiring import House

from .exchanges import Exchange

_HOLDS: Final = timedelta(days=400)
_INVITED: Final = 30

Author = Callable[[str], tuple[SigningKey, Custody]]
Nonce = Callable[..., str]
Step = tuple[int, Callable[[], None]]


def list_steps(
    house: House,
    clock: FixedClock,
    boards: Mapping[str, forum.Board],
    author: Author,
    root_of: Callable[[str], str],
    nonce: Nonce,
) -> tuple[list[Step], list[Exchange]]:
    """Return what happens and how many days ago, the first first; and what came of each hearing."""
    steps, exchanges = list[Step](), list[Exchange]()
    for item in load_hearings():
        exchange = Exchange(house, clock, item, author, root_of(item["official"]), nonce)
        steps += _list_steps(house, clock, item, boards, author, nonce, exchange)
        exchanges.append(exchange)
    return sorted(steps, key=lambda step: -step[0]), exchanges


def _list_steps(
    house: House,
    clock: FixedClock,
    item: dict[str, Any],
    boards: Mapping[str, forum.Board],
    author: Author,
    nonce: Nonce,
    exchange: Exchange,
) -> list[Step]:
    place = dict[str, str]()

    def offer() -> None:
        opening = _say(house, item, boards, author, nonce, None)
        _show(house, clock)
        with house.db.write() as work:
            post = forum.get_post(work, opening)
            place.update(thread=post.thread, opening=post.record_id)
            _give_office(work, house, item, exchange.official, nonce)
            hearing = hearings.offer_hearing(
                work,
                house.door,
                forum.get_thread(work, post.thread),
                official=exchange.official,
                text=item["text"],
                language=item["language"],
                charter=_charter(work, item),
            )
            key, _ = author(item["official"])
            house.door.submit(work, hearings.sign_binding(work, key, hearing))
        _show(house, clock)

    def ask() -> None:
        _keep(house)
        for number, question in enumerate(item["questions"]):
            said = {**question, "slug": f"{item['slug']}-{number}"}
            digest = _say(house, said, boards, author, nonce, place["opening"], item["board"])
            exchange.posts[number] = digest
            _show(house, clock)
            if code := question.get("declined"):
                _decline(house, item, author, digest, DeclineCode(code))
        _vote(house, item, place["thread"])

    def choose() -> None:
        _keep(house)
        _show(house, clock)
        if item["lot"]:
            with house.db.write() as work:
                key, _ = author(item["official"])
                hearing = hearings.get_hearing(work, place["thread"])
                house.door.submit(work, hearings.sign_draw(work, key, hearing))
        _keep(house)
        _show(house, clock)

    days = (0, item["opens"], item["chooses"])
    first = item["offered_days_ago"]
    steps = [(first - after, step) for after, step in zip(days, (offer, ask, choose), strict=True)]
    return steps + [
        (first - each["after"], partial(exchange.happen, each)) for each in item["then"]
    ]


def load_hearings() -> list[dict[str, Any]]:
    """Return the hearings as they are written down."""
    text = files(__package__).joinpath("hearings.json").read_text(encoding="utf-8")
    return list(json.loads(text))


def _charter(work: Work, item: dict[str, Any]) -> Charter:
    today = day_of(work.now)
    return Charter(
        opens_on=today + timedelta(days=item["opens"]),
        chooses_on=today + timedelta(days=item["chooses"]),
        ends_on=today + timedelta(days=item["ends"]),
        languages=tuple(item["office"]["languages"]),
        excluded=tuple(item["excluded"]),
        top=item["top"],
        lot=item["lot"],
        aims=tuple(Aim(**aim) for aim in item["aims"]),
    )


def _give_office(work: Work, house: House, item: dict[str, Any], root: str, nonce: Nonce) -> None:
    day, office = day_of(work.now), item["office"]
    ministry, university = (
        _key(f"{name} of {item['slug']}") for name in ("ministry", "university")
    )
    until = (day + _HOLDS).isoformat()
    for key, kind, name, domain in (
        (ministry, AttesterKind.MINISTRY, office["institution"], office["domain"]),
        (university, AttesterKind.UNIVERSITY, item["university"], ""),
    ):
        did = encode_did(key.public)
        attester = Attester(did=did, kind=kind, name=name, domain=domain, checked_on=day)
        hearings.believe(work, attester)
    offered = sign_record(
        ministry,
        "Offer",
        {
            "object": f"ap://{root}/actor",
            "urn:goftogu:office": office,
            "urn:goftogu:until": until,
        },
        nonce=nonce("office", item["slug"]),
        day=day,
    )
    receipt = house.door.submit(work, offered)
    named = {
        "id": json.loads(offered)["id"],
        "digestMultibase": encode_digest(receipt.digest),
    }
    attested = sign_record(
        university,
        "Accept",
        {
            "object": named,
            "urn:goftogu:attests": item["university"],
            "urn:goftogu:until": until,
        },
        nonce=nonce("attest", item["slug"]),
        day=day,
    )
    house.door.submit(work, attested)


def _say(
    house: House,
    item: dict[str, Any],
    boards: Mapping[str, forum.Board],
    author: Author,
    nonce: Nonce,
    reply_to: str | None,
    board: str = "",
) -> bytes:
    key, custody = author(item["by"])
    words = item["text"] if reply_to else item["thread"]
    draft = forum.Draft(
        text=forum.Text(
            language=item["language"], markdown=words, title=None if reply_to else item["title"]
        ),
        board=boards[board or item["board"]].did,
        reply_to=reply_to,
        quotes=(),
        custody=custody,
        kind=forum.PostKind.QUESTION if reply_to else forum.PostKind.POST,
    )
    with house.db.write() as work:
        raw = forum.sign_post(key, draft, nonce=nonce("post", item["slug"]), day=day_of(work.now))
        return house.door.submit(work, raw).digest


def _decline(
    house: House, item: dict[str, Any], author: Author, digest: bytes, code: DeclineCode
) -> None:
    key, _ = author(item["official"])
    with house.db.write() as work:
        post = forum.get_post(work, digest)
        hearing = hearings.get_hearing(work, post.thread)
        declined = QuestionState.DECLINED
        raw = hearings.sign_decision(work, key, hearing, post, declined, code)
        house.door.submit(work, raw)


def _vote(house: House, item: dict[str, Any], thread: str) -> None:
    """Cast votes of people who are only ballots; some of them were drawn by lot."""
    shares = {each["text"].partition("\n")[0]: each["agree"] for each in item["questions"]}
    with house.db.write() as work:
        conversation = opinion.get_conversation(work, thread)
        for voter in range(item["voters"]):
            name = sha256(f"goftogu village/{item['slug']}/{voter}".encode()).hexdigest()
            kind = BallotKind.INVITED if voter < _INVITED else BallotKind.VOUCHED
            identity.admit_ballot(work, VerifiedBallot(name, conversation.record_id, kind))
            votes = {
                each.number: Vote.AGREE
                if _draw(name, each.text) < shares[each.text]
                else Vote.DISAGREE
                for each in opinion.list_asked(work, conversation.thread)
            }
            opinion.cast_votes(work, conversation, name, votes)


def _keep(house: House) -> None:
    keeper = HallKeeper(house.db, house.door, house.sequencer.published.root_at)
    worker.look_after(house, keeper)


def _show(house: House, clock: FixedClock) -> None:
    clock.advance(2 * HOUR_S)
    worker.tick(house)


def _key(of: str) -> SigningKey:
    return SigningKey(sha256(f"goftogu village/{of}".encode()).digest())


def _draw(name: str, of: str) -> int:
    return int.from_bytes(sha256(f"{name}/{of}".encode()).digest()[:4]) % 100
