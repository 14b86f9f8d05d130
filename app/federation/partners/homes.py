"""Whose board a place is on, for pages and forms of a copy."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Final

from app import forum, records
from app.db import EVERYTHING, Work
from app.forum import Board
from app.kernel import strict_json
from app.kernel.clock import HOUR_S, Instant, day_of
from app.kernel.errors import NotFoundError
from app.records.codec import actor_did
from app.records.model import StoredRecord
from app.web.at_home import PARTNERS
from app.web.pages import CarriedLine, ErasedLine, FormerHomeLine, HomeLine

from . import receipts, store
from .errors import PartnerFrozenError
from .model import PartnerState, Right

_LOOK_AGAIN_S: Final = 10
"""Another process may have met a partner in between."""


class Homes:
    """Knows whether any board here is a copy, so that an instance without looks up nothing."""

    def __init__(self, own_did: str, read: Callable[[], AbstractContextManager[Work]]) -> None:
        """Know which key is this instance's."""
        self._own_did = own_did
        self._read = read
        self._has_replicas = False
        self._looked_at = 0

    def hear(self, changed: set[str]) -> None:
        """Look again once a partner or a board changed."""
        if changed & {EVERYTHING, PARTNERS, forum.FRONT}:
            self._looked_at = 0

    def has_replicas(self, now: Instant) -> bool:
        """Return whether any board's home is elsewhere, as far as was looked lately."""
        if not self._looked_at <= now < self._looked_at + _LOOK_AGAIN_S:
            with self._read() as work:
                self._has_replicas = forum.has_boards_elsewhere(work, self._own_did)
            self._looked_at = now
        return self._has_replicas

    def find(self, work: Work, place: Mapping[str, str], *, over_onion: bool) -> HomeLine | None:
        """Return the home of what a path names, if that is another host.

        `place` has a board's short name as `slug`, a thread's id as `thread_id`, or the digest of a
        post or of an act as `digest`.
        """
        board, path = _find_place(work, place)
        if board is not None:
            home = board.home
        else:
            found = _find_record(work, place)
            home, path = (found.home or "", "") if found else ("", "")
        if not home or home == self._own_did:
            return None
        return self._line(work, home, board, path, over_onion=over_onion)

    def _line(
        self, work: Work, home: str, board: Board | None, path: str, *, over_onion: bool
    ) -> HomeLine | None:
        partner = store.find_partner(work, did=home)
        if partner is None:
            return None
        held = store.list_rights(work, giver=home, taker=self._own_did, day=day_of(work.now))
        heard_at = store.get_replica(work, home).heard_at
        name, onion = _say_of_card(work, home)
        address = partner.url.rstrip("/")
        if onion and (over_onion or address.endswith(".onion")):
            address = f"http://{onion}"
        # One that was taken over has another name there than where it comes from.
        is_known = board is not None and not store.was_taken_over(work, board.did)
        own_name = board.slug.removeprefix(f"{partner.name}-") if board and is_known else ""
        return HomeLine(
            name=name or partner.name,
            address=address,
            path=path or (f"/b/{own_name}" if own_name else "/"),
            is_carried=board is not None and Right.CARRY in held.get(board.did, frozenset()),
            is_believed=partner.state is PartnerState.ACTIVE,
            is_over=partner.state is PartnerState.RETIRED,
            heir=_find_heir(work, home, board) if board is not None else "",
            heard_at=None if heard_at is None else Instant(heard_at - heard_at % HOUR_S),
        )


def find_former_home(work: Work, board: str) -> FormerHomeLine | None:
    """Return where a board was before it was last taken over; None if it never was."""
    moves = store.list_moves(work, board)
    told = [
        (strict_json.decode(move.raw)["published"], digest, move.home is None)
        for digest in moves
        if (move := records.find_record(work, digest)) is not None and move.raw is not None
    ]
    if not told:
        return None
    published, digest, is_proven_here = max(told)
    did = moves[digest]
    partner = store.find_partner(work, did=did)
    return FormerHomeLine(
        name=_say_of_card(work, did)[0] or (partner.name if partner else did),
        address=partner.url.rstrip("/") if partner else "",
        day=date.fromisoformat(published[:10]),
        record=digest.hex(),
        is_proven_here=is_proven_here,
    )


def _find_heir(work: Work, home: str, board: Board) -> str:
    """Return the address of the host that a home left a board to, or nothing."""
    for _, raw in records.list_by_signers(work, [home], "Delete/instance"):
        for left in strict_json.decode(raw)["urn:goftogu:heirs"]:
            heir = store.find_partner(work, did=actor_did(left["home"]))
            if actor_did(left["board"]) == board.did and heir is not None:
                return heir.url.rstrip("/")
    return ""


def find_carried_line(work: Work, digest: bytes) -> CarriedLine | None:
    """Return how far a record is that was handed in here for a partner's board."""
    carried = store.find_carried(work, digest)
    if carried is None:
        return None
    partner = store.find_partner(work, did=carried.partner)
    if not carried.refusal and (partner is None or partner.state is not PartnerState.ACTIVE):
        # Whether it was handed over or not: what its log says is not read here any more.
        return CarriedLine(is_stopped=True, refusal=PartnerFrozenError.code)
    return CarriedLine(is_taken=carried.receipt is not None, refusal=carried.refusal)


def list_erased_lines(work: Work, post: bytes) -> tuple[ErasedLine, ...]:
    """Return which partners were asked to erase a post, and what they said."""
    return tuple(
        ErasedLine(
            host=asked.partner,
            confirmed_on=asked.confirmed_on,
            is_late=asked.confirmed_on is None and asked.due_at < work.now,
        )
        for asked in receipts.list_asked(work, post)
    )


def name_witnesses(work: Work) -> dict[str, str]:
    """Return by a witness's name which host runs it, where that is a partner."""
    return {
        each.witness_key.partition("+")[0]: _say_of_card(work, each.did)[0] or each.name
        for each in store.list_partners(work)
    }


def _find_place(work: Work, place: Mapping[str, str]) -> tuple[Board | None, str]:
    """Return the board that a path names, and the path of the same at its home."""
    if "slug" in place:
        return forum.find_board(work, slug=place["slug"]), ""
    try:
        if "thread_id" in place:
            thread = forum.get_thread(work, place["thread_id"])
            return forum.find_board(work, did=thread.board), f"/t/{thread.id}"
        post = forum.find_post(work, digest=_digest(place))
    except NotFoundError:
        return None, ""
    if post is None:
        return None, ""
    return forum.board_of(work, post), f"/p/{post.digest.hex()}"


def _find_record(work: Work, place: Mapping[str, str]) -> StoredRecord | None:
    return records.find_record(work, _digest(place)) if "digest" in place else None


def _digest(place: Mapping[str, str]) -> bytes:
    try:
        return bytes.fromhex(place.get("digest", ""))
    except ValueError:
        return b""


def _say_of_card(work: Work, did: str) -> tuple[str, str]:
    """Return what an instance's newest card here says: its name and its onion address."""
    cards = records.list_by_signers(work, [did], "Application")
    if not cards:
        return "", ""
    document = strict_json.decode(cards[-1][1])
    return str(document["name"]), str(document.get("urn:goftogu:onion", ""))
