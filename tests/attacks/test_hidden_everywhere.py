"""Words that a desk hid are in nothing that an instance shows or publishes, and come back as they were."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import MappingProxyType

import pytest
from app import forum, identity, records, worker
from app.db import Work
from app.db.erased import read_digests
from app.federation.errors import ErasuresPendingError
from app.federation.folders import Folder
from app.federation.mirror import keep_up
from app.forum.pages import PostItem, build
from app.forum.routes.live import LiveThread
from app.main import create_app
from app.moderation import service
from app.moderation.model import Action, ActionKind
from app.web.pages import OfficeLine
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.attacks.test_erased_everywhere import Served, inflated
from tests.factories import digest_of
from tests.federation.hosts import leave_unsynced
from tests.federation.made import export
from tests.federation.test_shelving import TEMPLATES, keep, keeper
from tests.forms.languages import LANGUAGES
from tests.forms.test_envelopes import all_routes
from tests.houses import (
    crash_after,
    find_post,
    open_at,
    publish,
    release,
    require_post,
    submit,
    tick,
)
from tests.moderation.desks import Seat, act, seat
from tests.moderation.samples import REASONS
from tests.visitor import ORIGIN, Visitor, app_of

pytestmark = pytest.mark.slow

AVA, BABAK, DARA = (factories.person(name) for name in ("Ava", "Babak", "Dara"))
NEEDLES = (b"hiddentitleneedle", b"hiddenfirstneedle", b"hiddensecondneedle")
POST = factories.note(AVA, title="Hiddentitleneedle", text="Hiddenfirstneedle, says somebody.")
REVISION = factories.update(AVA, POST, title="Hiddentitleneedle", text="Hiddensecondneedle, too.")
ANSWER = factories.note(BABAK, reply_to=POST, text="Why?")
OTHER = factories.note(BABAK, title="Tea", text="Green or black?")


@pytest.fixture
def told(house: House) -> House:
    """An instance with a post in two versions, an answer, and another thread."""
    publish(house, *map(factories.card, (AVA, BABAK, DARA)), POST, OTHER)
    publish(house, REVISION, ANSWER)
    worker.step(house, 0)
    release(house)
    keep(house)
    return house


@pytest.fixture
def desk(told: House) -> Seat:
    desk = seat(told, DARA)
    release(told)
    return desk


def hide(house: House, desk: Seat) -> bytes:
    """Hide the post; return the digest of the act."""
    done = act(house, desk, POST, ActionKind.HIDE)
    assert isinstance(done, Action)
    return done.digest


def give_back(house: House, desk: Seat, hidden: bytes) -> None:
    with house.db.write() as work:
        service.undo(work, house.door, desk.at(house), [hidden], REASONS)


def found_in(pieces: Iterable[bytes]) -> set[bytes]:
    """Return the needles that are in bytes, however they are written."""
    folded = [part.lower() for piece in pieces for part in inflated(piece)]
    return {needle for needle in NEEDLES for part in folded if needle in part}


def found_below(folder: Path) -> set[bytes]:
    return found_in(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def paths_of_routes(house: House, client: TestClient) -> Iterator[str]:
    """Yield an address for every route that is read, with everything that its path can name."""
    thread, post = require_post(house, POST).thread, digest_of(POST).hex()
    mark = AVA.mark.replace(" ", "")
    values = {
        "language": ("en", "fa"),
        "thread_id": (thread,),
        "digest": (post, digest_of(REVISION).hex(), digest_of(ANSWER).hex()),
        "slug": ("square",),
        "mark": (mark,),
        "since": ("0", "1"),
        "path": ("SHA256SUMS", f"square/{factories.TODAY}.zip", f"{factories.TODAY}.txt"),
    }
    for route in all_routes(app_of(client).routes):
        if "GET" in (route.methods or set()):
            yield from _filled(route.path, values)
    yield from ("/en/search?q=hiddenfirstneedle", "/en/search?q=hiddensecondneedle&sort=fit")
    yield f"/en/search?author={mark}"
    yield f"/en/t/{thread}/reply?to={post}&quote={post}"


def _filled(path: str, values: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield a route's path with each value of each name in it; none if it asks for others."""
    named = re.search(r"\{(\w+)(:\w+)?\}", path)
    if named is None:
        yield path
        return
    for value in values.get(named[1], ()):
        yield from _filled(path.replace(named[0], value), values)


def read_all(house: House, client: TestClient) -> dict[str, bytes]:
    """Return what every address answers; a stream of events is read elsewhere."""
    found = {}
    for path in dict.fromkeys(paths_of_routes(house, client)):
        # Whoever leaves is logged out, and would read the rest as a stranger.
        if not path.endswith("/events") and not (client.cookies and path.startswith("/exit")):
            answer = client.get(path)
            # A page of searching repeats what was asked for.
            asked = path.partition("?q=")[2].partition("&")[0].encode()
            found[path] = answer.content.replace(asked, b"") if asked else answer.content
    return found


@pytest.mark.parametrize("is_logged_in", [False, True])
def test_no_address_shows_hidden_words_to_others(
    told: House, desk: Seat, client: TestClient, *, is_logged_in: bool
) -> None:
    """Asked for before, so that every cache of the instance has had them."""
    visitor = Visitor(client)
    if is_logged_in:
        visitor.join("Neighbour")
    assert found_in(read_all(told, client).values()) == set(NEEDLES)
    assert ("Neighbour" in visitor.get("/boards").text) is is_logged_in

    hide(told, desk)

    held = {path for path, raw in read_all(told, client).items() if found_in([raw])}
    # Files of the shelf go with the worker's next step.
    assert all(path.startswith("/bundles/") for path in held)
    keep(told)
    assert not {path for path, raw in read_all(told, client).items() if found_in([raw])}


def test_no_stream_of_events_brings_hidden_words(told: House, desk: Seat) -> None:
    followed = LiveThread(
        require_post(told, POST).thread, LANGUAGES["en"], TEMPLATES, lambda *_: {}
    )

    def catch_up() -> list[bytes]:
        with told.db.read() as work:
            return followed.catch_up(work, 1, 0)[0]

    with told.db.read() as work:
        followed.read(work)
    assert found_in(catch_up()) == {b"hiddensecondneedle"}

    hide(told, desk)

    with told.db.read() as work:
        changed = followed.read(work)
    assert changed is not None
    assert b"Hidden under the rule" in b"".join(changed)
    assert found_in([*changed, *catch_up()]) == set()


def test_hidden_record_says_that_it_is_and_its_receipt_stays(
    told: House, desk: Seat, client: TestClient
) -> None:
    hide(told, desk)

    answers = [client.get(f"/records/{digest_of(raw).hex()}") for raw in (POST, REVISION)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert {answer.json()["code"] for answer in answers} == {"hidden"}
    assert "Hidden by a desk" in client.get(f"/en/p/{digest_of(POST).hex()}/take").text
    assert client.get(f"/receipts/{digest_of(POST).hex()}.json").status_code == 200


def test_hidden_words_leave_the_public_folder_and_the_bundles(told: House, desk: Seat) -> None:
    public = told.settings.data / "public"
    assert found_below(public) == set(NEEDLES)

    hide(told, desk)
    keep(told)

    assert found_below(public) == set()
    assert found_in([export(told, factories.TODAY), export(told, since=0)]) == set()


def test_what_is_given_back_is_everywhere_as_it_was_byte_for_byte(
    told: House, desk: Seat, client: TestClient
) -> None:
    release(told)
    keep(told)
    before, again, files = read_all(told, client), read_all(told, client), _records_in(told)
    # Forms that begin something hold a new word each time.
    stable = {path for path in before if _settled(before[path]) == _settled(again[path])}
    assert len(before) - len(stable) <= 6
    hidden = hide(told, desk)
    assert read_all(told, client) != before

    give_back(told, desk, hidden)
    worker.step(told, 1)
    keep(told)

    after = read_all(told, client)
    changed = {path for path in stable if _settled(before[path]) != _settled(after[path])}
    # What was done and undone stays told there.
    assert {path for path in changed if "/moderation" not in path} == set()
    assert files.items() <= _records_in(told).items()


def _records_in(house: House) -> dict[str, bytes]:
    folder = house.settings.data / "public" / "records"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _settled(page: bytes) -> bytes:
    """Return a page without what differs each time that it is made."""
    return re.sub(rb'name="token" value="[^"]*"', b"", page)


def test_index_finds_again_what_was_given_back(told: House, desk: Seat, client: TestClient) -> None:
    path = "/en/search?q=hiddensecondneedle"
    link = f"/en/p/{digest_of(POST).hex()}"
    hidden = hide(told, desk)
    assert link not in client.get(path).text

    give_back(told, desk, hidden)

    assert link in client.get(path).text


def test_hidden_record_that_is_handed_in_again_stays_hidden(told: House, desk: Seat) -> None:
    hide(told, desk)

    assert not submit(told, POST).is_new

    assert require_post(told, POST).is_hidden
    assert require_post(told, POST).version.text.markdown == ""


def test_page_that_was_being_made_while_its_post_was_hidden_is_not_kept(
    told: House, desk: Seat, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was read before the act and is finished after it."""
    has_read, may_finish = Event(), Event()
    whole = build.post_item

    def wait(
        post: forum.Post,
        viewer: identity.Viewer | None,
        found: Sequence[forum.Said] = (),
        offices: Mapping[str, OfficeLine] = MappingProxyType({}),
    ) -> PostItem:
        has_read.set()
        assert may_finish.wait(30)
        return whole(post, viewer, found, offices)

    path, answers = f"/en/t/{require_post(told, POST).thread}", list[bytes]()
    monkeypatch.setattr(build, "post_item", wait)
    reader = Thread(target=lambda: answers.append(client.get(path).content))
    reader.start()
    assert has_read.wait(30)
    hide(told, desk)
    may_finish.set()
    reader.join()
    monkeypatch.undo()

    assert found_in(answers)
    assert not found_in([client.get(path).content])


def test_crash_before_the_file_of_what_was_given_back_is_made_up_for(
    told: House, desk: Seat
) -> None:
    files = _records_in(told)
    hidden = hide(told, desk)
    assert digest_of(POST).hex() not in _records_in(told)
    give_back(told, desk, hidden)
    told.db.close()

    again = open_at(told.settings.data, told.clock)
    worker.step(again, 0)
    worker.step(again, 1)

    assert files.items() <= _records_in(again).items()
    with again.db.read() as work:
        assert records.list_given_back(work) == []
    again.db.close()


def test_crash_before_the_file_of_what_was_hidden_is_gone_is_made_up_for(
    told: House, desk: Seat
) -> None:
    told.db.removal_listeners.clear()
    hide(told, desk)
    assert found_below(told.settings.data / "public" / "records")

    worker.list_erased(told)

    assert not found_below(told.settings.data / "public" / "records")


def test_what_is_hidden_again_before_its_file_is_made_gets_none(told: House, desk: Seat) -> None:
    give_back(told, desk, hide(told, desk))
    hide(told, desk)

    worker.step(told, 1)

    assert digest_of(POST).hex() not in _records_in(told)
    with told.db.read() as work:
        assert set(records.list_hidden(work)) == {digest_of(POST), digest_of(REVISION)}


def test_hiding_that_comes_to_nothing_hides_nothing(
    told: House, desk: Seat, client: TestClient
) -> None:
    def hide_and_fail(work: Work) -> None:
        forum.hide_post(work, require_post(told, POST), act=b"a" * 32, rule="spam")

    crash_after(told, hide_and_fail)

    assert found_in([client.get(f"/records/{digest_of(POST).hex()}").content])
    assert digest_of(POST).hex() in _records_in(told)


def test_no_list_of_erasures_names_what_is_hidden(told: House, desk: Seat) -> None:
    hide(told, desk)
    worker.list_erased(told)

    path = told.settings.data / "erased.log"
    assert not path.exists() or not {digest_of(POST), digest_of(REVISION)} & {*read_digests(path)}


def test_restored_backup_keeps_what_is_hidden_hidden(
    told: House, desk: Seat, tmp_path: Path
) -> None:
    hide(told, desk)
    release(told)
    copy = tmp_path / "copy.db"
    with told.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.exec_driver_sql(f"VACUUM INTO '{copy}'")
    told.db.close()
    database = told.settings.data / "goftogu.db"
    for path in told.settings.data.glob("goftogu.db*"):
        path.unlink()
    copy.rename(database)

    again = open_at(told.settings.data, told.clock)

    with TestClient(create_app(again, ORIGIN), ORIGIN) as client:
        assert client.get(f"/records/{digest_of(POST).hex()}").status_code == 410
        assert not found_in([client.get(f"/en/p/{digest_of(POST).hex()}").content])
    assert require_post(again, POST).is_hidden
    again.db.close()


def test_erased_while_hidden_is_erased_for_good(told: House, desk: Seat) -> None:
    hidden = hide(told, desk)
    submit(told, factories.erasure(AVA, POST, after=REVISION))

    give_back(told, desk, hidden)
    worker.step(told, 0)
    release(told)

    post = find_post(told, POST)
    assert post is not None
    assert (post.erased_on is None, post.is_hidden, post.act, post.version.text.markdown) == (
        False, False, None, "",
    )  # fmt: skip
    keep(told)
    with told.db.read() as work:
        assert {digest_of(POST), digest_of(REVISION)} <= {*records.list_erased(work)}
    assert {digest_of(POST), digest_of(REVISION)} <= {
        *read_digests(told.settings.data / "erased.log")
    }
    assert found_below(told.settings.data) == set()


def test_hidden_words_leave_a_mirror_and_come_back_to_it(
    told: House, desk: Seat, client: TestClient, tmp_path: Path
) -> None:
    copy = tmp_path / "mirror"
    copy.mkdir()

    def copy_all() -> None:
        tick(told)
        with Folder(copy) as files, files.hold(), suppress(ErasuresPendingError):
            keep_up(files, Served(client), lambda _shown: {}, settle=leave_unsynced)

    copy_all()
    assert found_below(copy) == set(NEEDLES)
    hidden = hide(told, desk)
    copy_all()
    release(told)
    copy_all()
    assert found_below(copy) == set()

    give_back(told, desk, hidden)
    release(told)
    copy_all()

    assert found_below(copy) == set(NEEDLES)
    assert (copy / "records" / digest_of(REVISION).hex()).read_bytes() == REVISION


def test_shelf_has_what_was_given_back_while_nobody_kept_it(told: House, desk: Seat) -> None:
    hidden = hide(told, desk)
    keep(told)
    give_back(told, desk, hidden)

    keep(told, keeper(told))

    assert found_below(told.settings.data / "public" / "bundles") == set(NEEDLES)
