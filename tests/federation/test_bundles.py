"""A part of a board as one file: the same each time, checked without anyone, and brought home."""

import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from app import records
from app.crypto.ed25519 import SigningKey
from app.crypto.note_keys import SIGNATURE, VerifierKey
from app.federation.bundles import codec
from app.federation.bundles.archive import read_archive, write_archive
from app.federation.bundles.bringing import bring, order_by_needs
from app.federation.bundles.checking import verify_bundle
from app.federation.bundles.codec import MOST_RECORDS, parse_records, read_bundle
from app.federation.bundles.words import index_words
from app.kernel import strict_json
from app.kernel.clock import FixedClock
from app.kernel.errors import TooLargeError, VerificationError
from app.records.codec import encode_leaf, parse_record
from app.tlog.checkpoints import parse_checkpoint, sign_checkpoint
from app.tlog.policies import NONE, Policy, PolicyLog, encode_policy, parse_policy
from app.tlog.proof_files import parse_proof_file, verify_proof_file
from app.wiring import House

from tests import factories
from tests.factories import (
    SQUARE,
    TODAY,
    card,
    digest_of,
    erasure,
    mark,
    note,
    person,
    settings,
    update,
)
from tests.federation.made import export, remade
from tests.houses import find_post, open_at, publish, release, require_post, submit
from tests.tlog import logs

pytestmark = pytest.mark.slow

AVA, BABAK = person("Ava"), person("Babak")
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def told(house: House) -> dict[str, bytes]:
    """What was said on the board: a thread of two days, a revision, an erasure, another board."""
    old = note(AVA, title="Water", text="Where does it go?", day=YESTERDAY)
    erased = note(BABAK, title="Gone", text="I should not have said it.")
    answer = note(BABAK, reply_to=old, text="Into the pistachios.")
    elsewhere = note(AVA, board=factories.LIVE, title="Now", text="Elsewhere.")
    publish(house, card(AVA), card(BABAK))
    publish(house, old)
    publish(house, answer, erased, elsewhere)
    publish(house, update(BABAK, answer, text="Into pistachios and steel."), erasure(BABAK, erased))
    return {"old": old, "answer": answer, "erased": erased, "elsewhere": elsewhere}


@pytest.fixture
def other(template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """The same instance in another folder, as it was before anybody said anything."""
    shutil.copytree(template, tmp_path / "other")
    house = open_at(tmp_path / "other", clock)
    yield house
    house.db.close()


def founding_of(house: House) -> bytes:
    with house.db.read() as work:
        record = records.find_signed(work, SQUARE.did, "Group")
    assert record is not None
    assert record.raw is not None
    return record.raw


def page_of(raw: bytes) -> str:
    return read_bundle(raw).contents.page.decode()


def test_day_holds_what_was_said_and_what_that_answers(
    house: House, told: dict[str, bytes]
) -> None:
    contents = read_bundle(export(house, TODAY)).contents

    assert told["answer"] in contents.records
    assert told["old"] in contents.records
    assert told["elsewhere"] not in contents.records
    assert [factories.decode(raw)["type"] for raw in contents.records].count("Person") == 2
    assert "I should not have said it." not in str(contents)


def test_day_before_holds_nothing_of_today(house: House, told: dict[str, bytes]) -> None:
    contents = read_bundle(export(house, YESTERDAY)).contents

    assert told["old"] in contents.records
    assert told["answer"] not in contents.records


def test_since_holds_what_came_later(house: House, told: dict[str, bytes]) -> None:
    size = verify_bundle(export(house)).log_size
    late = note(AVA, title="Late", text="One more.")
    publish(house, late)

    contents = read_bundle(export(house, since=size)).contents

    assert late in contents.records
    assert told["answer"] not in contents.records


def test_two_exports_are_the_same_bytes(house: House, told: dict[str, bytes]) -> None:
    first = export(house, TODAY)
    house.db.close()

    again = open_at(house.settings.data, house.clock)
    assert export(again, TODAY) == first
    again.db.close()


def test_bundle_names_no_machine_and_no_time_of_day(house: House, told: dict[str, bytes]) -> None:
    raw = export(house, TODAY)

    with zipfile.ZipFile(BytesIO(raw)) as opened:
        text = "".join(opened.read(name).decode() for name in opened.namelist())
    assert set(re.findall(r"\d\d:\d\d(?::\d\d)?(?!\d)", text)) <= {"00:00:00"}
    assert str(house.settings.data) not in text


def test_bundle_proves_what_it_holds(house: House, told: dict[str, bytes]) -> None:
    found = verify_bundle(export(house))

    assert found.host == house.door.instance_did
    assert found.posts == 2
    assert found.witnesses == ()
    assert found.is_own_policy


def test_policy_of_the_readers_own_decides(house: House, told: dict[str, bytes]) -> None:
    raw = export(house)
    own = read_bundle(raw).contents.policy
    other = encode_policy(
        Policy(logs=(PolicyLog(key=logs.LOG),), witnesses=(), groups=(), quorum=NONE)
    )

    assert not verify_bundle(raw, own).is_own_policy
    with pytest.raises(VerificationError, match="another log"):
        verify_bundle(raw, other)


def test_courier_who_changes_a_record_is_found(house: House, told: dict[str, bytes]) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["data/records.jsonl"] = files["data/records.jsonl"].replace(
            b"pistachios", b"reservoirs"
        )

    with pytest.raises(VerificationError, match="the host signed another bundle"):
        verify_bundle(remade(export(house), change))


def test_courier_who_changes_the_page_is_found(house: House, told: dict[str, bytes]) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["index.html"] += b"<script>"

    with pytest.raises(VerificationError, match="the host signed another bundle"):
        verify_bundle(remade(export(house), change))


def test_host_who_changes_a_record_is_found(house: House, told: dict[str, bytes]) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["data/records.jsonl"] = files["data/records.jsonl"].replace(
            b"pistachios", b"reservoirs"
        )

    with pytest.raises(VerificationError):
        verify_bundle(remade(export(house), change, house.keys["instance"]))


def test_host_who_adds_a_record_that_its_log_lacks_is_found(
    house: House, told: dict[str, bytes]
) -> None:
    def change(files: dict[str, bytes]) -> None:
        *lines, _ = files["data/records.jsonl"].split(b"\n")
        lines[-1] = note(AVA, title="Never", text="Never logged.")
        files["data/records.jsonl"] = b"\n".join([*lines, b""])

    with pytest.raises(VerificationError, match="log"):
        verify_bundle(remade(export(house), change, house.keys["instance"]))


def test_host_who_shows_another_boards_words_is_found(house: House, told: dict[str, bytes]) -> None:
    def change(files: dict[str, bytes]) -> None:
        there = read_bundle(export(house, board="live")).contents
        wanted = there.records.index(told["elsewhere"])
        place = there.places[wanted]
        files["data/records.jsonl"] = told["elsewhere"] + b"\n"
        files["data/proofs.txt"] = codec._encode_place(place)

    with pytest.raises(VerificationError, match="another board"):
        verify_bundle(remade(export(house), change, house.keys["instance"]))


@pytest.mark.parametrize(
    ("origin", "words"), [("goftogu/other", "of another log"), ("", "believes another key")]
)
def test_host_who_proves_by_a_log_that_its_card_does_not_name_is_found(
    origin: str, words: str, house: House, told: dict[str, bytes]
) -> None:
    """A second log, kept for those who get bundles: its own name, or the log's with another key."""
    raw = export(house)
    tree = parse_checkpoint(read_bundle(raw).contents.checkpoint)
    second = VerifierKey(origin or tree.origin, SIGNATURE, logs.OTHER_KEY.public)
    policy = Policy(logs=(PolicyLog(key=second),), witnesses=(), groups=(), quorum=NONE)
    checkpoint = sign_checkpoint(second.name, tree.tree, logs.OTHER_KEY)
    changed = {
        "data/checkpoint": checkpoint.note.encode(),
        "data/policy": encode_policy(policy),
    }

    with pytest.raises(VerificationError, match=words):
        verify_bundle(remade(raw, lambda files: files.update(changed), house.keys["instance"]))


def test_somebody_else_who_signs_a_hosts_bundle_is_found(
    house: House, told: dict[str, bytes]
) -> None:
    raw = remade(export(house), lambda files: None, SigningKey(b"somebody else".ljust(32)))

    with pytest.raises(VerificationError, match="card inside is not that of the host"):
        verify_bundle(raw)


def test_forged_signature_of_the_host_is_found(house: House, told: dict[str, bytes]) -> None:
    files = read_archive(export(house))
    name = next(name for name in files if name.endswith("signature.json"))
    forged = factories.decode(files[name])
    theirs = codec._sign(b"another manifest", TODAY, house.keys["instance"])
    forged["proof"]["proofValue"] = factories.decode(theirs)["proof"]["proofValue"]

    with pytest.raises(VerificationError, match="signature"):
        verify_bundle(write_archive({**files, name: strict_json.encode(forged)}))


def test_too_many_records_are_counted_before_they_are_split() -> None:
    with pytest.raises(TooLargeError, match="too many records"):
        parse_records(b"\n" * (MOST_RECORDS + 1))


def test_bundle_is_brought_home_from_a_folder_alone(
    house: House, other: House, told: dict[str, bytes]
) -> None:
    records = read_bundle(export(house)).contents.records

    brought = bring(other.db, other.door, records)
    again = bring(other.db, other.door, records)
    release(other)

    # The erasure names a post whose words no bundle holds any more.
    assert dict(brought.refused) == {"no such post": 1}
    assert (again.new, again.known) == (0, brought.new + brought.known)
    assert require_post(other, told["answer"]).version.text.markdown == "Into pistachios and steel."
    assert require_post(other, told["answer"]).author.name == "Babak"
    assert find_post(other, told["erased"]) is None


def test_bundles_come_in_any_order_and_any_order_inside(
    house: House, other: House, told: dict[str, bytes]
) -> None:
    today = read_bundle(export(house, TODAY)).contents.records
    before = read_bundle(export(house, YESTERDAY)).contents.records

    bring(other.db, other.door, today[::-1])
    bring(other.db, other.door, before[::-1])
    release(other)

    assert require_post(other, told["answer"]).version.text.markdown == "Into pistachios and steel."
    assert require_post(other, told["old"]).number == 1


def test_order_ends_where_needs_run_in_circles_or_deep() -> None:
    chain = [note(AVA, title="Water")]
    for _ in range(300):
        chain.append(note(AVA, reply_to=chain[-1]))

    assert list(order_by_needs(chain[::-1])) == chain
    assert list(order_by_needs([b"no record", *chain])) == [b"no record", *chain]


def test_records_of_a_board_from_elsewhere_are_refused(other: House) -> None:
    stranger = note(AVA, board=factories.board_key("elsewhere"), title="Water")

    brought = bring(other.db, other.door, [stranger, b"{}", note(AVA, title="Here")])

    assert brought.new == 1
    assert brought.refused.total() == 2


def test_erased_words_are_in_no_bundle_made_later(house: House, told: dict[str, bytes]) -> None:
    raw = export(house)
    publish(house, erasure(AVA, told["old"]))

    after = export(house)

    assert "Where does it go?" in page_of(raw)
    with zipfile.ZipFile(BytesIO(after)) as opened:
        assert not any(b"Where does it go?" in opened.read(name) for name in opened.namelist())
    assert verify_bundle(after).posts == 1


def test_page_reads_as_a_forum_alone(house: House, told: dict[str, bytes]) -> None:
    page = page_of(export(house))

    assert "Into pistachios and steel." in page
    assert "The author erased this post." in page
    assert "<script" not in page
    # Nothing to load, and no way out but within the page.
    assert set(re.findall(r'(?:href|src)="([^"#]*)', page)) == {
        "", "data:,", *re.findall(r'href="(data:text/css;base64,[^"]*)', page),
    }  # fmt: skip
    marks = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= marks
    assert len(re.findall(r'id="([^"]+)"', page)) == len(marks)


def test_board_comes_with_its_founding_its_settings_and_how_threads_were_set(
    house: House, other: House, told: dict[str, bytes]
) -> None:
    home, founding = house.keys["instance"], founding_of(house)
    first = settings(SQUARE, founding, home=home, tags=["rivers"])
    second = settings(SQUARE, founding, home=home, after=first, tags=["rivers", "dams"])
    locked = mark(told["old"], home=home, state="locked")
    publish(house, first, second, note(AVA, title="Dam", tags=["dams"]), locked)

    raws = read_bundle(export(house)).contents.records

    assert {founding, first, second, locked, told["old"]} <= set(raws)
    brought = bring(other.db, other.door, raws)
    release(other)
    # A thread is set once readers can see it: the same bundle again does it.
    unseen = "the post opened no thread that readers can see"
    assert brought.refused[unseen] == 1
    assert unseen not in bring(other.db, other.door, raws).refused


def test_day_on_which_nothing_was_said_is_a_bundle_too(
    house: House, told: dict[str, bytes]
) -> None:
    raw = export(house, TODAY - timedelta(days=30))

    assert verify_bundle(raw).posts == 0
    assert "<article" not in page_of(raw)


def test_proofs_are_those_that_others_read(house: House, told: dict[str, bytes]) -> None:
    raw = export(house)
    files = {name.partition("/")[2]: content for name, content in read_archive(raw).items()}
    contents = read_bundle(raw).contents
    blocks = files["data/proofs.txt"].split(b"\n\n")[:-1]
    policy = parse_policy(files["data/policy"])

    for record, block in zip(contents.records, blocks, strict=True):
        whole = b"c2sp.org/tlog-proof@v1\n" + block + b"\n\n" + files["data/checkpoint"]
        leaf = encode_leaf(digest_of(record), parse_record(record).type)
        assert verify_proof_file(parse_proof_file(whole), leaf, policy).leaf == leaf


def test_waiting_post_is_in_no_bundle(house: House, told: dict[str, bytes]) -> None:
    waiting = note(AVA, title="Waiting", text="Not yet.")
    submit(house, waiting)

    assert digest_of(waiting).hex() not in page_of(export(house))
    assert waiting not in read_bundle(export(house)).contents.records


def test_index_takes_spellings_for_one_word_and_leaves_out_what_is_everywhere() -> None:
    texts = [(1, "کتاب‌ها و كتاب‌ها"), (2, "کتاب‌ها 1388 no")]
    common = [(number, "everywhere") for number in range(1, 40)]

    found = index_words([*texts, *common])

    assert [(item.word, item.threads) for item in found] == [("کتاب‌ها", (1, 2))]
