"""Three instances in one process, of which one lies: it is caught by both others, with proof."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from errno import ENOSPC
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from app import forum, tlog
from app.crypto.multikey import encode_digest
from app.crypto.note_keys import parse_verifier_key
from app.federation import partners
from app.federation.errors import RecordDiffersError, WithheldError
from app.federation.folders import CARD_PATH, Folder
from app.federation.health.jobs import is_clock_off
from app.federation.health.rules import judge_partner
from app.federation.monitor import read_card
from app.federation.partners import Partner, PartnerState, flags, store
from app.federation.partners.errors import (
    BrokenPromiseError,
    ForeignEntryError,
    PartnerFrozenError,
    WrongCardError,
)
from app.federation.partners.evidence import evidence_of
from app.federation.partners.gossip import (
    Contradiction,
    SeenLogs,
    encode_seen,
    parse_seen,
    verify_contradiction,
)
from app.federation.partners.watching import Watcher
from app.keeping import open_watcher
from app.kernel import strict_json
from app.kernel.clock import DAY_S, day_of
from app.kernel.errors import MalformedError, UnavailableError, VerificationError
from app.main import create_app
from app.owning import owners_of
from app.records.codec import sign_receipt
from app.tlog import Witnessed
from app.tlog.checkpoints import parse_checkpoint
from app.tlog.publication import CHECKPOINT_PATH, SEEN_PATH
from app.wiring import House, folder_of, open_witness
from starlette.testclient import TestClient

from tests import factories
from tests.attacks import lying
from tests.federation import neighbours
from tests.federation.hosts import Host
from tests.houses import (
    advance,
    find_post,
    open_at,
    publish,
    release,
    require_post,
    submit,
    tick,
)
from tests.tlog.strangers import public

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")
OURS = factories.board_key("ours")
MOST_COUNTED = 40_000
"""Bytes of a few runs: what comes to lie here, and what each run asks for anew."""


@dataclass(frozen=True)
class Three:
    """Two honest instances that know each other, and a home that lies to them."""

    here: House
    there: House
    home: House
    liar: Partner
    """As both others know it: one key, one name."""

    def watcher(self, house: House) -> Watcher:
        """Return who watches for one of the two; the other's files are read from its folder."""
        by_did = {each.door.instance_did: each for each in (self.here, self.there, self.home)}

        def fetch(partner: Partner) -> bytes:
            path = public(by_did[partner.did]) / SEEN_PATH
            if not path.exists():
                raise UnavailableError("nothing there yet")
            return path.read_bytes()

        return open_watcher(house, fetch)

    def go_round(self) -> None:
        """Let both watch once, as they do every ten seconds."""
        for house in (self.here, self.there):
            for act in self.watcher(house).list_due():
                act()

    def state(self, house: House) -> PartnerState:
        """Return what one of the two thinks of the home."""
        return neighbours.find(house, self.liar).state


@pytest.fixture
def three(house: House, tmp_path: Path) -> Iterator[Three]:
    """Three instances; the home's board about water is read by both others."""
    home = neighbours.found(tmp_path / "home", house, WATER)
    there = neighbours.found(tmp_path / "there", house, factories.board_key("theirs"))
    publish(house, factories.board(OURS, home=house.keys["instance"]))
    liar = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.introduce(house, there, "there")
    neighbours.introduce(there, house, "here")
    neighbours.introduce(there, home, "sepidar")
    three = Three(house, there, home, liar)
    yield three
    there.db.close()
    home.db.close()


def fork(home: House, to: Path) -> House:
    """Return a second instance with the keys and the past of the first; the two grow apart."""
    shutil.copytree(home.settings.data, to)
    return open_at(to, home.clock)


def read_evidence(house: House, liar: Partner) -> dict[str, Any]:
    """Return what an instance kept of a lie."""
    (path,) = evidence_of(folder_of(house, liar)).glob("*.json")
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def flags_of(house: House) -> list[tuple[str, str]]:
    """Return what an instance's log says of others."""
    tick(house)
    with house.db.read() as work:
        by = house.door.instance_did
        return [(flag.about, flag.code) for flag in partners.list_flags(work, by=by)]


def test_split_view_is_caught_by_both_and_proves_itself(three: Three, tmp_path: Path) -> None:
    other = fork(three.home, tmp_path / "other")
    publish(three.home, factories.card(AVA))
    publish(other, *(factories.card(factories.person(name)) for name in ("Babak", "Cyrus")))
    neighbours.pull(three.here, three.liar, three.home)
    neighbours.pull(three.there, three.liar, other)
    other.db.close()

    three.go_round()
    three.go_round()

    for house in (three.here, three.there):
        assert three.state(house) is PartnerState.FROZEN
        assert flags_of(house) == [(three.liar.did, "split-view")]
        seen = parse_seen((public(house) / SEEN_PATH).read_bytes())
        (proof,) = {each.seen: each for each in seen.contradictions}.values()
        verify_contradiction(proof, parse_verifier_key(three.liar.log_key))
        assert read_evidence(house, three.liar)["contradiction"]
    with pytest.raises(PartnerFrozenError):
        neighbours.pull(three.here, three.liar, three.home)


def test_nobody_is_frozen_while_all_is_well(three: Three) -> None:
    publish(three.home, factories.card(AVA))
    neighbours.pull(three.here, three.liar, three.home)
    publish(three.home, factories.note(AVA, board=WATER, title="Whose water?"))
    neighbours.pull(three.there, three.liar, three.home)

    three.go_round()
    three.go_round()

    assert three.state(three.here) is three.state(three.there) is PartnerState.ACTIVE
    assert flags_of(three.here) == []


def test_copy_that_is_damaged_here_keeps_no_other_partner_from_being_judged(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    for house in (three.here, three.there):
        neighbours.pull(house, three.liar, three.home)
    three.go_round()
    (folder_of(three.here, three.liar) / CHECKPOINT_PATH).write_bytes(b"cut off")
    judged: list[str] = []
    judge = Watcher._judge

    def hear(watcher: Watcher, partner: Partner, *told: Any) -> Contradiction | None:
        judged.append(partner.name)
        return judge(watcher, partner, *told)

    monkeypatch.setattr(Watcher, "_judge", hear)

    assert three.watcher(three.here).compare() == []
    assert judged == ["sepidar", "there"]


def test_accusation_without_proof_freezes_nobody(three: Three, tmp_path: Path) -> None:
    other = fork(three.home, tmp_path / "other")
    publish(three.home, factories.card(AVA))
    publish(other, factories.card(factories.person("Babak")))
    neighbours.pull(three.there, three.liar, other)
    other.db.close()
    told = (public(three.home) / CHECKPOINT_PATH).read_bytes()
    later = (public(other) / CHECKPOINT_PATH).read_bytes()
    size, key = parse_checkpoint(told).tree.size, parse_verifier_key(three.liar.log_key)
    honest = Contradiction(seen=told, later=later, root=parse_checkpoint(later).tree.root, path=())
    assert size == parse_checkpoint(later).tree.size
    verify_contradiction(honest, key)

    for lie in (
        replace(honest, later=told, root=parse_checkpoint(told).tree.root),
        replace(honest, root=parse_checkpoint(told).tree.root),
        replace(honest, later=later.replace(b"\n\n", b"\nx\n\n")),
        replace(honest, path=(bytes(32),)),
    ):
        raw = encode_seen(SeenLogs(contradictions=(lie,)))
        (public(three.there) / SEEN_PATH).write_bytes(raw)
        assert three.watcher(three.here).compare() == []
    (public(three.there) / SEEN_PATH).write_bytes(encode_seen(SeenLogs(contradictions=(honest,))))
    assert three.watcher(three.here).compare() == ["sepidar"]


def test_forged_record_in_the_log_freezes_at_once_and_is_kept_as_received(three: Three) -> None:
    """Its digest is under the log's own signature: nobody on the way can have put it there."""
    document = json.loads(factories.note(AVA, board=WATER))
    document["contentMap"] = {"en": "Words that she never wrote."}
    forged = strict_json.encode(document)
    publish(three.home, factories.card(AVA))
    neighbours.pull(three.here, three.liar, three.home)
    lying.log_forged(three.home, forged)

    with pytest.raises(RecordDiffersError):
        neighbours.pull(three.here, three.liar, three.home)
    three.watcher(three.here).say()

    assert three.state(three.here) is PartnerState.FROZEN
    kept = read_evidence(three.here, three.liar)
    assert list(kept["files"]) == [f"records/{factories.digest_of(forged).hex()}"]
    assert str(kept["checkpoint"]).startswith("goftogu/")
    assert flags_of(three.here)[0][0] == three.liar.did


def cut(raw: bytes) -> bytes:
    """Return what arrives of a file when the way ends too early."""
    return raw[: len(raw) // 2]


def change(raw: bytes) -> bytes:
    """Return a file of which somebody on the way changed one byte."""
    return raw[:-1] + bytes([raw[-1] ^ 1])


@pytest.mark.parametrize("spoil", [cut, change])
@pytest.mark.parametrize("what", ["record", "tile", "entries", "receipt", "checkpoint"])
def test_file_that_was_spoiled_on_its_way_freezes_nobody_and_comes_again(
    three: Three, what: str, spoil: Callable[[bytes], bytes]
) -> None:
    neighbours.pull(three.here, three.liar, three.home)
    before = used(three)
    note = factories.note(AVA, board=WATER)
    publish(three.home, factories.card(AVA), note)
    release(three.home)
    path = find_file(three.home, what, factories.digest_of(note))
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))

    for _ in range(3):
        with pytest.raises((MalformedError, VerificationError)):
            neighbours.pull(three.here, three.liar, three.home)
        assert three.state(three.here) is PartnerState.ACTIVE
        assert find_post(three.here, note) is None
        with three.here.db.read() as work:
            partner = partners.get_partner(work, three.liar.did)
            replica = partners.get_replica(work, three.liar.did)
        line = judge_partner(partner, replica, [], three.here.clock.now())
        assert line.state == "unverified"
    assert not evidence_of(folder_of(three.here, three.liar)).exists()

    path.write_bytes(whole)
    neighbours.pull(three.here, three.liar, three.home)
    assert require_post(three.here, note).number == 1
    assert used(three) - before < MOST_COUNTED


def find_file(home: House, what: str, digest: bytes) -> Path:
    """Return one of the files that a host hands out."""
    folder = public(home)
    size = parse_checkpoint((folder / CHECKPOINT_PATH).read_bytes()).tree.size
    return {
        "record": folder / "records" / digest.hex(),
        "tile": folder / f"tlog/tile/0/000.p/{size}",
        "entries": folder / f"tlog/tile/entries/000.p/{size}",
        "receipt": folder / "receipts" / f"{digest.hex()}.json",
        "checkpoint": folder / CHECKPOINT_PATH,
    }[what]


def used(three: Three) -> int:
    """Return how many bytes of the liar's share are used up."""
    with three.here.db.read() as work:
        return partners.get_replica(work, three.liar.did).copied_bytes


def test_record_that_never_verifies_freezes_after_a_day(three: Three) -> None:
    note = factories.note(AVA, board=WATER)
    neighbours.pull(three.here, three.liar, three.home)
    publish(three.home, factories.card(AVA), note)
    name = f"records/{factories.digest_of(note).hex()}"
    (public(three.home) / name).write_bytes(note.replace(b"Note", b"Nota"))

    with pytest.raises(RecordDiffersError):
        neighbours.pull(three.here, three.liar, three.home)
    assert three.state(three.here) is PartnerState.ACTIVE
    advance(three.here, 2 * DAY_S)
    with pytest.raises(RecordDiffersError):
        neighbours.pull(three.here, three.liar, three.home)

    assert three.state(three.here) is PartnerState.FROZEN
    assert list(read_evidence(three.here, three.liar)["files"]) == [name]
    with three.here.db.read() as work:
        frozen = partners.get_partner(work, three.liar.did)
        (unsaid,) = flags.list_unsaid(work)
        line = judge_partner(frozen, partners.get_replica(work, frozen.did), [], work.now)
    assert (line.state, unsaid.code) == ("frozen-unverified", "unverified")


def test_who_was_away_for_days_and_comes_back_with_a_spoiled_file_is_asked_again(
    three: Three,
) -> None:
    """The day counts from the first file that did not hold, and not from the last that did."""
    note = factories.note(AVA, board=WATER)
    neighbours.pull(three.here, three.liar, three.home)
    publish(three.home, factories.card(AVA), note)
    path = public(three.home) / f"records/{factories.digest_of(note).hex()}"
    path.write_bytes(cut(note))
    advance(three.here, 3 * DAY_S)

    with pytest.raises(RecordDiffersError):
        neighbours.pull(three.here, three.liar, three.home)
    assert three.state(three.here) is PartnerState.ACTIVE
    path.write_bytes(note)
    neighbours.pull(three.here, three.liar, three.home)
    with three.here.db.read() as work:
        assert partners.get_replica(work, three.liar.did).doubted_at is None

    assert three.state(three.here) is PartnerState.ACTIVE


@pytest.mark.parametrize("path", [CHECKPOINT_PATH, CARD_PATH])
def test_who_damaged_its_own_copy_blames_nobody_and_is_told_what_to_do(
    three: Three, path: str
) -> None:
    copy = folder_of(three.here, three.liar)
    neighbours.pull(three.here, three.liar, three.home)
    raw = (copy / path).read_bytes()
    (copy / path).write_bytes(raw.replace(b"A", b"B").replace(b"a", b"b"))

    for _ in range(2):
        with pytest.raises(UnavailableError, match="damaged"):
            neighbours.pull(three.here, three.liar, three.home)
        advance(three.here, 2 * DAY_S)
    assert three.state(three.here) is PartnerState.ACTIVE
    copy.rename(copy.with_name("away"))

    assert neighbours.pull(three.here, three.liar, three.home).size > 0


def test_dropped_post_freezes_after_a_day(three: Three) -> None:
    note = factories.note(AVA, board=WATER)
    neighbours.pull(three.here, three.liar, three.home)
    publish(three.home, factories.card(AVA), note)
    (public(three.home) / f"records/{factories.digest_of(note).hex()}").unlink()

    with pytest.raises(WithheldError):
        neighbours.pull(three.here, three.liar, three.home)
    before = three.state(three.here)
    advance(three.here, DAY_S)
    with pytest.raises(WithheldError):
        neighbours.pull(three.here, three.liar, three.home)

    assert before is PartnerState.ACTIVE
    assert three.state(three.here) is PartnerState.FROZEN
    assert read_evidence(three.here, three.liar)["code"]


def test_post_that_is_said_to_be_erased_freezes_when_no_erasure_comes(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, other = factories.note(AVA, board=WATER), factories.note(AVA, board=WATER)
    publish(three.home, factories.card(AVA), note, other)
    (public(three.home) / f"records/{factories.digest_of(note).hex()}").unlink()
    monkeypatch.setattr(Folder, "is_gone", lambda _folder, _path: True)

    for _ in range(3):
        neighbours.pull(three.here, three.liar, three.home)
        # What comes beside it and after it keeps no one waiting.
        assert find_post(three.here, other)
        assert three.state(three.here) is PartnerState.ACTIVE
        advance(three.here, DAY_S)
    for state in (PartnerState.ACTIVE, PartnerState.FROZEN):
        with pytest.raises(WithheldError):
            neighbours.pull(three.here, three.liar, three.home)
        assert three.state(three.here) is state
        advance(three.here, DAY_S)

    assert read_evidence(three.here, three.liar)["code"]


def promise(three: Three) -> None:
    """Hand the home a post that it gives a receipt for, and never logs."""
    neighbours.pull(three.here, three.liar, three.home)
    note = factories.note(AVA, board=WATER)
    submit(three.here, factories.card(AVA), note)
    digest, now = factories.digest_of(note), three.here.clock.now()
    receipt = sign_receipt(
        three.home.keys["instance"], digest=encode_digest(digest), kind="Note", include_by=now
    )
    with three.here.db.write() as work:
        store.set_delivered(work, digest, receipt)


def test_receipt_whose_record_never_comes_freezes_after_a_day(three: Three) -> None:
    promise(three)

    neighbours.pull(three.here, three.liar, three.home)
    advance(three.here, 2 * DAY_S)
    with pytest.raises(BrokenPromiseError):
        neighbours.pull(three.here, three.liar, three.home)

    assert three.state(three.here) is PartnerState.FROZEN
    assert "receipt" in read_evidence(three.here, three.liar)["files"]


def test_who_was_away_when_its_promise_fell_due_has_an_hour_for_its_tick(three: Three) -> None:
    """Its front shows the old log until the forum has started: nobody is a liar for that."""
    promise(three)
    neighbours.pull(three.here, three.liar, three.home)
    advance(three.here, 2 * DAY_S)
    with three.here.db.write() as work:
        store.set_tried(work, three.liar.did, work.minute, "unavailable: not reachable")

    for state in (PartnerState.ACTIVE, PartnerState.FROZEN):
        with pytest.raises(BrokenPromiseError):
            neighbours.pull(three.here, three.liar, three.home)
        assert three.state(three.here) is state


def test_who_knows_that_its_own_clock_is_off_freezes_nobody_for_being_late(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(three)
    before = three.here.clock.now()
    advance(three.here, 2 * DAY_S)
    publish(three.here, factories.note(AVA, board=OURS))
    with three.here.db.read() as work:
        size = tlog.count_entries(work)
    witness = Witnessed(name="w", url="https://w.invalid", tree_size=size, signed_at=before)
    monkeypatch.setattr(tlog, "list_witnessed", lambda _work: [witness])
    is_off = partial(is_clock_off, three.here.sequencer.published)

    with pytest.raises(BrokenPromiseError):
        neighbours.pull(three.here, three.liar, three.home, is_clock_off=is_off)
    held = three.state(three.here)
    monkeypatch.undo()
    with pytest.raises(BrokenPromiseError):
        neighbours.pull(three.here, three.liar, three.home, is_clock_off=is_off)

    assert held is PartnerState.ACTIVE
    assert three.state(three.here) is PartnerState.FROZEN


def test_post_for_our_board_in_a_partners_log_freezes(house: House, tmp_path: Path) -> None:
    publish(house, factories.board(OURS, home=house.keys["instance"]))
    note = factories.note(AVA, board=OURS)
    liar = Host(tmp_path / "liar").publish(factories.card(AVA), note)

    partner = meet(house, liar)
    with pytest.raises(ForeignEntryError):
        pull_from(house, partner, liar.folder)

    assert neighbours.find(house, partner).state is PartnerState.FROZEN
    assert read_evidence(house, partner)["code"] == "foreign-entry"
    with house.db.read() as work:
        assert forum.find_post(work, digest=factories.digest_of(note)) is None


def test_another_host_at_the_partners_address_is_trouble_and_no_lie(three: Three) -> None:
    before = sorted(folder_of(three.here, three.liar).rglob("*"))

    with pytest.raises(WrongCardError):
        pull_from(three.here, three.liar, public(three.there))

    assert three.state(three.here) is PartnerState.ACTIVE
    assert sorted(folder_of(three.here, three.liar).rglob("*")) == before
    with three.here.db.read() as work:
        trouble = partners.get_replica(work, three.liar.did).trouble
    assert trouble.startswith("wrong-card")


def test_disk_that_is_full_is_trouble_and_leaves_nothing_half(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(three.home, factories.card(AVA), factories.note(AVA, board=WATER))
    write = Folder.write

    def fill_up(folder: Folder, path: str, content: bytes) -> None:
        if path.startswith("tlog/tile"):
            raise OSError(ENOSPC, "No space left on device")
        write(folder, path, content)

    with monkeypatch.context() as full:
        full.setattr(Folder, "write", fill_up)
        with pytest.raises(OSError, match="No space"):
            neighbours.pull(three.here, three.liar, three.home)
    with three.here.db.read() as work:
        replica = partners.get_replica(work, three.liar.did)
    assert replica.trouble == "disk: No space left on device"
    before = replica.size

    assert neighbours.pull(three.here, three.liar, three.home).size > before
    assert three.state(three.here) is PartnerState.ACTIVE


def test_partners_witness_each_other_and_part_from_who_lied(three: Three) -> None:
    three.go_round()

    memory = open_witness(three.here).memory
    assert [each.origin for each in memory.list_logs()] == [three.liar.log_origin]
    with three.here.db.read() as work:
        (asked,) = tlog.list_witnessed(work)
    assert asked.url == f"{three.liar.url}/witness"

    with three.here.db.write() as work:
        partners.freeze(work, three.liar, "split-view: two histories", evidence=bytes(32))
    three.go_round()

    assert memory.list_logs() == []
    with three.here.db.read() as work:
        assert tlog.list_witnessed(work) == []


def test_our_own_second_history_is_kept_and_told(three: Three, tmp_path: Path) -> None:
    stolen = fork(three.here, tmp_path / "stolen")
    publish(three.here, factories.card(AVA))
    publish(stolen, factories.card(factories.person("Babak")))
    stolen.db.close()
    told = (public(stolen) / CHECKPOINT_PATH).read_bytes()
    (public(three.there) / SEEN_PATH).write_bytes(encode_seen(SeenLogs(checkpoints=(told,))))

    for act in three.watcher(three.here).list_due():
        act()

    seen = parse_seen((public(three.here) / SEEN_PATH).read_bytes())
    assert len(seen.contradictions) == 1
    verify_contradiction(seen.contradictions[0], three.here.sequencer.published.key)


def test_readers_of_that_board_are_told(three: Three) -> None:
    note = factories.note(AVA, board=WATER, title="Whose water?")
    publish(three.home, factories.card(AVA), note)
    neighbours.pull(three.here, three.liar, three.home)
    client = TestClient(create_app(three.here, "http://testserver"))
    with three.here.db.read() as work:
        thread = forum.get_post(work, factories.digest_of(note)).thread
    paths = ("/en/b/sepidar-water", f"/en/t/{thread}")

    before = [client.get(path).text for path in paths]
    with three.here.db.write() as work:
        partners.freeze(work, three.liar, "split-view: two histories", evidence=bytes(32))
    after = [client.get(path).text for path in paths]

    assert all("home is the host" in page for page in before)
    assert not any("Nothing is exchanged" in page for page in before)
    assert all("Nothing is exchanged with that host now" in page for page in after)
    assert "Whose water?" in after[1]


def meet(house: House, host: Host) -> Partner:
    """Meet a host that is no more than a folder of files."""
    with Folder(host.folder) as source, house.db.write() as work:
        card = read_card(source)
        partner = partners.read_partner(
            card, name="sepidar", url="http://sepidar.invalid", met_on=day_of(work.now)
        )
        partners.meet(work, partner)
    return partner


def pull_from(house: House, partner: Partner, folder: Path) -> None:
    """Bring a replica up to date from whatever is in a folder."""
    with Folder(folder) as source:
        partners.sync(
            house.db,
            folder_of(house, partner),
            source,
            owners_of(partner, house.marks_key, house.settings.data),
            own_did=house.door.instance_did,
            partner=partner,
        )
