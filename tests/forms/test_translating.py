"""Translating a post and summing a thread up, by somebody with a browser without scripts."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from app import forum, opinion, records
from app.crypto.multikey import encode_digest
from app.forum.model import PostKind
from app.opinion.jobs.translating import Translator
from app.records.model import ABOUT, KIND
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import release, require_post, submit
from tests.opinion.machine import running
from tests.opinion.samples import AVA, BABAK
from tests.opinion.tongues import summary
from tests.visitor import Visitor, app_of, find_form

pytestmark = pytest.mark.slow

FA = "آب به کجا می‌رود؟"
TITLED = f"آب\n\n{FA}"


class _Spoken(HTMLParser):
    """Collects texts with the language and direction that they stand in."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, str, str]] = []
        self.found: dict[str, tuple[str, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        _, language, direction = self._open[-1] if self._open else ("", "", "")
        if tag not in {"meta", "link", "input", "br", "hr", "img"}:
            own = (tag, said.get("lang", language), said.get("dir", direction))
            self._open.append(own)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open:
            self.found[data.strip()] = self._open[-1][1:]


def spoken(html: str) -> dict[str, tuple[str, str]]:
    """Return the language and direction of each text of a page."""
    parser = _Spoken()
    parser.feed(html)
    return parser.found


@pytest.fixture
def visitor(client: TestClient) -> Visitor:
    found = Visitor(client)
    found.join("Ava")
    return found


def opened(house: House, *, language: str = "en", text: str = "Where does it go?") -> str:
    """Publish a thread by Babak; return the digest of its opening."""
    raw = factories.note(BABAK, title="Water", text=text, language=language)
    submit(house, raw)
    release(house)
    return factories.digest_of(raw).hex()


def test_reader_translates_a_post_and_others_read_it(house: House, visitor: Visitor) -> None:
    digest = opened(house)
    form = visitor.open_form(f"/p/{digest}/translate")
    assert form.fields["kind"] == "translation"
    assert form.fields["about"] == encode_digest(bytes.fromhex(digest))
    assert "Where does it go?" in visitor.get(f"/p/{digest}/translate").text

    said = visitor.digest_after(visitor.send(form, do="send", text=TITLED, language="fa"))
    release(house)

    with house.db.read() as work:
        (found,) = opinion.list_translations(work, require_post_of(house, digest))
    assert (found.title, found.markdown) == ("آب", FA)
    assert found.post.digest.hex() == said
    document = visitor.client.get(f"/records/{said}").json()
    assert document[KIND] == "translation"
    assert document[ABOUT] == form.fields["about"]
    assert document["contentMap"] == {"fa": TITLED}
    assert "name" not in document


def require_post_of(house: House, digest: str) -> forum.Post:

    with house.db.read() as work:
        post = forum.find_post(work, digest=bytes.fromhex(digest))
    assert post is not None
    return post


def test_composer_offers_no_language_of_the_original(house: House, visitor: Visitor) -> None:
    digest = opened(house)
    page = visitor.get(f"/p/{digest}/translate").text

    assert '<option value="en"' not in page
    assert '<option value="fa"' in page


def test_title_that_is_missing_is_asked_for_and_the_text_is_kept(
    house: House, visitor: Visitor
) -> None:
    digest = opened(house)
    form = visitor.open_form(f"/p/{digest}/translate")

    answer = visitor.send(form, do="send", text=FA, language="fa")

    assert answer.status_code == 403
    assert "Write its title in the first line" in answer.text
    again = find_form(answer, form.action)
    assert again.fields["text"] == FA
    assert again.fields["about"] == form.fields["about"]


def test_translation_is_of_the_version_that_its_author_looked_at(
    house: House, visitor: Visitor
) -> None:
    raw = factories.note(BABAK, title="Water")
    submit(house, raw)
    release(house)
    digest = factories.digest_of(raw).hex()
    form = visitor.open_form(f"/p/{digest}/translate")
    submit(house, factories.update(BABAK, raw, title="Water", text="Into the pistachios."))
    release(house)
    visitor.log_in("Ava")
    form.fields["token"] = visitor.open_form("/settings").fields["token"]

    visitor.digest_after(visitor.send(form, do="send", text=TITLED, language="fa"))
    release(house)

    with house.db.read() as work:
        (found,) = opinion.list_translations(work, require_post(house, raw))
    assert found.version == 1
    page = visitor.get(f"/p/{digest}/translations").text
    assert "older version" in page


@pytest.mark.parametrize(
    ("page_language", "original", "words"),
    [("fa", "Where does it go?", TITLED), ("en", FA, "Water\n\nWhere does it go?")],
)
def test_thread_is_read_in_another_language_by_choice_and_nothing_is_shown_as_the_authors(
    house: House, visitor: Visitor, page_language: str, original: str, words: str
) -> None:
    """With direction and language of each, and the original on the same page."""
    language = {"fa": "en", "en": "fa"}[page_language]
    direction = {"fa": "rtl", "en": "ltr"}
    digest = opened(house, language=language, text=original)
    thread = f"/t/{digest[:20]}"
    visitor.digest_after(
        visitor.send_post(f"/p/{digest}/translate", text=words, language=page_language)
    )
    release(house)
    visitor.log_out()
    visitor.language = page_language
    said = words.split("\n\n")[1]
    assert said not in visitor.get(thread).text

    page = visitor.get(f"{thread}?in={page_language}").text

    texts = spoken(page)
    assert texts[said] == (page_language, direction[page_language])
    assert texts[original] == (language, direction[language])
    assert texts["Ava"][0] == page_language
    assert page.index(said) < page.index(original)
    assert f'href="/{page_language}{thread}?in={page_language}"' in visitor.get(thread).text
    assert f'href="/{page_language}{thread}"' in page
    assert "http" not in page.replace('xmlns="http://www.w3.org', "").split("<main")[1].split(
        "</main>"
    )[0].replace("http://testserver", "")


def test_best_translation_stands_on_the_post_page(house: House, visitor: Visitor) -> None:
    digest = opened(house)
    visitor.digest_after(visitor.send_post(f"/p/{digest}/translate", text=TITLED, language="fa"))
    release(house)
    visitor.language = "fa"

    texts = spoken(visitor.get(f"/p/{digest}").text)

    assert texts[FA] == ("fa", "rtl")
    assert texts["Where does it go?"] == ("en", "ltr")


def test_reader_rates_and_takes_it_back_and_no_small_number_is_told(
    house: House, visitor: Visitor, client: TestClient
) -> None:
    digest = opened(house)
    visitor.digest_after(visitor.send_post(f"/p/{digest}/translate", text=TITLED, language="fa"))
    release(house)
    path = f"/p/{digest}/translations"
    assert 'name="helps"' not in visitor.get(path).text
    visitor.log_out()
    assert 'name="helps"' not in visitor.get(path).text
    other = Visitor(client)
    other.join("Dara")

    form = other.open_form(path)
    assert other.send(form, helps="yes").status_code == 303
    page = other.get(path).text
    assert "You said: faithful" in page
    assert "1 reader rated" not in page
    with house.db.read() as work:
        (found,) = opinion.list_translations(work, require_post_of(house, digest))
    assert (found.helpful, found.ratings) == (1, 1)
    assert other.send(form, helps="none").status_code == 303
    with house.db.read() as work:
        (found,) = opinion.list_translations(work, require_post_of(house, digest))
    assert found.ratings == 0
    assert other.send(form, helps="maybe").status_code == 400
    assert other.send(form, helps="yes", rated=digest).status_code == 400


def test_ratings_are_told_from_ten_on_and_none_is_seen_as_it_comes(
    house: House, visitor: Visitor
) -> None:
    digest = opened(house)
    visitor.digest_after(visitor.send_post(f"/p/{digest}/translate", text=TITLED, language="fa"))
    release(house)
    with house.db.read() as work:
        (found,) = opinion.list_translations(work, require_post_of(house, digest))

    def told(number: int, helps: opinion.Helps) -> str:
        with house.db.write() as work:
            root = factories.person(f"Reader {number}").root
            opinion.rate(work, house.marks_key, root, found.post, helps)
        page = visitor.get(f"/p/{digest}/translations").text
        return page.partition("readers rated it.")[2].partition("</p>")[0].strip()

    before = [told(number, opinion.Helps.YES) for number in range(10)]
    after = [told(number, opinion.Helps.NO) for number in range(10, 13)]
    later = [told(number, opinion.Helps.NO) for number in range(13, 26)]

    assert before == [""] * 9 + ["Most found it faithful."]
    assert after == ["Most found it faithful."] * 3
    told(26, opinion.Helps.NO)
    assert "About 25 readers rated it." in visitor.get(f"/p/{digest}/translations").text
    assert later[0] == "Most found it faithful."
    assert later[6] == "They do not agree whether it is faithful."
    assert later[-1] == "Most did not find it faithful."


def test_translation_of_what_is_gone_is_read_nowhere(house: House, visitor: Visitor) -> None:
    raw = factories.note(BABAK, title="Water")
    submit(house, raw)
    release(house)
    digest = factories.digest_of(raw).hex()
    said = visitor.digest_after(
        visitor.send_post(f"/p/{digest}/translate", text=TITLED, language="fa")
    )
    release(house)
    submit(house, factories.erasure(BABAK, raw))
    thread = f"/t/{digest[:20]}"
    own = visitor.get(f"/p/{said}").text
    assert "until you erase it" in own
    assert FA in own
    visitor.log_out()

    for path in (
        thread, f"{thread}?in=fa", f"{thread}.txt", f"{thread}/print", f"{thread}/feed.atom",
        f"/p/{said}", f"/p/{digest}", f"/p/{digest}/translations", "/search?q=آب", "/b/square/feed.atom",
    ):  # fmt: skip
        for visitor.language in ("en", "fa"):
            answer = visitor.get(path)
            assert answer.status_code == 200, path
            assert FA not in answer.text, path
    visitor.language = "en"
    assert visitor.get(f"/p/{digest}/translate").status_code in {303, 404}
    assert "was erased or hidden, so its words are not shown" in visitor.get(f"/p/{said}").text


def test_summary_with_a_source_for_each_sentence_is_published(
    house: House, visitor: Visitor
) -> None:
    digest = opened(house)
    thread = f"/t/{digest[:20]}"
    visitor.digest_after(
        visitor.send_post(f"{thread}/summarise", text="Babak asks where it goes [1].")
    )
    release(house)

    page = visitor.get(f"{thread}/summary").text

    assert "Babak asks where it goes." in page
    assert f'href="/en/p/{digest}">post 1</a>' in page
    assert "The whole summary, with its sources" in visitor.get(thread).text
    submit_erasure_of(house, digest)
    assert "erased or hidden since" in visitor.get(f"{thread}/summary").text


def submit_erasure_of(house: House, digest: str) -> None:

    with house.db.write() as work:
        post = forum.find_post(work, digest=bytes.fromhex(digest))
        assert post is not None
        forum.hide_post(work, post, act=b"x" * 32, rule="threat")


def test_uncited_sentence_is_named_and_the_text_is_kept(house: House, visitor: Visitor) -> None:
    digest = opened(house)
    form = visitor.open_form(f"/t/{digest[:20]}/summarise")
    text = "Babak asks [1]. Everybody lies. Nobody knows [1]."

    answer = visitor.send(form, do="send", text=text)

    assert answer.status_code == 403
    assert "It is about this: “Everybody lies.”" in answer.text
    assert find_form(answer, form.action).fields["text"] == text
    release(house)
    with house.db.read() as work:
        assert opinion.list_summaries(work, require_post_of(house, digest).thread) == []


def test_uncited_sentence_comes_in_by_no_other_way(house: House, client: TestClient) -> None:
    digest = opened(house)
    opening = require_raw(house, digest)
    raw = summary(AVA, opening, "Everybody lies.", board=factories.SQUARE)

    answer = client.post("/api/v1/records", content=raw)
    visitor = Visitor(client)
    carried = visitor.send(visitor.open_form("/carry"), record=raw.decode())

    assert (answer.status_code, carried.status_code) == (403, 403)
    assert answer.json()["type"].endswith("uncited")
    assert "Everybody lies." in carried.text


def require_raw(house: House, digest: str) -> bytes:

    with house.db.read() as work:
        stored = records.find_record(work, bytes.fromhex(digest))
    assert stored is not None
    assert stored.raw is not None
    return stored.raw


def test_summary_is_one_line_in_its_thread(house: House, visitor: Visitor) -> None:
    digest = opened(house)
    said = visitor.digest_after(
        visitor.send_post(f"/t/{digest[:20]}/summarise", text="Babak asks. [1] He knows! [1]")
    )
    release(house)
    page = visitor.get(f"/t/{digest[:20]}").text

    assert f'<a href="/en/p/{said}">A summary of this thread</a>' in page
    assert "He knows!" not in page
    with house.db.read() as work:
        (found,) = opinion.list_summaries(work, require_post_of(house, digest).thread)
    assert found.post.kind is PostKind.SUMMARY


def with_machine(client: TestClient) -> None:
    """Let this browser's host have a machine that translates."""
    state = app_of(client).state
    state.site = replace(state.site, has_machine=True)


def test_reader_asks_the_machine_and_sees_what_it_left(house: House, client: TestClient) -> None:
    digest = opened(house, text="Where does the water go? Ask the miller.")
    path = f"/p/{digest}/translations"
    reader = Visitor(client, language="fa")
    assert 'value="ask"' not in reader.get(path).text
    with_machine(client)

    assert reader.send(reader.open_form(path), do="ask").status_code == 303
    assert 'value="ask"' not in reader.get(path).text
    with running() as machine:
        Translator(house.db, machine.url).step()
    page = reader.get(path).text

    texts = spoken(page)
    assert texts["آب به کجا می‌رود؟"] == ("fa", "rtl")
    assert "<mark>Ask the miller.</mark>" in page
    assert texts["Ask the miller."] == ("en", "ltr")
    reader.language = "en"
    assert "Translated by a machine" not in reader.get(path).text
    assert 'value="ask"' not in reader.get(path).text


def test_machine_that_gives_nothing_is_told_of(house: House, client: TestClient) -> None:
    digest = opened(house)
    path = f"/p/{digest}/translations"
    with_machine(client)
    reader = Visitor(client, language="fr")
    reader.send(reader.open_form(path), do="ask")
    with running() as machine:
        machine.answer = lambda asked: (200, b'{"translatedText":""}')
        Translator(house.db, machine.url).step()

    page = reader.get(path).text

    assert "Not translated" in page or "Non traduit" in page
    assert 'value="ask"' in page


def test_host_without_a_machine_asks_nobody(house: House, client: TestClient) -> None:
    digest = opened(house)
    reader = Visitor(client)
    form = reader.open_form("/settings")

    answer = reader.post(
        f"/en/p/{digest}/translations", {"token": form.fields["token"], "do": "ask"}
    )

    assert answer.status_code == 404
    assert "No machine translates on this host" in answer.text


def test_device_signs_the_kind_and_the_version_by_the_rule_of_lines(
    house: House, visitor: Visitor
) -> None:
    """The module signs what the form names (ADR-0038), so that it learns of no kinds."""
    digest = opened(house)

    page = visitor.get(f"/p/{digest}/translate").text

    assert 'data-lines="title=name kind=urn:goftogu:kind about=urn:goftogu:about"' in page
    summary_page = visitor.get(f"/t/{digest[:20]}/summarise").text
    assert 'data-lines="title=name kind=urn:goftogu:kind"' in summary_page
    assert 'data-lines="title=name"' in visitor.get(f"/t/{digest[:20]}/reply").text
