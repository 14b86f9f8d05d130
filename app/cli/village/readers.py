"""The village's readers: people who write nothing, and say what helps them.

So many of them are answered for that a board has two sides, and with them an order of common
ground; they also rate readers' context. What helps whom follows from names: two villages are alike.
"""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from app import forum, identity, opinion, site, worker
from app.crypto.multikey import encode_did
from app.crypto.seed import Seed
from app.kernel.clock import HOUR_S, FixedClock, day_of
from app.opinion.jobs.ground import GroundKeeper
from app.records.model import Custody
from app.wiring import House

from .consultations import Author, Nonce

BOARD: Final = "water"
_CONTEXT: Final = (
    # The post that it is about, who says it, and whether enough have rated it.
    (
        "dam-1", "tributary", "en", True,
        "The minutes of the dam give other numbers for that summer: <https://example.org/minutes>.",
    ),
    (
        "lake-1", "kettle", "en", False,
        "The level is measured every month: <https://example.org/levels>.",
    ),
)  # fmt: skip
_SEEN: Final = 85
"""Of a hundred posts, so many a reader rates."""
_SWAYED: Final = 10
"""Of a hundred ratings, so many are not what a reader's side says."""
_FEW: Final = 3


def come(
    house: House, people: list[dict[str, Any]], seed_of: Callable[[str], Seed], nonce: Nonce
) -> list[str]:
    """Let readers come, with nobody who answers for them yet; return their roots."""
    for person in people:
        with house.db.write() as work:
            card = identity.make_card(
                seed_of(person["slug"]), person["name"], Custody.DEVICE, day_of(work.now),
                nonce("card", person["slug"]),
            )  # fmt: skip
            house.door.submit(work, card)
    worker.tick(house)
    return [encode_did(seed_of(person["slug"]).root_key().public) for person in people]


def answer_for(house: House, readers: list[str], inviters: list[str]) -> None:
    """Let those who may invite invite the readers, each as many as the others."""
    for at, reader in enumerate(readers):
        with house.db.write() as work:
            named, key = site.list_issuers(work), house.keys["instance"]
            inviter = inviters[at % len(inviters)]
            invitation = identity.make_invitation(work, key, inviter, named=named)
            identity.redeem_invitation(work, reader, invitation)


def say_context(
    house: House, clock: FixedClock, ids: Mapping[str, str], author: Author, nonce: Nonce
) -> dict[bytes, bool]:
    """Propose context; return the notes, and whether enough are to rate each."""
    notes: dict[bytes, bool] = {}
    for about, by, language, is_rated, words in _CONTEXT:
        key, custody = author(by)
        with house.db.write() as work:
            post = forum.find_post(work, record_id=ids[about])
            if post is None:
                continue
            draft = forum.Draft(
                text=forum.Text(language=language, markdown=words),
                board=post.board,
                reply_to=post.record_id,
                quotes=(),
                custody=custody,
                kind=forum.PostKind.CONTEXT,
                about=post.version.digest,
            )
            raw = forum.sign_post(key, draft, nonce=nonce("context", about), day=day_of(work.now))
            notes[house.door.submit(work, raw).digest] = is_rated
    clock.advance(2 * HOUR_S)
    worker.tick(house)
    return notes


def rate_all(
    house: House, readers: list[str], ids: Mapping[str, str], notes: Mapping[bytes, bool]
) -> None:
    """Rate the posts of a board and the context there, and order what came of it."""
    key = house.marks_key
    with house.db.write() as work:
        found = (forum.find_post(work, record_id=record) for record in ids.values())
        posts = [post for post in found if post is not None and post.number and post.has_words]
        for at, reader in enumerate(readers):
            for post in posts:
                if _draw(post.record_id, "seen", str(at)) < _SEEN:
                    opinion.rate(work, key, reader, post, _say(post.record_id, at))
            for note, is_rated in notes.items():
                if is_rated or at < _FEW:
                    context = forum.get_post(work, note)
                    opinion.rate(work, key, reader, context, opinion.Helps.YES, reason="sources")
    for act in _list_due(house):
        act()


def _list_due(house: House) -> Iterator[Callable[[], object]]:
    yield from GroundKeeper(house.db, house.marks_key).list_due()
    yield from opinion.NoteKeeper(house.db, house.marks_key).list_due()


def _say(post: str, reader: int) -> opinion.Helps:
    """Return what a reader says: a third of the posts help all, the others one side each."""
    third = _draw(post, "third") % 3
    helps = third == 0 or third - 1 == reader % 2
    if _draw(post, "swayed", str(reader)) < _SWAYED:
        helps = not helps
    return opinion.Helps.YES if helps else opinion.Helps.NO


def _draw(*of: str) -> int:
    """Return a number under a hundred that follows from what it is about."""
    return int.from_bytes(sha256("/".join(("goftogu village", *of)).encode()).digest()[:4]) % 100
