"""Puts somebody's lines into every field of a record that reaches a page; says where they show."""

from app.kernel.errors import AppError
from app.wiring import House

from tests.factories import (
    BoardKey,
    board,
    board_key,
    card,
    decode,
    digest_of,
    forged,
    note,
    person,
    update,
)
from tests.houses import release

LANGUAGES = ("fa", "en", "fr")
MAX_NAME = 40
MAX_TITLE = 200


def plant(house: House, payloads: tuple[str, ...]) -> list[str]:
    """Hand in boards, cards, posts and revisions that hold the payloads; return addresses to open.

    A field that refuses a payload (a name with a line break, say) is left as it was: the payload
    still comes in the others.
    """
    key = board_key("attacked")
    _hand_in(house, board(key, home=house.keys["instance"]))
    paths = ["/boards", "/latest", "/b/attacked", "/b/attacked?sort=new", "/b/attacked/feed.atom"]
    for number, payload in enumerate(payloads):
        paths += _plant_one(house, key, number, payload)
    release(house)
    return paths


def _plant_one(house: House, key: BoardKey, number: int, payload: str) -> list[str]:
    author = person(f"attacker {number}")
    paths = []
    if _hand_in(house, card(author, name=payload[:MAX_NAME].strip())):
        paths.append(f"/persona/{author.mark.replace(' ', '')}")
    if _hand_in(house, _attacked_board(house, number, payload)):
        paths.append(f"/b/board-{number}")
    opening = note(author, board=key, title=payload[:MAX_TITLE].strip(), text=payload)
    if not _hand_in(house, opening):
        opening = note(author, board=key, title="Water", text=payload)
        if not _hand_in(house, opening):
            return paths
    answer = note(author, board=key, reply_to=opening, text=payload)
    revision = update(author, opening, text=payload[::-1] + payload, title=decode(opening)["name"])
    _hand_in(house, answer)
    _hand_in(house, revision)
    digest = digest_of(opening).hex()
    thread = f"/t/{digest[:20]}"
    # Letters look the same on all of these; the live pages are opened for a few of them.
    followed = [f"{thread}/live", f"{thread}/live/0"] if number % 10 == 0 else []
    return [*paths, thread, *followed, f"{thread}/print", f"{thread}/feed.atom", f"/p/{digest}"]


def _attacked_board(house: House, number: int, payload: str) -> bytes:
    of = board_key(f"board-{number}")
    short = payload[:MAX_NAME].strip()
    fields = {
        "nameMap": {"en": short},
        "summaryMap": {"en": payload[:MAX_TITLE].strip()},
        "urn:goftogu:rulesMap": {"en": payload},
    }
    founded = board(of, home=house.keys["instance"])
    return forged(founded, of.key, lambda document: document.update(fields))


def _hand_in(house: House, raw: bytes) -> bool:
    try:
        with house.db.write() as work:
            house.door.submit(work, raw)
    except AppError:
        return False
    return True
