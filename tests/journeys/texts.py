"""Real texts, and texts that are hard to set, written before the pages are looked at.

The real ones are the Universal Declaration of Human Rights in four languages. The hard ones are
what people type one day: words without end, addresses, code, two directions in a line.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app import forum
from app.identity import store
from app.identity.rules.cohorts import cohort_of
from app.kernel.clock import SystemClock, day_of
from app.wiring import House

from tests.factories import LIVE, Person, card, digest_of, erasure, note, person
from tests.houses import open_at, submit
from tests.vectors import read_json

from .instance import Instance

_SHOWN_S: Final = 20.0
_POLL_S: Final = 0.1
_BOARD: Final = "declaration"
_NAMES: Final = (
    "رؤیا",
    "Heliotropwolkenkuckucksheimbewohnerinnen",
    "کتابخانهٔ روبه‌روی ایستگاه (شعبهٔ ۲)",
    "l’ami·e de 15 h 30",
)
_LANGUAGES: Final = ("fa", "en", "fr", "ar")
_ARTICLES: Final = 14
_TITLES: Final = (
    ("fa", "نسخهٔ ۱۴٫۵ از Tor Browser روی Android: چرا «New Identity» (جاروی کنار نشانی) برای https://example.org/fa/ کار نمی‌کند؟"),
    ("en", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft: one word, and no place to break it"),
    ("fr", "Que répondre à « ce n’est qu’une opinion » ?"),
)  # fmt: skip
_MIXED: Final = """نسخهٔ ۱۴٫۵ از Tor Browser را از https://www.torproject.org/fa/download/ گرفتم و `apt-get install tor` هم زدم. خطا این بود: «connection refused (111)». در README.md نوشته‌اند *بعد* از bootstrap باید ۱۰۰٪ ببینید؛ **من ۴۵٪ می‌بینم**.

- obfs4 (پل)
- Snowflake؛ با 3G کُند است
  - حتی شب‌ها
- webtunnel

1. اول پل را پاک کنید.
2. بعد دوباره بسازید.

> «Connection refused» یعنی کسی پشت در نیست.
>
> > و این نقل در نقل است."""
_LONG: Final = f"""https://archive.example/{"a-very-long-way/" * 9}?page=1#p9

Pneumonoultramicroscopicsilicovolcanoconiosispneumonoultramicroscopicsilicovolcanoconiosis.

## A heading that somebody put into a post

```
curl --proxy socks5h://127.0.0.1:9050 --output checkpoint http://{"example" * 8}.onion/tlog/checkpoint
```

She wrote «سلام، حالتان چطور است؟» and left; then `x = y if z else w`, then 10⁻³ · 5 °C.

---

End."""
_HARD: Final = (("fa", _MIXED), ("en", _LONG), ("fa", "آ" * 150), ("fr", "Oui."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Paths without their language."""

    board: str
    declaration: str
    """A thread of real texts in four languages."""
    hard: str
    """A thread whose posts are hard to set."""
    erased: str
    """A thread whose posts are all erased."""
    erased_post: str
    author: str
    """The page of a persona whose name is one long word."""


def write_texts(instance: Instance) -> Texts:
    """Found a board and write all of them there; return where they are, once all can be read."""
    house = open_at(instance.data, SystemClock())
    people = [person(name) for name in _NAMES]
    day = day_of(house.clock.now())
    submit(house, *(card(one, day=day) for one in people))
    with house.db.write() as work:
        for one in people:
            store.add_invited(work, one.root, cohort_of(day))
    _found_board(house)

    declaration = read_json("udhr/declaration.json")
    said = [(code, declaration[code]["parts"]) for code in _LANGUAGES]
    real = [(said[n % 4][0], said[n % 4][1][n]) for n in range(_ARTICLES)]
    threads = [
        _write(house, instance, people, [("fa", declaration["fa"]["title"]), *real]),
        *(
            _write(house, instance, people[turn:] + people[:turn], [title, *posts])
            for turn, (title, posts) in enumerate(
                zip(_TITLES, (_HARD, _HARD[1:2], _HARD[3:]), strict=True)
            )
        ),
        _write(house, instance, people, [("en", declaration["en"]["title"]), *_HARD[:2]]),
        _write(house, instance, people, [("fr", declaration["fr"]["title"]), *_HARD[3:]]),
    ]
    for turn, posts in ((0, threads[-2]), (0, threads[-1])):
        for number, post in enumerate(posts):
            submit(house, erasure(people[(turn + number) % len(people)], post, day=day))
    with house.db.read() as work:
        ids = [forum.find_post(work, digest=digest_of(posts[0])) for posts in threads]
    house.db.close()
    paths = [f"/t/{post.thread}" for post in ids if post is not None]
    return Texts(
        board=f"/b/{_BOARD}",
        declaration=paths[0],
        hard=paths[1],
        erased=paths[-2],
        erased_post=f"/p/{digest_of(threads[-2][0]).hex()}",
        author=f"/persona/{people[1].mark.replace(' ', '')}",
    )


def _found_board(house: House) -> None:
    board = forum.Board(
        did=LIVE.did,
        slug=_BOARD,
        fingerprint="",
        name={"fa": "اعلامیه", "en": "The Declaration", "fr": "La Déclaration"},
        purpose={
            "fa": "سی ماده، به چهار زبان؛ و هر چه چیدنش دشوار است.",
            "en": "Thirty articles in four languages, and whatever is hard to set.",
            "fr": "Trente articles en quatre langues, et tout ce qui est difficile à composer.",
        },
        rules={
            "fa": "- هر نوشته یک ماده.\n- آنچه نقل می‌شود، کامل نقل شود.",
            "en": "- One article to a post.\n- Whatever is quoted is quoted whole.",
            "fr": "- Un article par message.\n- Ce qui est cité l’est en entier.",
        },
        tick_s=LIVE.tick_s,
        openers=forum.Openers.ANYONE,
        founded_on=day_of(house.clock.now()),
        home=house.door.instance_did,
    )
    with house.db.write() as work:
        forum.found_board(work, house.door, board, LIVE.key, house.keys["instance"])


def _write(
    house: House,
    instance: Instance,
    people: Sequence[Person],
    texts: Sequence[tuple[str, str]],
) -> list[bytes]:
    """Open a thread under the first text as its title, and answer with the others, in turns."""
    (_, title), *posts = texts
    day = day_of(house.clock.now())
    raws: list[bytes] = []
    for number, (language, text) in enumerate(posts):
        raw = note(
            people[number % len(people)],
            board=LIVE,
            title=title,
            reply_to=raws[0] if raws else None,
            text=text,
            language=language,
            day=day,
        )
        submit(house, raw)
        raws.append(raw)
        if number == 0:
            _wait_for(instance, raw)
    _wait_for(instance, raws[-1])
    return raws


def _wait_for(instance: Instance, raw: bytes) -> None:
    deadline = time.monotonic() + _SHOWN_S
    path = f"/en/p/{digest_of(raw).hex()}"
    while instance.get(path)[0] != 200:
        assert time.monotonic() < deadline, "it was never shown"
        time.sleep(_POLL_S)
