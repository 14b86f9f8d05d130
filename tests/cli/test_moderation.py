"""Counting again from the log; desks, auditors, sponsors and demands on the command line."""

import csv
import io
import json
import re
import shutil
import sqlite3
from dataclasses import asdict
from pathlib import Path

import pytest
from app import records
from app.kernel.clock import SystemClock, day_of
from app.moderation import service, store
from app.moderation.model import Action, ActionKind
from app.wiring import House

from tests import factories
from tests.cli.command import Done, goftogu
from tests.houses import open_at, publish, release
from tests.journeys.instance import Instance, serving
from tests.moderation.desks import AUDIT_KEYS, AUDITORS, act, seat
from tests.moderation.random_acts import publish_files
from tests.moderation.samples import REASONS

pytestmark = pytest.mark.slow

AVA, BABAK, CYRA = (factories.person(name) for name in ("Ava", "Babak", "Cyra"))
POST = factories.note(AVA, text="What stands here.")
MONTH = f"{factories.TODAY:%Y-%m}"


@pytest.fixture
def acted(house: House) -> tuple[House, Action]:
    """An instance with a hidden post, with its files."""
    publish(house, *(factories.card(who) for who in (AVA, BABAK, CYRA)), POST)
    hidden = act(house, seat(house, BABAK), POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    release(house)
    publish_files(house)
    return house, hidden


def report(house: House, *words: str | Path) -> Done:
    return goftogu("moderation", "report", "--month", MONTH, *words, data=house.settings.data)


def alter(house: House, statement: str, *values: object) -> None:
    """Change a row behind the program's back."""
    house.db.close()
    with sqlite3.connect(house.settings.data / "goftogu.db") as connection:
        assert connection.execute(statement, values).rowcount == 1
    connection.close()


def test_report_of_a_folder_equals_that_of_the_database(
    acted: tuple[House, Action], tmp_path: Path
) -> None:
    house, _ = acted
    shutil.copytree(house.settings.data / "public", tmp_path / "copy")
    own = report(house, "--json")
    of_copy = report(house, "--json", "--from", tmp_path / "copy")
    with house.db.read() as work:
        month = day_of(house.clock.now()).replace(day=1)
        numbers = asdict(service.count_month(work, house.door.instance_did, month))

    assert (own.code, of_copy.code) == (0, 0), own.err + of_copy.err
    assert json.loads(own.out) == json.loads(of_copy.out)
    assert json.loads(own.out) == json.loads(json.dumps(numbers))
    assert json.loads(own.out)["kinds"] == {"hide": 1}


def test_report_says_the_numbers_in_lines(acted: tuple[House, Action]) -> None:
    done = report(acted[0])

    lines = dict(line.rsplit(maxsplit=1) for line in done.out.decode().splitlines())
    assert done.code == 0
    assert (lines["acts"], lines["kinds: hide"], lines["desks"]) == ("1", "1", "1")


def test_report_for_the_dsa_is_csv(acted: tuple[House, Action]) -> None:
    house, hidden = acted

    done = report(house, "--dsa")

    (line,) = csv.DictReader(io.StringIO(done.out.decode()))
    assert line["puid"] == hidden.digest.hex()
    assert line["decision_facts"] == REASONS.facts
    assert b"What stands here." not in done.out


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "clear"), ("rule", "spam"), ("desk", "did:key:another"), ("day", "2026-11-20"),
        ("words", "other"), ("board", ""), ("second", "did:key:another"),
    ],
)  # fmt: skip
def test_altered_row_of_an_act_is_found(
    column: str, value: str, acted: tuple[House, Action]
) -> None:
    house, hidden = acted
    alter(house, f"UPDATE action SET {column} = ? WHERE digest = ?", value, hidden.digest)

    done = report(house)

    assert done.code == 3
    assert f"Act {hidden.digest.hex()} is told otherwise" in done.err


def test_deleted_row_of_an_act_is_found(acted: tuple[House, Action]) -> None:
    house, hidden = acted
    alter(house, "DELETE FROM action WHERE digest = ?", hidden.digest)

    done = report(house)

    assert done.code == 3
    assert f"Act {hidden.digest.hex()} is in the log and not in the database" in done.err


def test_invented_row_of_an_act_is_found(acted: tuple[House, Action]) -> None:
    house, hidden = acted
    alter(
        house,
        "INSERT INTO action SELECT ?, 'ap://invented', kind, subject_kind, subject, board, desk,"
        " second, rule, words, day, until, taken_at, undoing, binds FROM action WHERE digest = ?",
        b"i" * 32,
        hidden.digest,
    )

    done = report(house)

    assert done.code == 3
    assert f"Act {(b'i' * 32).hex()} is in the database and not in the log" in done.err


def test_act_that_was_undone_and_is_said_not_to_be_is_found(house: House) -> None:
    publish(house, *(factories.card(who) for who in (AVA, BABAK)), POST)
    at = seat(house, BABAK)
    hidden = act(house, at, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    with house.db.write() as work:
        service.undo(work, house.door, at.at(house), [hidden.digest], REASONS)
    release(house)
    assert report(house).code == 0
    alter(house, "UPDATE action SET undoing = NULL WHERE digest = ?", hidden.digest)

    done = report(house)

    assert done.code == 3
    assert "was undone, and the database does not say so" in done.err


def test_removed_record_of_an_act_is_found(acted: tuple[House, Action]) -> None:
    house, hidden = acted
    alter(house, "UPDATE record SET raw = NULL WHERE digest = ?", hidden.digest)

    done = report(house)

    assert done.code == 3
    assert hidden.digest.hex() in done.err


def test_record_of_an_act_that_a_copy_lacks_is_found(house: House, tmp_path: Path) -> None:
    publish(house, *(factories.card(who) for who in (AVA, BABAK)), POST)
    cleared = act(house, seat(house, BABAK), POST, ActionKind.CLEAR)
    assert isinstance(cleared, Action)
    release(house)
    publish_files(house)
    copy = shutil.copytree(house.settings.data / "public", tmp_path / "copy")
    state = ("--state", tmp_path / "state", "--all")
    assert goftogu("log", "verify", copy, *state).code == 0
    (copy / "records" / cleared.digest.hex()).unlink()

    done = report(house, "--from", copy)
    verified = goftogu("log", "verify", copy, *state)

    assert (done.code, verified.code) == (3, 3)
    assert cleared.digest.hex() in done.err
    assert cleared.digest.hex() in verified.err


def test_altered_record_of_an_act_is_found(acted: tuple[House, Action], tmp_path: Path) -> None:
    house, hidden = acted
    copy = shutil.copytree(house.settings.data / "public", tmp_path / "copy")
    path = copy / "records" / hidden.digest.hex()
    path.write_bytes(path.read_bytes().replace(b"a family", b"a famine"))

    assert report(house, "--from", copy).code == 3


# Desks


@pytest.fixture
def host(data: Path) -> Path:
    """The folder of an instance with two personas."""
    house = open_at(data, SystemClock())
    today = day_of(house.clock.now())
    with house.db.write() as work:
        for who in (AVA, BABAK):
            house.door.submit(work, factories.card(who, day=today))
    house.db.close()
    return data


def set_auditors(data: Path, folder: Path) -> Done:
    file = folder / "auditors"
    file.write_text("# Three institutions\n" + "\n".join(AUDIT_KEYS) + "\n")
    return goftogu("moderator", "audit-keys", "set", file, data=data)


def test_desk_is_opened_once_three_auditors_are_there(host: Path, tmp_path: Path) -> None:
    early = goftogu("moderator", "grant", AVA.mark, "--boards", "square", data=host)
    assert early.code == 1
    assert "age-keygen" in early.err
    assert set_auditors(host, tmp_path).code == 0

    done = goftogu("moderator", "grant", AVA.mark, "--boards", "square,live", data=host)
    listed = goftogu("moderator", "list", data=host)

    assert done.code == 0, done.err
    number, words = done.out.decode().splitlines()
    assert number.split() == ["desk", "1"]
    assert len(words.split()) == 13
    assert listed.out.decode().split("\t")[:3] == ["1", "moderator", "square,live"]
    assert AVA.root.encode() not in listed.out


@pytest.mark.parametrize("asked", [(), ("--boards", "square", "--steward"), ("--boards", " , ")])
def test_grant_takes_either_boards_or_all(asked: tuple[str, ...], host: Path) -> None:
    assert goftogu("moderator", "grant", AVA.mark, *asked, data=host).code == 2


def test_grant_of_a_board_that_is_not_here_opens_nothing(host: Path, tmp_path: Path) -> None:
    set_auditors(host, tmp_path)

    done = goftogu("moderator", "grant", AVA.mark, "--boards", "nowhere", data=host)

    assert (done.code, done.out) == (1, b"")
    assert "nowhere" in done.err
    assert goftogu("moderator", "list", data=host).out == b""


@pytest.mark.parametrize(
    "lines", [AUDIT_KEYS[:2], [*AUDIT_KEYS[:2], AUDIT_KEYS[0]], ["a", "b", "c"]]
)
def test_audit_keys_are_three_different_ones(lines: list[str], host: Path, tmp_path: Path) -> None:
    file = tmp_path / "auditors"
    file.write_text("\n".join(lines))

    assert goftogu("moderator", "audit-keys", "set", file, data=host).code == 1
    assert not (host / "keys" / "audit-keys.txt").exists()


def test_two_auditors_find_out_who_holds_a_desk_and_one_does_not(
    host: Path, tmp_path: Path
) -> None:
    set_auditors(host, tmp_path)
    assert goftogu("moderator", "grant", AVA.mark, "--steward", data=host).code == 0
    keys = []
    for number, auditor in enumerate(AUDITORS):
        keys.append(tmp_path / f"{number}.key")
        keys[-1].write_text(f"# created by age-keygen\n{auditor}\n")
    house = open_at(host, SystemClock())
    with house.db.read() as work:
        ((_, raw),) = records.list_by_signers(work, [house.door.instance_did], "Offer")
    instance = house.door.instance_did
    house.db.close()
    record = tmp_path / "desk"
    record.write_bytes(raw)

    # Without an instance: auditors have none.
    done = goftogu("moderator", "reveal", record, "--keys", keys[2], keys[0])
    alone = goftogu("moderator", "reveal", record, "--keys", keys[1], keys[1])

    assert done.code == 0, done.err
    assert AVA.mark in done.out.decode()
    assert instance in done.out.decode()
    assert (alone.code, alone.out) == (1, b"")


@pytest.mark.parametrize("raw", [POST, b"<!doctype html>", b"\xa0\xff"])
def test_reveal_of_something_else_says_so(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "post"
    file.write_bytes(raw)

    done = goftogu("moderator", "reveal", file, "--keys", file, file)

    assert done.code == 1
    assert "opens no desk" in done.err


def test_sponsor_never_moderates_and_who_moderates_never_sponsors(
    host: Path, tmp_path: Path
) -> None:
    set_auditors(host, tmp_path)
    assert goftogu("sponsor", "add", AVA.mark, "--name", "The Lake Fund", data=host).code == 0
    assert goftogu("sponsor", "add", AVA.mark, "--name", "The Lake Fund", data=host).code == 0
    assert goftogu("sponsor", "list", data=host).out == b"The Lake Fund\n"

    granted = goftogu("moderator", "grant", AVA.mark, "--steward", data=host)
    steward = goftogu("steward", "grant", AVA.mark, data=host)
    assert goftogu("moderator", "grant", BABAK.mark, "--steward", data=host).code == 0
    named = goftogu("sponsor", "add", BABAK.mark, "--name", "Babak's", data=host)

    assert (granted.code, steward.code, named.code) == (1, 1, 1)
    assert goftogu("steward", "list", data=host).out == b""
    assert goftogu("sponsor", "list", data=host).out == b"The Lake Fund\n"


def test_demand_is_told_and_answered(data: Path) -> None:
    asked = goftogu(
        "demand", "add", "--from", "government", "--country", "CA", "--asked", "data",
        "--received", "2026-11-20", "--words", "Who wrote?", data=data,
    )  # fmt: skip
    digest = asked.out.decode().strip()
    answered = goftogu("demand", "answer", digest, "--answer", "refused", data=data)
    again = goftogu("demand", "answer", digest, "--answer", "granted", data=data)
    changed = goftogu(
        "demand", "answer", answered.out.decode().strip(), "--answer", "partly", data=data
    )

    assert (asked.code, answered.code, changed.code) == (0, 0, 0), asked.err + answered.err
    assert again.code == 1
    assert "answered" in again.err


def test_sealed_demand_says_only_that_there_is_one(data: Path) -> None:
    done = goftogu(
        "demand", "add", "--from", "court", "--country", "IR", "--asked", "data", "--received",
        "2026-11-20", "--words", "Needle.", "--answer", "granted", "--sealed", data=data,
    )  # fmt: skip

    house = open_at(data, SystemClock())
    with house.db.read() as work:
        (demand,) = service.list_demands(work, house.door.instance_did)
    house.db.close()
    assert done.code == 0
    assert (demand.who, demand.country, demand.asked, demand.answer, demand.text) == (
        "other", "", "other", "open", "",
    )  # fmt: skip


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", ""])
def test_demand_without_a_day_is_refused(day: str, data: Path) -> None:
    done = goftogu(
        "demand", "add", "--from", "court", "--asked", "data", "--received", day, data=data
    )

    assert done.code == 2


def test_answer_to_no_demand_is_refused(data: Path) -> None:
    assert goftogu("demand", "answer", "00" * 32, "--answer", "refused", data=data).code == 1
    assert goftogu("demand", "answer", "what", "--answer", "refused", data=data).code == 1


# Sources


def test_report_of_a_served_instance_is_what_its_page_says(
    acted: tuple[House, Action],
) -> None:
    house, _ = acted
    house.db.close()
    with serving(house.settings.data) as origin:
        done = report(house, "--from", origin, "--json")
        status, page = Instance(origin=origin, data=house.settings.data, logins=()).get(
            f"/en/moderation/numbers/{MONTH}"
        )

    numbers = json.loads(done.out)
    told = re.findall(r'<th scope="row">([^<]+)</th><td class="num">(\d+)</td>', page.decode())
    assert (done.code, status) == (0, 200), done.err
    assert dict(told) == {
        "Acts": str(numbers["acts"]),
        "Of these by an automatic rule": str(numbers["automatic"]),
        "Of these undone since": str(numbers["undone"]),
        "Automatic ones undone since": str(numbers["automatic_undone"]),
        "Personas limited to reading": "0",
        "Appeals answered": "0",
        "Appeals that took longer than three days": str(numbers["appeals_late"]),
        "Desks that could act": str(numbers["desks"]),
        "Demands by those in power": "0",
        "Demands that may not be told, or were told too late": str(numbers["demands_sealed"]),
        "Hide a post": str(numbers["kinds"]["hide"]),
        "threats and violence": str(numbers["rules"]["threat"]),
        "A rule of this place": str(numbers["grounds"]["rule"]),
        "Reports": str(numbers["sources"]["report"]),
        "Square": str(numbers["boards"][factories.SQUARE.did]),
    }


def test_report_of_a_bundle_says_that_it_is_a_part(
    acted: tuple[House, Action], tmp_path: Path
) -> None:
    house, _ = acted
    file = tmp_path / "square.zip"
    exported = goftogu(
        "bundle", "export", "--board", "square", "--since", "0", "--to", file,
        data=house.settings.data,
    )  # fmt: skip
    assert exported.code == 0, exported.err

    done = report(house, "--from", file)
    file.write_bytes(file.read_bytes()[:-1])
    damaged = report(house, "--from", file)

    assert done.code == 0, done.err
    assert "of one board" in done.err
    assert damaged.code == 3


@pytest.mark.parametrize("month", ["2025-12", "november", "9999-01"])
def test_report_of_no_month_says_so(month: str, data: Path) -> None:
    done = goftogu("moderation", "report", "--month", month, data=data)

    assert (done.code, done.out) == (1, b"")


# The end of a desk


def test_host_closes_a_desk_that_nobody_else_can_and_the_log_says_so(house: House) -> None:
    publish(house, *(factories.card(who) for who in (AVA, BABAK)), POST)
    act(house, seat(house, BABAK), POST, ActionKind.HIDE)
    facts = "Its passphrase is lost, and nobody else works here."

    done = goftogu("moderator", "revoke", "1", "--facts", facts, data=house.settings.data)
    again = goftogu("moderator", "revoke", "1", "--facts", facts, data=house.settings.data)

    assert done.code == 0, done.err
    assert (again.code, again.out) == (1, b"")
    assert "no desk that is open" in again.err.lower()
    with house.db.read() as work:
        closed = service.get_act(work, bytes.fromhex(done.out.decode().strip()))
        (desk,) = store.list_desks(work)
        assert store.find_desk_login(work, desk.number) is None
    assert closed.action.desk == house.door.instance_did
    assert closed.act.act.decision.reasons.facts == facts
    assert not closed.act.act.decision.reasons.is_automatic
    assert desk.ends_on == closed.action.day


def test_desk_is_closed_for_a_reason_or_not_at_all(house: House) -> None:
    publish(house, factories.card(BABAK))
    seat(house, BABAK)

    for facts in ("", "  ", "x" * 601):
        done = goftogu("moderator", "revoke", "1", "--facts", facts, data=house.settings.data)
        assert (done.code, done.out) == (1, b""), done.err
    with house.db.read() as work:
        (desk,) = store.list_desks(work)
    assert desk.ends_on > factories.TODAY


# What is said of what does not fit


def test_files_that_hold_no_keys_are_named_for_what_they_lack(host: Path, tmp_path: Path) -> None:
    junk, secrets = tmp_path / "junk", tmp_path / "secrets"
    junk.write_bytes(b"\xa0\xff\n\xfe\n\x00\n")
    secrets.write_text("\n".join(str(auditor) for auditor in AUDITORS))
    for file, said in ((junk, "begins with age1"), (secrets, "stays with whoever made it")):
        done = goftogu("moderator", "audit-keys", "set", file, data=host)
        assert done.code == 1
        assert said in done.err
        assert "AGE-SECRET-KEY-1" + str(AUDITORS[0])[16:] not in done.err
    assert not (host / "keys" / "audit-keys.txt").exists()


def test_keys_of_auditors_and_of_the_contact_are_readable_to_nobody_else(
    host: Path, tmp_path: Path
) -> None:
    set_auditors(host, tmp_path)
    assert goftogu("moderation", "legal-contact", "set", AUDIT_KEYS[0], data=host).code == 0

    loose = [path for path in (host / "keys").iterdir() if path.stat().st_mode & 0o077]

    assert loose == []


def test_demand_of_a_day_to_come_is_not_told(data: Path) -> None:
    asked = ("--from", "court", "--asked", "data", "--received", "2999-01-01")

    done = goftogu("demand", "add", *asked, data=data)

    assert (done.code, done.out) == (2, b"")
