"""What a witness must never forget: across restarts, restores, renewals, removals and bad disks."""

import os
import shutil
from itertools import count
from pathlib import Path

import pytest
from app import wiring
from app.crypto.note_keys import VerifierKey
from app.kernel.clock import FixedClock
from app.kernel.errors import ConflictError, CorruptStateError, MalformedError
from app.tlog import Witness
from app.tlog.cosignatures import add_cosignatures
from app.tlog.errors import UnknownLogError, WitnessForgotError
from app.tlog.witness import Answer, hash_origin
from app.wiring import House

from tests import factories
from tests.houses import open_at
from tests.tlog import logs
from tests.tlog.witnesses import forked, request, witness_of

FIVE, NINE = logs.log_of(5), logs.log_of(9)
FILE = f"logs/{hash_origin(logs.ORIGIN)}.json"


def asked(witness: Witness, raw: bytes) -> Answer:
    """Ask a witness, without a limit of how often."""
    return witness.answer(raw, factories.NOW, lambda _origin: None)


@pytest.fixture
def witness(house: House) -> Witness:
    """An instance that has cosigned five entries of a log."""
    witness = witness_of(house)
    assert asked(witness, request(FIVE, 0)).status == 200
    return witness


def folder_of(house: House) -> Path:
    """Return where the memory is."""
    return house.settings.data / "log" / "witness"


def test_restarted_witness_remembers(house: House, witness: Witness, clock: FixedClock) -> None:
    again = open_at(house.settings.data, clock)
    restarted = wiring.open_witness(again)

    split, honest = asked(restarted, request(forked(5), 5)), asked(restarted, request(NINE, 5))

    again.db.close()
    assert (split.status, honest.status) == (422, 200)


@pytest.mark.parametrize("old", [0, 5])
def test_key_without_its_memory_signs_nothing(house: House, witness: Witness, old: int) -> None:
    """A restored backup: the keys are there, and what they signed is not."""
    shutil.rmtree(folder_of(house))
    restored = wiring.open_witness(house)

    assert asked(restored, request(FIVE, old)).status == 503
    with pytest.raises(WitnessForgotError, match="goftogu witness renew"):
        restored.memory.add(logs.LOG)
    with pytest.raises(WitnessForgotError):
        restored.memory.list_logs()


def test_memory_of_another_key_does_not_count(house: House, witness: Witness) -> None:
    other = house.settings.data / "keys" / "witness.key"
    other.write_text("11" * 32)
    changed = open_at(house.settings.data, house.clock)

    answer = asked(wiring.open_witness(changed), request(NINE, 5))

    changed.db.close()
    assert answer.status == 503


def test_initialising_again_brings_no_memory_back(house: House, witness: Witness) -> None:
    shutil.rmtree(folder_of(house))

    again = wiring.init_house(house.settings, clock=house.clock)

    again.db.close()
    assert asked(witness, request(NINE, 5)).status == 503


def test_renewed_witness_has_another_key_which_its_card_names(
    house: House, witness: Witness
) -> None:
    shutil.rmtree(folder_of(house))

    renewed = wiring.renew_witness(house)

    assert renewed.verifier.name == witness.verifier.name
    assert renewed.verifier.key != witness.verifier.key
    renewed.memory.add(logs.LOG)
    assert asked(renewed, request(NINE, 0)).status == 200
    assert asked(witness, request(NINE, 5)).status == 503, "the old key signs no more"


def test_renewing_stopped_half_way_leaves_no_witness(house: House, witness: Witness) -> None:
    witness.memory.forget()

    assert asked(witness, request(NINE, 5)).status == 503
    assert asked(wiring.renew_witness(house), request(NINE, 5)).status == 404


def test_log_that_was_removed_is_remembered(witness: Witness) -> None:
    witness.memory.remove(logs.ORIGIN)
    away = asked(witness, request(NINE, 5))
    listed = witness.memory.list_logs()

    witness.memory.add(logs.LOG)

    assert (away.status, listed) == (404, [])
    assert asked(witness, request(forked(9), 0, path=())).status == 409
    assert asked(witness, request(NINE, 5)).status == 200


def test_log_that_nobody_looks_after_cannot_be_removed(witness: Witness) -> None:
    with pytest.raises(UnknownLogError):
        witness.memory.remove("goftogu/other")
    witness.memory.remove(logs.ORIGIN)
    with pytest.raises(UnknownLogError):
        witness.memory.remove(logs.ORIGIN)


def test_log_with_a_new_key_is_cosigned_once_that_is_trusted(witness: Witness) -> None:
    new = VerifierKey(logs.ORIGIN, 1, logs.OTHER_KEY.public)
    by_new = request(NINE, 5, key=logs.OTHER_KEY)
    before = asked(witness, by_new)
    witness.memory.remove(logs.ORIGIN)
    witness.memory.add(new)

    split = asked(witness, request(forked(9), 5, key=logs.OTHER_KEY))
    by_old, honest = asked(witness, request(NINE, 5)), asked(witness, by_new)

    assert before.status == 403
    assert split.status == 422, "what the old key showed holds for the new one"
    assert by_old.status == 403
    assert honest.status == 200


def test_key_that_an_address_shows_takes_no_known_logs_place(witness: Witness) -> None:
    other = VerifierKey(logs.ORIGIN, 1, logs.OTHER_KEY.public)

    with pytest.raises(ConflictError):
        witness.memory.add(other, may_join=False)

    witness.memory.add(logs.LOG, may_join=False)
    assert asked(witness, request(NINE, 5, key=logs.OTHER_KEY)).status == 403
    assert asked(witness, request(NINE, 5)).status == 200


def test_key_of_a_witness_is_no_log(witness: Witness) -> None:
    with pytest.raises(MalformedError):
        witness.memory.add(logs.WITNESSES[0])


def test_adding_a_log_again_changes_nothing(house: House, witness: Witness) -> None:
    before = (folder_of(house) / FILE).read_bytes()

    witness.memory.add(logs.LOG)

    assert (folder_of(house) / FILE).read_bytes() == before


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b"null", b"\xff", b'{"origin":1}'])
def test_damaged_memory_signs_nothing_and_the_operator_hears_of_it(
    house: House, witness: Witness, caplog: pytest.LogCaptureFixture, damage: bytes
) -> None:
    (folder_of(house) / FILE).write_bytes(damage)

    assert asked(witness, request(NINE, 5)).status == 500
    assert [vars(record)["kind"] for record in caplog.records] == ["CorruptStateError"]
    with pytest.raises(CorruptStateError):
        witness.memory.list_logs()


def test_remembered_checkpoint_that_was_changed_signs_nothing(
    house: House, witness: Witness
) -> None:
    path = folder_of(house) / FILE
    path.write_bytes(path.read_bytes().replace(b"\\n5\\n", b"\\n4\\n"))

    assert asked(witness, request(NINE, 4)).status == 500


@pytest.mark.parametrize("call", ["fsync", "open"])
def test_disk_that_keeps_nothing_gets_no_cosignature(
    witness: Witness, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, call, fail)
        full = asked(witness, request(NINE, 5))
    stored = witness.memory.find_latest(hash_origin(logs.ORIGIN))

    assert full.status == 503
    assert stored is not None
    assert stored.tree == FIVE.head
    assert asked(witness, request(NINE, 5)).status == 200


class PowerCut(BaseException):
    """The machine stopped: nothing catches that."""


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("step", [0, 1])
@pytest.mark.parametrize(("size", "old"), [(5, 0), (9, 5)])
def test_log_gets_on_after_a_power_cut_and_its_other_history_does_not(
    house: House, monkeypatch: pytest.MonkeyPatch, step: int, after: int, size: int, old: int
) -> None:
    """Before or after each sync, also between keeping a checkpoint and sending the cosignature."""
    witness = witness_of(house)
    if old:
        asked(witness, request(FIVE, 0))
    log, syncs, sync = logs.log_of(size), count(), os.fsync

    def stop(handle: int) -> None:
        is_now = next(syncs) == step
        if is_now and not after:
            raise PowerCut
        sync(handle)
        if is_now:
            raise PowerCut

    with monkeypatch.context() as machine:
        machine.setattr(os, "fsync", stop)
        with pytest.raises(PowerCut):
            asked(witness, request(log, old))

    restarted = wiring.open_witness(house)
    first = asked(restarted, request(log, old))
    known = int(first.body) if first.status == 409 else size
    again = asked(restarted, request(log, size))
    assert known == size
    cosigned = add_cosignatures(log.checkpoint(), again.body, restarted.verifier)
    assert cosigned.tree == log.head
    assert asked(restarted, request(forked(size), size, path=())).status == 422


def test_file_that_a_crash_left_half_written_is_not_read(house: House, witness: Witness) -> None:
    (folder_of(house) / f"{FILE}.part").write_bytes(b'{"origin":')

    assert asked(witness, request(NINE, 5)).status == 200
    assert [log.origin for log in witness.memory.list_logs()] == [logs.ORIGIN]


def test_memory_is_its_owners_alone(house: House, witness: Witness) -> None:
    loose = [p for p in folder_of(house).rglob("*") if p.is_file() and p.stat().st_mode & 0o077]

    assert [path for path in loose if path.name != "lock"] == []
    assert house.settings.data.stat().st_mode & 0o077 == 0
