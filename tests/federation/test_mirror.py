"""Mirrors: whole, verified before they are put in place, and true to erasures."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from app.federation.erasures import MOST_DAYS
from app.federation.errors import (
    ErasuresPendingError,
    ForeignErasureError,
    MirrorBusyError,
    NotAFileError,
    NotAMirrorError,
    OtherInstanceError,
    ReceiptDiffersError,
    RecordDiffersError,
    WithheldError,
)
from app.federation.folders import CARD_PATH, RECORDS, Folder, path_of_receipt
from app.federation.mirror import keep_up
from app.federation.mirror_page import PAGE_PATH, SHEET_PATH, render_pages
from app.federation.waiting import Waiting
from app.settings import ROOT
from app.tlog.errors import ShrunkLogError, SplitViewError, TileError
from app.tlog.publication import CHECKPOINT_PATH
from app.web.languages import load_languages
from app.web.templating import Templates

from tests import factories
from tests.federation.hosts import (
    INSTANCE,
    Host,
    card,
    files_of,
    leave_unsynced,
    mirror,
    posts,
    published,
    verify,
)
from tests.federation.test_erasures import first_card, revocation

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A host with three posts."""
    return published(tmp_path / "host", posts(3))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where a mirror is to be."""
    return tmp_path / "mirror"


@pytest.mark.parametrize("size", [1, 256, 300])
def test_mirror_is_the_host_file_by_file(size: int, tmp_path: Path, copy: Path) -> None:
    host = published(tmp_path / "host", posts(size))

    copied = mirror(copy, host.folder)

    assert copied.records == size
    assert files_of(copy) == files_of(host.folder)


def test_mirror_keeps_up(host: Host, copy: Path) -> None:
    mirror(copy, host.folder)
    assert mirror(copy, host.folder).records == 0
    host.publish(*posts(300, "Babak"))

    assert mirror(copy, host.folder).records == 300

    assert verify(copy).shown.checkpoint.tree.size == 303
    assert files_of(copy) == files_of(host.folder)


def test_mirror_of_a_mirror_is_as_good(host: Host, copy: Path, tmp_path: Path) -> None:
    mirror(copy, host.folder)
    mirror(tmp_path / "second", copy)

    assert files_of(tmp_path / "second") == files_of(host.folder)


def test_receipts_come_along(tmp_path: Path, copy: Path) -> None:
    first, second = posts(2)
    host = published(tmp_path / "host", [first, second])
    host.promise(first)

    mirror(copy, host.folder)
    mirror(tmp_path / "second", copy)

    # One that the source lacks proves nothing: it is no part of the log.
    assert files_of(copy) == files_of(tmp_path / "second") == files_of(host.folder)


@pytest.mark.parametrize("case", ["another key", "another record", "another type", "damaged"])
def test_receipt_that_is_not_the_hosts_promise_is_refused(
    case: str, tmp_path: Path, copy: Path
) -> None:
    first, second = posts(2)
    host = published(tmp_path / "host", [first, second])
    receipt = host.promise(
        first,
        key=AVA.key if case == "another key" else INSTANCE,
        kind="Update" if case == "another type" else "Note",
    )
    path = path_of_receipt(factories.digest_of(first))
    if case == "another record":
        (host.folder / path).rename(host.folder / path_of_receipt(factories.digest_of(second)))
    elif case == "damaged":
        host.write(path, receipt.replace(b"T10:", b"T11:"))

    with pytest.raises(ReceiptDiffersError):
        mirror(copy, host.folder)

    assert not (copy / CHECKPOINT_PATH).exists()
    assert list((copy / "receipts").glob("*")) == []


def test_receipt_that_a_crash_cut_off_is_asked_for_again(tmp_path: Path, copy: Path) -> None:
    (post,) = posts(1)
    host = published(tmp_path / "host", [post])
    receipt = host.promise(post)
    mirror(copy, host.folder)
    (copy / CHECKPOINT_PATH).unlink()
    place = copy / path_of_receipt(factories.digest_of(post))
    place.write_bytes(receipt[:20])

    mirror(copy, host.folder)

    assert place.read_bytes() == receipt


class Interrupted:
    """A source whose line breaks after some answers; it counts what was asked."""

    def __init__(self, folder: Folder, answers: int) -> None:
        self.folder, self.left = folder, answers
        self.asked: list[str] = []

    def read(self, path: str, most: int) -> bytes | None:
        """Answer, or break."""
        if self.left == 0:
            raise ConnectionError("the line broke")
        self.left -= 1
        self.asked.append(path)
        return self.folder.read(path, most)

    def read_many(self, paths: Sequence[str], most: int) -> Iterator[bytes | None]:
        """Answer one after the other."""
        return (self.read(path, most) for path in paths)

    def is_gone(self, path: str) -> bool:
        """Say what the folder says."""
        return self.folder.is_gone(path)


@pytest.mark.parametrize("answers", [0, 1, 3, 100, 262, 290])
def test_run_that_was_cut_off_goes_on(answers: int, tmp_path: Path, copy: Path) -> None:
    host = published(tmp_path / "host", posts(300))
    copy.mkdir()

    with Folder(copy) as files, Folder(host.folder) as source:
        first = Interrupted(source, answers)
        with files.hold(), suppress(ConnectionError):
            keep_up(files, first, lambda _shown: {}, settle=leave_unsynced)
        assert not (copy / CHECKPOINT_PATH).exists()
        second = Interrupted(source, 2000)
        with files.hold():
            keep_up(files, second, lambda _shown: {}, settle=leave_unsynced)

    twice = {path for path in first.asked if path.startswith(RECORDS)} & set(second.asked)
    # At most the bundle that it was cut off in is asked for again.
    assert len(twice) < 256
    assert files_of(copy) == files_of(host.folder)


def test_file_that_a_crash_cut_off_is_asked_for_again(host: Host, copy: Path) -> None:
    mirror(copy, host.folder)
    (copy / CHECKPOINT_PATH).unlink()
    for path in [*(copy / RECORDS).iterdir(), *(copy / "tlog/tile").rglob("3")]:
        path.write_bytes(b"")

    mirror(copy, host.folder)

    assert files_of(copy) == files_of(host.folder)


def test_damage_is_mended_when_everything_is_asked_for(host: Host, copy: Path) -> None:
    mirror(copy, host.folder)
    for path in (copy / RECORDS).iterdir():
        path.write_bytes(b"damaged")

    assert mirror(copy, host.folder, everything=True).records == 3

    assert files_of(copy) == files_of(host.folder)


def test_checkpoint_comes_after_the_disk_keeps_all_that_it_names(host: Host, copy: Path) -> None:
    """A power cut before leaves the old one, under which everything is still there."""
    mirror(copy, host.folder)
    before = host.checkpoint()
    host.publish(*posts(300, "Babak"))
    at_settling: list[dict[str, bytes]] = []

    with Folder(copy) as files, files.hold(), Folder(host.folder) as source:
        keep_up(files, source, lambda _shown: {}, settle=lambda: at_settling.append(files_of(copy)))

    (found,) = at_settling
    assert found.pop(CHECKPOINT_PATH) == before
    after = files_of(copy)
    assert after.pop(CHECKPOINT_PATH) == host.checkpoint()
    assert found == after


def test_record_that_does_not_hold_is_not_put_in_place(host: Host, copy: Path) -> None:
    mirror(copy, host.folder)
    before = files_of(copy)
    (post,) = posts(1, "Babak")
    host.publish(post)
    host.path_of(post).write_bytes(post.replace(b"Post", b"Past"))

    with pytest.raises(RecordDiffersError):
        mirror(copy, host.folder)

    assert files_of(copy) == before


def test_tile_that_does_not_hold_is_not_put_in_place(host: Host, copy: Path) -> None:
    host.write("tlog/tile/0/000.p/3", b"x" * 96)

    with pytest.raises(TileError):
        mirror(copy, host.folder)

    assert files_of(copy) == {}


def test_host_that_withholds_a_post_is_caught(host: Host, copy: Path) -> None:
    mirror(copy, host.folder)
    (post,) = posts(1, "Babak")
    host.publish(post)
    host.erase(post)
    before = (copy / CHECKPOINT_PATH).read_bytes()

    with pytest.raises(WithheldError):
        mirror(copy, host.folder)

    assert (copy / CHECKPOINT_PATH).read_bytes() == before


def test_host_that_takes_a_copied_post_away_is_caught_and_the_copy_stays(
    tmp_path: Path, copy: Path
) -> None:
    (post,) = posts(1)
    host = published(tmp_path / "host", [post])
    mirror(copy, host.folder)
    host.erase(post)

    with pytest.raises(WithheldError):
        mirror(copy, host.folder, everything=True)

    assert verify(copy).shown.checkpoint.tree.size == 1


def test_erased_post_leaves_the_mirror_with_all_its_versions(tmp_path: Path, copy: Path) -> None:
    post, other = factories.note(AVA), factories.note(BABAK)
    first = factories.update(AVA, post)
    second = factories.update(AVA, post, after=first)
    host = published(tmp_path / "host", [post, first, second, other])
    mirror(copy, host.folder)
    # Built on a version in the middle: what came before and what came after goes as well.
    host.publish(factories.erasure(AVA, post, after=first))
    host.erase(post, first, second)

    assert mirror(copy, host.folder).removed == 3

    assert files_of(copy) == files_of(host.folder)
    assert verify(copy).shown.checkpoint.tree.size == 5


def test_erased_post_leaves_the_mirror_though_the_source_still_has_it(
    tmp_path: Path, copy: Path
) -> None:
    post = factories.note(AVA)
    host = published(tmp_path / "host", [post, factories.erasure(AVA, post)])

    assert mirror(copy, host.folder).removed == 1

    assert factories.digest_of(post).hex() not in {path.name for path in (copy / RECORDS).iterdir()}


def test_cards_of_an_erased_persona_leave_the_mirror(tmp_path: Path, copy: Path) -> None:
    named, other = first_card(AVA), first_card(BABAK)
    host = published(tmp_path / "host", [named, other])
    mirror(copy, host.folder)
    host.publish(revocation(AVA), revocation(BABAK))
    # Babak revoked his keys and kept his name.
    host.erase(named)

    assert mirror(copy, host.folder).removed == 1

    assert files_of(copy) == files_of(host.folder)


def test_erasure_by_somebody_else_takes_nothing_from_the_mirror(tmp_path: Path, copy: Path) -> None:
    post = factories.note(AVA)
    host = published(tmp_path / "host", [post])
    mirror(copy, host.folder)
    host.publish(factories.erasure(BABAK, post))
    host.erase(post)

    with pytest.raises(ForeignErasureError):
        mirror(copy, host.folder)

    assert (copy / RECORDS / factories.digest_of(post).hex()).read_bytes() == post


def test_erasure_that_names_another_post_takes_nothing_from_the_mirror(
    tmp_path: Path, copy: Path
) -> None:
    """A host writes a post of its own, and an erasure of it that names somebody else's digest."""
    post, own = factories.note(AVA), factories.note(BABAK)
    host = published(tmp_path / "host", [post])
    mirror(copy, host.folder)
    host.publish(factories.erasure(BABAK, own, after=post))
    host.erase(post)

    with pytest.raises(ForeignErasureError):
        mirror(copy, host.folder)

    assert (copy / RECORDS / factories.digest_of(post).hex()).read_bytes() == post


class Live(Folder):
    """A host that is served: it says of what is missing that it was erased."""

    def is_gone(self, path: str) -> bool:
        """Say that it was erased."""
        return True


def test_erasure_that_waits_for_its_tick_lets_the_mirror_wait(tmp_path: Path, copy: Path) -> None:
    post = factories.note(AVA)
    host = published(tmp_path / "host", [post, *posts(1)])
    host.erase(post)
    copy.mkdir()

    with Folder(copy) as files, files.hold(), Live(host.folder) as source:
        with pytest.raises(ErasuresPendingError):
            keep_up(files, source, lambda _shown: {}, settle=leave_unsynced)
        assert not (copy / CHECKPOINT_PATH).exists()
        host.publish(factories.erasure(AVA, post))
        keep_up(files, source, lambda _shown: {}, settle=leave_unsynced)

    assert verify(copy).shown.checkpoint.tree.size == 3


def test_who_remembers_what_is_missing_goes_on_until_the_erasure_comes(
    tmp_path: Path, copy: Path
) -> None:
    post, later = factories.note(AVA), factories.note(BABAK)
    host = published(tmp_path / "host", [post, *posts(1)])
    host.erase(post)
    copy.mkdir()

    def run(day: date) -> None:
        with Folder(copy) as files, files.hold(), Live(host.folder) as source:
            waiting = Waiting.read(files, day)
            keep_up(files, source, lambda _: {}, settle=leave_unsynced, waiting=waiting)

    run(factories.TODAY)
    host.publish(later)
    run(factories.TODAY + timedelta(days=MOST_DAYS))
    assert (copy / RECORDS / factories.digest_of(later).hex()).exists()
    with pytest.raises(WithheldError):
        run(factories.TODAY + timedelta(days=MOST_DAYS + 1))
    host.publish(factories.erasure(AVA, post))
    run(factories.TODAY + timedelta(days=MOST_DAYS + 1))

    assert verify(copy).shown.checkpoint.tree.size == 4
    assert (copy / ".goftogu-waiting").read_bytes() == b"{}"


def test_split_view_leaves_its_evidence_in_the_mirror(
    host: Host, copy: Path, tmp_path: Path
) -> None:
    mirror(copy, host.folder)
    twin = published(tmp_path / "twin", posts(4, "Babak"))

    with pytest.raises(SplitViewError):
        mirror(copy, twin.folder)

    (evidence,) = copy.glob("split-view-*.txt")
    assert evidence.read_bytes() == host.checkpoint() + b"\n" + twin.checkpoint()
    assert (copy / CHECKPOINT_PATH).read_bytes() == host.checkpoint()


def test_older_log_does_not_replace_a_newer_one(host: Host, copy: Path, tmp_path: Path) -> None:
    older = host.copy(tmp_path / "older")
    host.publish(*posts(1, "Babak"))
    mirror(copy, host.folder)

    with pytest.raises(ShrunkLogError):
        mirror(copy, older.folder)


def test_another_instance_is_not_mixed_in(host: Host, copy: Path) -> None:
    mirror(copy, host.folder)
    host.write(CARD_PATH, card(instance=BABAK.key))

    with pytest.raises(OtherInstanceError):
        mirror(copy, host.folder)


def test_older_card_does_not_replace_a_newer_one(host: Host, copy: Path) -> None:
    first, second = card(), card(sequence=2)
    for shown in (first, second, first):
        host.write(CARD_PATH, shown)
        mirror(copy, host.folder)

    assert (copy / CARD_PATH).read_bytes() == second


def test_two_runs_do_not_work_on_one_folder(host: Host, copy: Path) -> None:
    copy.mkdir()
    with Folder(copy) as files, files.hold(), pytest.raises(MirrorBusyError):
        mirror(copy, host.folder)

    assert mirror(copy, host.folder).records == 3


def test_folder_with_something_else_is_left_alone(host: Host, copy: Path) -> None:
    copy.mkdir()
    (copy / "index.html").write_bytes(b"my own page")

    with pytest.raises(NotAMirrorError):
        mirror(copy, host.folder)

    assert [path.name for path in copy.iterdir()] == ["index.html"]


@pytest.mark.parametrize("name", [RECORDS, "tlog", "tlog/tile", ".well-known"])
def test_nothing_is_written_through_a_linked_folder(
    name: str, host: Host, copy: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    copy.mkdir()
    with Folder(copy) as files, files.hold():
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).symlink_to(tmp_path / "outside")

    with pytest.raises(NotAFileError):
        mirror(copy, host.folder)

    assert list((tmp_path / "outside").iterdir()) == []


def test_link_where_a_file_goes_is_replaced_and_not_followed(
    host: Host, copy: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_bytes(b"mine")
    copy.mkdir()
    with Folder(copy) as files, files.hold():
        (copy / "index.html").symlink_to(tmp_path / "outside")
        (copy / ".index.html.new").symlink_to(tmp_path / "outside")

    mirror(copy, host.folder)

    assert (tmp_path / "outside").read_bytes() == b"mine"
    assert not (copy / "index.html").is_symlink()


def test_page_says_which_checkpoint_it_shows_in_every_language(host: Host) -> None:
    languages = load_languages(ROOT / "translations")
    sheet = (ROOT / "static" / "goftogu.css").read_bytes()
    shown = verify(host.folder).shown

    pages = render_pages(shown, Templates(ROOT / "templates"), languages.values(), sheet)

    page = pages[PAGE_PATH].decode()
    assert pages[SHEET_PATH] == sheet
    for language in languages.values():
        assert f'lang="{language.code}" dir="{language.direction}"' in page
    assert page.count(host.checkpoint().decode().split("\n")[2]) == len(languages) == 3
    assert page.count("goftogu log verify") == len(languages)
    assert "<script" not in page
    assert "http://" not in page


def test_name_of_a_hostile_host_stays_text(tmp_path: Path) -> None:
    host = published(tmp_path / "host", posts(1))
    shown = verify(host.folder).shown
    shown.card.document["name"] = "<script>x</script> 100 %s %"

    pages = render_pages(
        shown,
        Templates(ROOT / "templates"),
        load_languages(ROOT / "translations").values(),
        b"",
    )

    assert b"<script" not in pages[PAGE_PATH]
    assert b"&lt;script&gt;x" in pages[PAGE_PATH]
