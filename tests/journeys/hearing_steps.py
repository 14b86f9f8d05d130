"""The steps of a hearing, as those take them who are in it: links and forms, and no script.

Each function asserts what somebody would see.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from app import forum, hearings
from app.hearings import Found, service
from app.opinion.model import Vote

from tests import factories
from tests.factories import Person
from tests.hearings import hall as halls
from tests.hearings.answered import viewer_of
from tests.hearings.hall import Hall
from tests.hearings.officials import make_official
from tests.houses import invite, publish, release

from .chromium import ChromiumWindow
from .hall_town import AVA, BABAK, MINA, OMID, PARI, Town

LINK: Final = "https://water.example.org/weir"
WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "about": "What becomes of the river and its dams?",
        "aims": "People know the plan.\nNine of ten answers name a month.\n\nThe weir opens.\nThe gauge at the bridge.",
        "question": "When does the weir open?",
        "reasons": "It was shut all summer.",
        "draft": "In March, if it rains. We will open the weir by March.",
        "answer": "In March, even if it does not rain. We will open the weir by March.",
        "revised": "In April, even if it does not rain. We will open the weir by April.",
        "again": "And who opens it?",
        "second": "The basin office, in front of whoever comes.",
        "measure": "The gauge at the bridge shows it.",
        "theme": "Water",
        "seen": "The gauge stands at nothing.",
        "why": "The gauge shows it.",
    },
    "fa": {
        "about": "سرنوشت رود و سدهایش چه می‌شود؟",
        "aims": "مردم برنامه را می‌دانند.\nنه پاسخ از ده پاسخ ماهی را نام می‌برد.\n\nبند باز می‌شود.\nدرجهٔ کنار پل.",
        "question": "بند کی باز می‌شود؟",
        "reasons": "همهٔ تابستان بسته بود.",
        "draft": "اسفند، اگر باران ببارد. بند را تا اسفند باز خواهیم کرد.",
        "answer": "اسفند، حتی اگر باران نبارد. بند را تا اسفند باز خواهیم کرد.",
        "revised": "فروردین، حتی اگر باران نبارد. بند را تا فروردین باز خواهیم کرد.",
        "again": "و چه کسی بازش می‌کند؟",
        "second": "ادارهٔ حوضه، پیش چشم هر کس که بیاید.",
        "measure": "درجهٔ کنار پل آن را نشان می‌دهد.",
        "theme": "آب",
        "seen": "درجه روی هیچ ایستاده است.",
        "why": "درجه آن را نشان می‌دهد.",
    },
}  # fmt: skip
OTHERS: Final = {
    "en": ("What does the new dam cost?", "In which month will the weir be opened?", "Who is to blame?"),
    "fa": ("هزینهٔ سد تازه چقدر است؟", "بند در کدام ماه باز می‌شود؟", "مقصر کیست؟"),
}  # fmt: skip
CROWD: Final = [factories.person(f"Reader {number}") for number in range(14)]
_receipt = re.compile(r"/[a-z]{2}/receipts/([0-9a-f]{64})")


@dataclass(slots=True, kw_only=True)
class Hearing:
    """A hearing in a town: where it is, and the digests of what was said in it."""

    town: Town
    thread: str
    opening: bytes
    said: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """What is said in the language that everybody reads."""
        return WORDS[self.town.language]

    @property
    def others(self) -> tuple[str, ...]:
        """The questions that others ask."""
        return OTHERS[self.town.language]

    @property
    def hall(self) -> Hall:
        """The hearing, as other helpers know it."""
        return Hall(self.opening, self.thread, OMID)

    def path(self, path: str = "") -> str:
        """Return the path of one of its pages."""
        return self.town.at(f"/t/{self.thread}/hearing{path}")

    def see(self, who: Person | None, path: str = "") -> ChromiumWindow:
        """Let somebody open one of its pages."""
        window = self.town.sit(who)
        window.open(self.path(path))
        return window

    def see_post(self, who: Person | None, name: str, path: str = "") -> ChromiumWindow:
        """Let somebody open the page of something that was said."""
        window = self.town.sit(who)
        window.open(self.town.at(f"/p/{self.said[name]}{path}"))
        return window

    def wait(self, days: int) -> None:
        """Let days pass."""
        halls.go_to(self.town.house, self.town.today + timedelta(days=days))
        halls.keep(self.town.house)
        release(self.town.house)


def offer(town: Town) -> Hearing:
    """Let a steward offer a charter to an official, past a choice that comes after the end."""
    house, words = town.house, WORDS[town.language]
    opening = factories.note(
        AVA, board=factories.LIVE, title=words["about"], language=town.language, day=town.today
    )
    publish(house, opening)
    make_official(house, OMID, day=town.today)
    with house.db.read() as work:
        thread = forum.get_post(work, factories.digest_of(opening)).thread
    hearing = Hearing(town=town, thread=thread, opening=opening)
    window = town.sit(MINA)
    window.open(town.at(f"/t/{thread}"))
    window.press(f'main a[href="{hearing.path("/new")}"]')
    window.fill("#f-text", words["about"])
    window.fill("#f-aims", words["aims"])
    window.page.select_option("#f-language", town.language)
    for name, days in (("opens", 2), ("chooses", 20), ("ends", 15)):
        window.fill(f"#f-{name}", (town.today + timedelta(days=days)).isoformat())
    for name, count in (("top", "1"), ("lot", "1")):
        window.fill(f"#f-{name}", count)
    for code in ("fa", "en"):
        window.tick(f"#in-{code}")
    window.press('button[value="offer"]')
    assert window.count("#errors")
    assert window.value("#f-text") == words["about"], "what was typed stays"
    window.fill("#f-chooses", (town.today + timedelta(days=6)).isoformat())
    window.press('button[value="offer"]')
    assert window.path == hearing.path()
    assert words["about"] in window.text("h1")
    assert window.count(".slip.later"), "it says that the official has to accept"
    return hearing


def bind(hearing: Hearing) -> None:
    """Let the official accept the charter, which then opens on its day and is moved by nobody."""
    assert not hearing.see(AVA).count('a[href$="/hearing/bind"]')
    window = hearing.see(OMID)
    window.press('a[href$="/hearing/bind"]')
    assert window.count(".items > li") == 2, "both aims stand there"
    window.press('button[value="bind"]')
    assert not window.count("#errors")
    hearing.wait(2)
    steward = hearing.see(MINA)
    assert steward.count('a[href$="/hearing/ask"]')
    steward.open(hearing.path("/new"))
    steward.fill("#f-top", "9")
    steward.press('button[value="offer"]')
    assert steward.count("main .slip.later code"), "only its participants could change it"
    assert hearings_of(hearing).charter.top == 1


def ask(hearing: Hearing) -> None:
    """Let people ask, one of them past a question that is too long, and vote."""
    window = hearing.town.sit(AVA)
    window.open(hearing.town.at("/hearings"))
    window.press(f'main h3 a[href="{hearing.path()}"]')
    window.press(f'main .button[href="{hearing.path("/ask")}"]')
    long = f"{hearing.words['question']} {'!' * 200}"
    window.fill("#f-text", long)
    window.press('button[value="send"]')
    assert window.text("#f-text-error").strip()
    assert window.value("#f-text") == long, "what was typed stays"
    question = f"{hearing.words['question']}\n\n{hearing.words['reasons']}"
    window.fill("#f-text", question)
    hearing.said["question"] = _send(window)
    for name, who, text in zip(
        ("cost", "double", "blame"), (BABAK, PARI, BABAK), hearing.others, strict=True
    ):
        other = hearing.see(who, "/ask")
        other.fill("#f-text", text)
        hearing.said[name] = _send(other)
        release(hearing.town.house)
    window = hearing.see(AVA, "/questions")
    assert window.count("main .items > li") == 4
    assert hearing.words["reasons"] not in window.text("main")
    window.press('a[href$="/consultation"]')
    first = window.text("#statement")
    window.press('button[value="agree"]')
    assert window.text("#statement") != first
    votes = {1: Vote.AGREE, 2: Vote.DISAGREE, 3: Vote.AGREE, 4: Vote.DISAGREE}
    halls.put_votes(hearing.town.house, hearing.hall, [votes] * 15, kinds="invited")


def decide(hearing: Hearing) -> None:
    """Let the official accept and decline, an asker appeal, somebody else judge, and one be merged."""
    window = hearing.see(OMID, "/questions")
    window.press(_of(hearing, "question", 'button[value="accept"]'))
    window.click(_of(hearing, "blame", "summary"))
    window.press(_of(hearing, "blame", 'button[value="decline"]'))
    assert window.count(".error"), "none is declined without a published reason"
    window.page.select_option(_of(hearing, "blame", "select"), "not-a-question")
    window.press(_of(hearing, "blame", 'button[value="decline"]'))
    asker = hearing.see(BABAK, "/questions")
    assert asker.count(_of(hearing, "blame", ".slip")), "it stays readable, with its reason"
    asker.press(_of(hearing, "blame", 'button[value="appeal"]'))
    assert not asker.count(_of(hearing, "blame", 'button[value="appeal"]')), "once"
    window.open(hearing.path("/questions"))
    assert not window.count(_of(hearing, "blame", "button")), "somebody else decides now"
    steward = hearing.see(MINA, "/questions")
    steward.click(_of(hearing, "blame", "summary"))
    steward.page.select_option(_of(hearing, "blame", "select"), "not-a-question")
    steward.press(_of(hearing, "blame", 'button[value="decline"]'))
    steward.open(hearing.town.at(f"/t/{hearing.thread}/consultation/manage"))
    steward.page.select_option("#f-merged", "3")
    steward.page.select_option("#f-target", "1")
    steward.press('button[value="merge"]')
    assert not steward.count("#errors")


def choose(hearing: Hearing) -> None:
    """Let the day of the choice come: two wait, with their clocks, for everybody to see."""
    halls.choose(hearing.town.house, hearing.hall)
    window = hearing.town.sit()
    window.open(hearing.town.at("/hearings"))
    assert hearing.words["question"] in window.text("main section")
    window.press(f'main a[href="{hearing.path()}"]')
    assert window.count("main .items b.wait") == 2
    window.open(hearing.path("/charter"))
    assert window.count("#chosen .items > li") == 2
    hearing.wait(3)


def answer(hearing: Hearing) -> None:
    """Let a scribe draft an answer, and the official send it and correct it."""
    official = hearing.see(OMID)
    official.press('main a[href$="/hearing/staff"]')
    official.fill("#f-fingerprint", PARI.mark)
    official.press('button[value="let"]')
    assert PARI.name in official.text("main")
    scribe = hearing.see(PARI)
    scribe.press('main a[href$="/hearing/staff"]')
    scribe.press(f'main a[href$="/p/{hearing.said["question"]}/answer"]')
    assert not scribe.count('button[value="send"]'), "nobody signs for the official"
    scribe.fill("#f-text", hearing.words["draft"])
    scribe.press('button[value="keep"]')
    official.open(hearing.path("/staff"))
    official.press(f'main a[href$="/p/{hearing.said["question"]}/answer"]')
    assert official.value("#f-text").strip() == hearing.words["draft"]
    official.fill("#f-text", hearing.words["answer"])
    assert official.count("#f-speaks_as[required]"), "readers are told as what it is said"
    official.page.select_option("#f-speaks_as", "position")
    official.page.select_option("#f-says", "answered")
    official.press('button[value="preview"]')
    assert hearing.words["answer"] in official.text("#preview")
    hearing.said["answer"] = _send(official)
    release(hearing.town.house)
    official = hearing.see_post(OMID, "answer")
    official.press('main a[href$="/revise"]')
    official.fill("#f-text", hearing.words["revised"])
    _send(official)
    release(hearing.town.house)
    reader = hearing.see_post(None, "answer")
    assert hearing.words["revised"] in reader.text("main article")
    assert reader.count("#versions del"), "a correction stays to be seen"


def rate(hearing: Hearing) -> None:
    """Let the asker say whether it was an answer and ask once more, and a crowd say so as well."""
    house = hearing.town.house
    stranger = hearing.see_post(None, "answer")
    assert not stranger.count('button[name="said"]')
    asker = hearing.see(AVA, "/answers")
    asker.press(f'main a[href$="/p/{hearing.said["answer"]}/heard"]')
    asker.press('button[value="partly"]')
    assert asker.count('#rating button[aria-current="true"]') == 1
    asker.press('main a.button[href$="/follow-up"]')
    asker.fill("#f-text", hearing.words["again"])
    hearing.said["follow-up"] = _send(asker)
    release(house)
    official = hearing.see(OMID, "/staff")
    official.press(f'main a[href$="/p/{hearing.said["follow-up"]}/answer"]')
    official.fill("#f-text", hearing.words["second"])
    official.page.select_option("#f-speaks_as", "personal")
    official.page.select_option("#f-says", "answered")
    official.page.select_option("#f-spoken", "aloud")
    hearing.said["second"] = _send(official)
    release(house)
    invite(house, *CROWD)
    with house.db.write() as work:
        found, _ = service.get_answer(work, bytes.fromhex(hearing.said["answer"]))
        for person in CROWD:
            service.rate_answer(
                work, house.marks_key, viewer_of(person), found, Found.ANSWERED
            )  # fmt: skip
    reader = hearing.see(None, "/answers")
    text = reader.text("main")
    assert hearing.words["again"] in text
    assert hearing.words["second"] in text


def promise(hearing: Hearing) -> None:
    """Let a citizen file what the answer promises, and the official confirm it."""
    town = hearing.town
    citizen = hearing.see_post(AVA, "answer")
    citizen.press('main a[href$="/promise"]')
    if citizen.count('main a[href*="?sentence="]'):
        citizen.press('main a[href*="?sentence="]')
    citizen.fill("#f-text", hearing.words["revised"])
    citizen.fill("#f-owner", hearing.words["theme"])
    citizen.page.select_option("#f-of", index=1)
    citizen.fill("#f-measure", hearing.words["measure"])
    citizen.fill("#f-theme", hearing.words["theme"])
    citizen.fill("#f-due", "1999-01-31")
    citizen.press('button[value="send"]')
    assert citizen.text("#f-due-error").strip()
    citizen.fill("#f-due", (town.today + timedelta(days=4)).isoformat())
    hearing.said["promise"] = _send(citizen)
    release(town.house)
    place = town.at(f"/commitments/{hearing.said['promise']}")
    official = town.sit(OMID)
    official.open(town.at("/commitments"))
    official.press(f'main a[href="{place}"]')
    official.press('form[action$="/own"] button')
    assert not official.count('form[action$="/own"]'), "it is confirmed, and cannot be taken back"
    official.page.select_option("#f-state", "in-progress")
    official.fill("#f-evidence", "somewhere")
    official.fill("#f-why", hearing.words["why"])
    official.press('form[action$="/status"] button')
    assert official.text("#f-evidence-error").strip(), "a status changes on a link"
    official.fill("#f-evidence", LINK)
    official.press('form[action$="/status"] button')


def doubt(hearing: Hearing) -> None:
    """Let the commitment's day pass, and somebody put evidence against it beside it."""
    town = hearing.town
    place = town.at(f"/commitments/{hearing.said['promise']}")
    hearing.wait(6)
    other = town.sit(BABAK)
    other.open(place)
    assert other.count(".facts .error"), "it is overdue by itself"
    other.fill("#f-link", LINK)
    other.page.select_option("#f-shows", "not-done")
    other.fill('form[action$="/evidence"] #f-text', hearing.words["seen"])
    other.press('form[action$="/evidence"] button[value="send"]')
    release(town.house)
    other = town.sit()
    other.open(place)
    assert hearing.words["seen"] in other.text("main")


def close(hearing: Hearing) -> None:
    """Let a steward give the verdicts, and readers the report."""
    steward = hearing.see(MINA)
    steward.press('main a[href$="/hearing/report"]')
    steward.press('main a[href$="/hearing/close"]')
    steward.page.locator("main select").first.select_option("met")
    steward.press("main form[action$='/close'] button")
    assert steward.count("#errors"), "each aim has its verdict"
    steward.page.locator("main select").last.select_option("not-met")
    for place in range(2):
        steward.page.locator("main textarea").nth(place).fill(hearing.words["why"])
    steward.press("main form[action$='/close'] button")
    assert not steward.count("#errors")
    release(hearing.town.house)
    reader = hearing.town.sit()
    reader.open(hearing.town.at("/hearings"))
    reader.press(f'main a[href="{hearing.path()}"]')
    reader.press('main a[href$="/hearing/report"]')
    assert reader.count("main .seal") == 2
    assert reader.count('a[href$="/report.json"]')
    assert reader.count("main .slip"), "who is missing stands beside the counts"
    reader.open(hearing.town.at("/commitments"))
    assert reader.count("main .error"), "overdue, and for everybody to see"


def hearings_of(hearing: Hearing) -> hearings.Hearing:
    """Return the hearing as it is kept."""
    return halls.hearing_of(hearing.town.house, hearing.hall)


def _of(hearing: Hearing, name: str, css: str) -> str:
    """Return where something stands beside a question."""
    return f"#q{hearing.said[name][:12]} {css}"


def _send(window: ChromiumWindow) -> str:
    """Press the button that signs; return the digest of the receipt."""
    window.press('button[value="send"]')
    found = _receipt.fullmatch(window.path)
    assert found, f"no receipt but {window.path}: {window.texts('.error')}"
    return found[1]
