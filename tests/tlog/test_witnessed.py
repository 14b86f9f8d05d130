"""Three instances that look after each other's logs, and what readers get of it.

The partners are whole instances in this process; only the wire between them is left out.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TypeAlias

import pytest
from app import tlog, wiring, worker
from app.cli import inspect
from app.crypto.ed25519 import SigningKey
from app.kernel.clock import FixedClock
from app.kernel.errors import UnavailableError
from app.main import create_staff_app
from app.records.codec import encode_leaf
from app.settings import Settings
from app.tlog.checkpoints import parse_checkpoint
from app.tlog.errors import QuorumError
from app.tlog.policies import NONE, Policy, verify_by_policy
from app.tlog.proof_files import VerifiedInclusion, parse_proof_file, verify_proof_file
from app.tlog.publication import CHECKPOINT_PATH, WITNESSED_PATH
from app.tlog.tables import WitnessRow
from app.tlog.witness import SIZE_TYPE, TEXT_TYPE, Answer, parse_request
from app.wiring import House
from sqlalchemy import update
from starlette.testclient import TestClient

from tests import factories
from tests.cli.command import goftogu
from tests.houses import open_at, queue, submit, tick
from tests.tlog.faults import Faults
from tests.tlog.strangers import assert_log_good, public, public_checkpoint
from tests.tlog.witnesses import cosign_blindly

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
NAMES = ("b", "c", "d")
Rudeness: TypeAlias = Callable[["Wire", str, bytes], Answer]


@pytest.fixture(scope="module")
def partner_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three more instances, each with keys of its own."""
    folder = tmp_path_factory.mktemp("partners")
    for name in NAMES:
        settings = Settings(data=folder / name, database_url="", origin="")
        wiring.init_house(settings, clock=FixedClock(factories.NOW)).db.close()
    return folder


class Wire:
    """Carries questions to the partners, or does with them what a test says."""

    def __init__(self, partners: dict[str, House]) -> None:
        self.partners = partners
        self.rude: dict[str, Rudeness] = {}
        self.asked: list[tuple[str, int]] = []

    def __call__(self, url: str, body: bytes) -> Answer:
        """Send a question."""
        name = url.removeprefix("https://").partition(".")[0]
        self.asked.append((name, parse_request(body).checkpoint.tree.size))
        return self.rude.get(name, Wire.carry)(self, name, body)

    def carry(self, name: str, body: bytes) -> Answer:
        """Let a partner answer as itself."""
        partner = self.partners[name]
        witness = wiring.open_witness(partner)
        return witness.answer(body, partner.clock.now(), lambda _origin: None)


@pytest.fixture
def wire(partner_templates: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Wire]:
    """The way to the partners."""
    shutil.copytree(partner_templates, tmp_path / "partners")
    partners = {name: open_at(tmp_path / "partners" / name, clock) for name in NAMES}
    yield Wire(partners)
    for partner in partners.values():
        partner.db.close()


@pytest.fixture
def host(house: House, wire: Wire) -> Iterator[House]:
    """An instance whose log the three look after."""
    for name, partner in wire.partners.items():
        witness = wiring.open_witness(partner)
        witness.memory.add(house.sequencer.published.key)
        with house.db.write() as work:
            tlog.begin_asking(work, witness.verifier, f"https://{name}.example/witness")
    host = asking(house, wire)
    yield host
    host.asker.wait(10)


def asking(house: House, wire: Wire) -> House:
    """Return an instance that asks over this wire."""
    return replace(house, asker=tlog.Asker(house.db, house.settings.data, wire))


def later(host: House, seconds: int) -> None:
    """Let time pass."""
    assert isinstance(host.clock, FixedClock)
    host.clock.advance(seconds)


def step(host: House) -> None:
    """Let the worker do a step, and the witnesses answer."""
    worker.step(host, 1)
    host.asker.wait(10)


def post(host: House, words: str) -> bytes:
    """Hand a post in on the live board; return its entry."""
    raw = factories.note(AVA, board=factories.LIVE, text=words)
    submit(host, raw)
    return encode_leaf(factories.digest_of(raw), "Note")


def policy(host: House) -> Policy:
    """Return the policy that the host offers."""
    with host.db.read() as work:
        return tlog.make_policy(work, host.sequencer.published.key, "https://a.example/tlog")


def published(host: House, path: str = CHECKPOINT_PATH) -> bytes:
    """Return a file that anyone may read."""
    return (public(host) / path).read_bytes()


def signers(host: House) -> int:
    """Return how many witnesses have signed what is published; all of it must hold."""
    lenient = replace(policy(host), quorum=NONE)
    return len(verify_by_policy(parse_checkpoint(published(host)), lenient).cosignatures)


def prove(host: House, leaf: bytes) -> VerifiedInclusion:
    """Return what a stranger with the host's policy makes of an entry's proof."""
    with host.db.read() as work:
        index = tlog.find_index(work, leaf)
    assert index is not None
    proof = parse_proof_file(host.sequencer.published.prove(index))
    return verify_proof_file(proof, leaf, policy(host))


def own(host: House) -> bytes:
    """Return the log's own last checkpoint."""
    return (host.settings.data / "log" / "checkpoint").read_bytes()


def test_what_witnesses_signed_is_published_at_the_next_step(host: House) -> None:
    leaf = post(host, "Seen by three.")
    step(host)
    assert signers(host) == 0

    step(host)

    assert signers(host) == 3
    assert published(host).startswith(own(host))
    assert len(parse_checkpoint(own(host)).note.signatures) == 1
    assert len(prove(host, leaf).accepted.cosignatures) == 3
    assert_log_good(host, own(host))


def test_log_with_all_its_cosignatures_has_nothing_to_do(
    host: House, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        step(host)
    disk = Faults(monkeypatch, host, -1)

    step(host)

    assert disk.steps == []
    assert len(wire.asked) == 3


def test_proof_meets_the_policy_whatever_log_and_witnesses_do_later(
    host: House, wire: Wire
) -> None:
    """Also where the partial tiles of that tree were removed since."""
    leaf = post(host, "Signed by all.")
    step(host)
    wire.rude = dict.fromkeys(NAMES, unreachable)
    for batch in range(3):
        queue(host, 250, str(batch))
        step(host)

    found = prove(host, leaf)

    assert found.accepted.checkpoint.tree.size == public_checkpoint(host).tree.size - 750
    assert not (public(host) / "tlog/tile/0/000.p").exists()


def test_newer_post_has_its_proof_at_once_and_the_quorum_later(host: House, wire: Wire) -> None:
    older = post(host, "Older.")
    step(host)
    wire.rude = dict.fromkeys(NAMES[:2], unreachable)
    newer = post(host, "Newer.")
    step(host)

    with pytest.raises(QuorumError):
        prove(host, newer)
    assert len(prove(host, older).accepted.cosignatures) == 3

    wire.rude.clear()
    later(host, 10)
    step(host)
    assert len(prove(host, newer).accepted.cosignatures) == 3


def test_all_are_asked_about_one_checkpoint_while_the_log_grows(host: House, wire: Wire) -> None:
    """Each in its own time, and the log grows at every step: still most sign the same one."""
    step(host)
    may_answer = {name: Event() for name in NAMES}
    wire.asked.clear()
    wire.rude = {name: waiting(event) for name, event in may_answer.items()}
    leaf = post(host, "One.")
    worker.step(host, 1)
    for name in NAMES[:2]:
        worker.step(host, 1)
        post(host, f"While {name} thinks.")
        worker.step(host, 1)
        may_answer[name].set()
    wait_until(lambda: len(wire.asked) == 3)
    (size,) = {size for _, size in wire.asked}
    wait_until(lambda: len(who_signed(host, size)) == 2)

    assert len(prove(host, leaf).accepted.cosignatures) == 2
    post(host, "The next round does not wait for the third.")
    step_until_signed(host, 2)
    may_answer[NAMES[2]].set()
    host.asker.wait(10)
    assert [name for name, _ in sorted(wire.asked[3:])] == list(NAMES[:2])
    witnessed = parse_checkpoint(published(host, WITNESSED_PATH))
    assert witnessed.note.text == parse_checkpoint(own(host)).note.text


def test_who_keeps_a_line_open_stops_no_later_checkpoint(host: House, wire: Wire) -> None:
    """With two witnesses of three gone there is no quorum to wait for."""
    never = Event()
    wire.rude = {"b": waiting(never), "c": unreachable}
    worker.step(host, 1)
    leaf = post(host, "Still cosigned.")
    worker.step(host, 1)
    later(host, 10)
    wire.rude.pop("c")
    step_until_signed(host, 2)

    assert len(prove(host, leaf).accepted.cosignatures) == 2
    never.set()


def who_signed(host: House, size: int) -> list[str]:
    """Return who has signed last a tree of this size."""
    with host.db.read() as work:
        return [found.name for found in tlog.list_witnessed(work) if found.tree_size == size]


def step_until_signed(host: House, count: int) -> None:
    """Go on as the worker does until so many have signed the newest checkpoint."""

    def is_signed() -> bool:
        worker.step(host, 1)
        return len(who_signed(host, public_checkpoint(host).tree.size)) == count

    wait_until(is_signed)


def wait_until(holds: Callable[[], bool]) -> None:
    """Look again and again, for a minute at most: a line may be kept open for ten seconds."""
    end = monotonic() + 60
    while not holds():
        assert monotonic() < end


def waiting(event: Event) -> Rudeness:
    """Answer as an honest witness, but in one's own time."""

    def rude(wire: Wire, name: str, body: bytes) -> Answer:
        assert event.wait(10)
        return wire.carry(name, body)

    return rude


def unreachable(_wire: Wire, _name: str, _body: bytes) -> Answer:
    """Be gone."""
    raise UnavailableError("not reachable")


def answering(status: int, body: bytes, media_type: str = TEXT_TYPE) -> Rudeness:
    """Answer the same to everything."""
    return lambda _wire, _name, _body: Answer(status=status, media_type=media_type, body=body)


def another_key(wire: Wire, name: str, body: bytes) -> Answer:
    """Sign as the witness, with a key of one's own."""
    witness = wiring.open_witness(wire.partners[name])
    return cosign_blindly(witness.name, SigningKey(b"somebody else's".ljust(32)), body)


def other_words(wire: Wire, name: str, body: bytes) -> Answer:
    """Sign another tree than the one that was asked about."""
    witness = wiring.open_witness(wire.partners[name])
    return cosign_blindly(
        witness.name, witness.key, body.replace(b"\n\ngoftogu", b"\n\ngoftogo", 1)
    )


RUDE = {
    "down": unreachable,
    "another key": another_key,
    "other words": other_words,
    "garbage": answering(200, b"<html>\n"),
    "noise": answering(200, bytes(range(256)) * 100),
    "nothing": answering(200, b""),
    "redirect": answering(302, b""),
    "failed": answering(500, b"\xff"),
    "an old size for ever": answering(409, b"1\n", SIZE_TYPE),
    "seen nothing for ever": answering(409, b"0\n", SIZE_TYPE),
    "seen more": answering(409, b"999999999\n", SIZE_TYPE),
    "no size": answering(409, b"never\n", SIZE_TYPE),
}


@pytest.mark.parametrize("rudeness", RUDE.values(), ids=list(RUDE))
def test_rude_witness_changes_nothing_for_readers(
    host: House, wire: Wire, rudeness: Rudeness, caplog: pytest.LogCaptureFixture
) -> None:
    wire.rude = {"c": rudeness}
    for words in ("One.", "Two."):
        leaf = post(host, words)
        step(host)
        step(host)

        assert signers(host) == 2
        assert len(prove(host, leaf).accepted.cosignatures) == 2
        later(host, 3600)
    assert len([name for name, _ in wire.asked if name == "c"]) >= 2
    assert caplog.messages == []
    assert_log_good(host, own(host))


def test_witness_that_knows_more_than_our_database_is_asked_from_there(
    host: House, wire: Wire
) -> None:
    """A backup was restored: what the witnesses signed since is news to us."""
    step(host)
    with host.db.write() as work:
        work.session.execute(update(WitnessRow).values(cosigned=b""))
    post(host, "Later.")

    step(host)
    step(host)

    assert signers(host) == 3


def test_restart_publishes_what_was_signed_before_it(host: House, wire: Wire) -> None:
    step(host)
    host.db.close()

    with closing((again := asking(open_at(host.settings.data, host.clock), wire)).db):
        step(again)

        assert signers(again) == 3
        with again.db.read() as work:
            assert not again.sequencer.has_work(work)


def test_lost_public_folder_comes_back_with_its_cosignatures(host: House, wire: Wire) -> None:
    leaf = post(host, "Kept.")
    for _ in range(2):
        step(host)
    files = published(host)
    host.db.close()
    shutil.rmtree(public(host))

    with closing((again := asking(open_at(host.settings.data, host.clock), wire)).db):
        tick(again)

        assert published(again) == files
        assert len(prove(again, leaf).accepted.cosignatures) == 3


def test_witness_that_is_removed_is_under_the_checkpoint_no_more(host: House) -> None:
    for _ in range(2):
        step(host)
    with host.db.write() as work:
        tlog.stop_asking(work, tlog.list_witnessed(work)[0].name)

    step(host)

    assert signers(host) == 2
    assert len(parse_checkpoint(published(host)).note.signatures) == 3


def test_halted_log_asks_for_nothing(host: House, wire: Wire) -> None:
    (host.settings.data / "log" / "checkpoint").unlink()

    step(host)

    assert wire.asked == []


def test_worker_that_stops_waits_for_the_answers(host: House, wire: Wire) -> None:
    stop, may_answer = Event(), Event()

    def rude(wire: Wire, name: str, body: bytes) -> Answer:
        stop.set()
        return waiting(may_answer)(wire, name, body)

    wire.rude = {"b": rude}
    thread = Thread(target=worker.run, args=(host, stop))
    thread.start()
    assert stop.wait(10)
    may_answer.set()
    thread.join(10)

    assert not thread.is_alive()
    with host.db.read() as work:
        size = tlog.count_entries(work)
        assert [found.tree_size for found in tlog.list_witnessed(work)] == [size] * 3


def test_check_tells_how_old_cosignatures_are(host: House) -> None:
    data = host.settings.data
    before = goftogu("check", data=data)
    assert before.code == 1
    assert before.out.decode().count("signed nothing") == 3

    step(host)

    after = goftogu("check", data=data)
    assert after.code == 0, after.out
    with host.db.read() as work:
        size = tlog.count_entries(work)
    assert after.out.decode().count(f"/witness: signed {size} entries, ") == 3


def test_witness_that_fell_behind_for_a_day_is_told(host: House, wire: Wire) -> None:
    step(host)
    wire.rude = {"c": unreachable}
    post(host, "A day later.")
    later(host, 25 * 3600)
    step(host)

    told = {found.what: found.is_good for found in inspect.inspect(host) if "witness" in found.what}

    assert sorted(told.values()) == [False, True, True]
    (behind,) = (what for what, is_good in told.items() if not is_good)
    assert behind.endswith(", 25 hours ago")


@pytest.mark.slow
def test_metrics_tell_how_old_cosignatures_are(host: House, wire: Wire) -> None:
    wire.rude = {"c": unreachable}
    step(host)
    later(host, 2 * 3600 + 1800)

    origin = "http://127.0.0.1:9"
    with TestClient(create_staff_app(host, origin), origin) as staff:
        text = staff.get("/metrics").text

    found = [line for line in text.splitlines() if line.startswith("goftogu_witness_age_hours{")]
    assert sorted(line.rpartition(" ")[2] for line in found) == ["2", "2", "NaN"]
