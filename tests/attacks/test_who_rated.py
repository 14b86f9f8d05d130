"""Somebody wants to know who rated what: from a stolen database, from pages, from files."""

import re
from hashlib import sha256

import pytest
from app import identity, opinion
from app.forum import Post
from app.identity import Viewer
from app.opinion.model import Helps
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish, read_rows, require_post
from tests.visitor import SAME_ORIGIN, Visitor, app_of

pytestmark = pytest.mark.slow
BABAK = factories.person("Babak")
SQUARE = factories.note(BABAK, title="Water", text="Where does it go?")
LIVE = factories.note(BABAK, board=factories.LIVE, title="Salt", text="Where does it come from?")
_changing = re.compile(r'name="token" value="[^"]+"|name="nonce" value="[^"]+"')


@pytest.fixture
def ava(house: House, client: TestClient) -> Visitor:
    """A reader who is logged in, before posts of another's on two boards."""
    publish(house, factories.card(BABAK), SQUARE, LIVE)
    visitor = Visitor(client)
    visitor.join("Ava Needle")
    return visitor


def viewer_of(house: House, visitor: Visitor) -> Viewer:
    with house.db.read() as work:
        viewer = identity.find_viewer(work, visitor.client.cookies["s"])
    assert viewer is not None
    return viewer


def rate(visitor: Visitor, raw: bytes, said: str) -> None:
    path = f"/p/{factories.digest_of(raw).hex()}"
    form = visitor.open_form(path, f"{path}/rate")
    answer = visitor.post(form.action, {"token": form.fields["token"], "helps": said})
    assert answer.status_code == 303, answer.text


def post_of(house: House, raw: bytes) -> Post:
    return require_post(house, raw)


def test_stolen_database_does_not_tell_who_rated_nor_joins_two_boards(
    house: House, ava: Visitor
) -> None:
    """All that a rating leaves are two rows; neither they nor what else is there lead to anybody."""
    viewer, before = viewer_of(house, ava), read_rows(house)
    rate(ava, SQUARE, "yes")
    rate(ava, LIVE, "no")
    after = read_rows(house)

    left = [row for row in after if row not in before]
    assert sorted(table for table, _ in left) == ["rating", "rating", "ratings_count"]
    for needle in (viewer.root, viewer.fingerprint, viewer.name, viewer.posting_did):
        assert needle not in repr(left)
    marks = [row["mark"] for _, row in left]
    assert len(set(marks)) == 3
    tried = [value for _, row in after for value in row.values() if isinstance(value, str | bytes)]
    raws = [value.encode() if isinstance(value, str) else value for value in tried]
    boards = (factories.SQUARE.did, factories.LIVE.did)
    for mark in marks:
        assert mark not in {sha256(raw).digest() for raw in raws}
        assert not any(
            mark == opinion.rater_mark(raw, board, viewer.root) for raw in raws for board in boards
        )
    # The key in the folder opens those of a board: that is said in ADR-0041.
    opened = {opinion.rater_mark(house.marks_key, board, viewer.root) for board in boards}
    assert opened < set(marks)


def test_no_page_file_or_feed_of_anybody_else_changes_by_a_rating(
    house: House, ava: Visitor
) -> None:
    other = Visitor(TestClient(app_of(ava.client), ava.origin, follow_redirects=False))
    other.join("Cyra")
    nobody = TestClient(app_of(ava.client), ava.origin, follow_redirects=False)
    digest, thread = factories.digest_of(LIVE).hex(), post_of(house, LIVE).thread
    mark = viewer_of(house, ava).fingerprint.replace(" ", "")
    pages = (
        f"/p/{digest}", f"/t/{thread}", f"/t/{thread}?sort=common-ground", f"/t/{thread}.txt",
        f"/t/{thread}/print", f"/t/{thread}/feed.atom", "/b/live?sort=common-ground",
        "/b/live/feed.atom", "/latest", f"/persona/{mark}", "/status", "/transparency",
    )  # fmt: skip
    files = (
        "/opinion/live/ground.json", f"/records/{digest}", "/api/v1/boards", "/tlog/checkpoint",
    )  # fmt: skip

    def look() -> list[str]:
        return [
            *(_changing.sub("", other.get(path).text) for path in pages),
            *(_changing.sub("", nobody.get(f"/en{path}").text) for path in pages),
            *(nobody.get(path).text for path in files),
        ]

    before = look()
    rate(ava, LIVE, "yes")

    assert look() == before


def test_rating_that_was_taken_back_leaves_the_database(house: House, ava: Visitor) -> None:
    viewer, data = viewer_of(house, ava), house.settings.data
    mark = opinion.rater_mark(house.marks_key, factories.LIVE.did, viewer.root)
    rate(ava, LIVE, "yes")
    assert any(mark in path.read_bytes() for path in data.glob("goftogu.db*"))

    rate(ava, LIVE, "none")

    assert not any(mark in path.read_bytes() for path in data.glob("goftogu.db*"))


def test_form_of_another_site_rates_nothing(house: House, ava: Visitor) -> None:
    path = f"/en/p/{factories.digest_of(LIVE).hex()}/rate"
    headers = {**SAME_ORIGIN, "Origin": "http://evil.example"}

    answer = ava.client.post(path, data={"helps": "yes"}, headers=headers)

    assert answer.status_code == 403
    with house.db.read() as work:
        viewer = identity.find_viewer(work, ava.client.cookies["s"])
        assert viewer is not None
        kept = opinion.own_rating(work, house.marks_key, viewer.root, post_of(house, LIVE))
    assert kept is None


def test_whoever_may_read_only_rates_nothing(house: House, ava: Visitor) -> None:
    viewer = viewer_of(house, ava)
    with house.db.write() as work:
        identity.limit_persona(work, viewer.root, identity.model.Limit(act=bytes(32), until=None))
    with house.db.write() as work, pytest.raises(identity.errors.PersonaLimitedError):
        opinion.rate(work, house.marks_key, viewer.root, post_of(house, LIVE), Helps.YES)
