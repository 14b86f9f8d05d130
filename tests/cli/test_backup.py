"""backup and restore: a copy that its host cannot open, and that brings nobody's words back."""

import io
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyrage
import pytest
from app import site, tlog, wiring
from app.kernel.clock import FixedClock
from app.kernel.errors import CorruptStateError
from pysqlite3 import dbapi2
from sqlalchemy import create_engine

from tests import factories
from tests.cli.command import Done, goftogu
from tests.houses import open_at, read_rows, release, submit

pytestmark = pytest.mark.slow

NEEDLE = "tahdig-with-saffron"
AVA = factories.person("Ava")


@pytest.fixture
def keys(tmp_path: Path) -> tuple[str, Path]:
    """A recipient, and the file with its secret key, which is elsewhere in life."""
    secret = pyrage.x25519.Identity.generate()
    file = tmp_path / "secret.txt"
    file.write_text(f"# kept in a drawer\n{secret}\n")
    return str(secret.to_public()), file


@pytest.fixture
def posts(data: Path) -> list[bytes]:
    """Two posts in the instance; the second is the one that will be erased."""
    raws = [factories.note(AVA), factories.note(AVA, title="Rice", text=f"It is {NEEDLE}.")]
    change(data, *raws)
    return raws


@pytest.fixture
def made(data: Path, posts: list[bytes], keys: tuple[str, Path], tmp_path: Path) -> Path:
    """A backup of the instance with both posts."""
    to = tmp_path / "backup.age"
    done = goftogu("backup", "--to", to, "--recipient", keys[0], data=data)
    assert (done.code, done.out) == (0, b""), done.err
    return to


def change(data: Path, *raws: bytes) -> None:
    """Publish records, and what waits, in the instance of a folder."""
    with closing((house := open_at(data, FixedClock(factories.NOW))).db):
        if raws:
            submit(house, *raws)
        release(house)


def rows(data: Path) -> list[tuple[str, dict[str, object]]]:
    """Return every row of an instance."""
    house = open_at(data, FixedClock(factories.NOW))
    found = read_rows(house)
    house.db.close()
    return found


def restore(file: Path, keys: tuple[str, Path], to: Path, *words: str | Path) -> Done:
    """Restore a backup into a folder."""
    return goftogu("restore", file, "--identity", keys[1], "--data", to, *words)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_restored_backup_is_the_same_instance(
    data: Path, made: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    done = restore(made, keys, tmp_path / "new")

    assert done.code == 0, done.err
    assert rows(tmp_path / "new") == rows(data)
    check = goftogu("check", data=tmp_path / "new")
    assert check.out.decode().count("BAD ") == 1, "all but its last checkpoint is there"
    assert "log resume" in check.err
    kept, new = contents(data / "keys"), contents(tmp_path / "new" / "keys")
    assert new == kept


def test_backup_leaves_nothing_readable_on_the_host(
    data: Path, made: Path, posts: list[bytes]
) -> None:
    sealed = made.read_bytes()

    assert made.stat().st_mode & 0o777 == 0o600
    assert NEEDLE.encode() not in sealed
    assert not (data / "backup.part").exists()
    assert not list(made.parent.glob("*.age.part"))
    for key in contents(data / "keys").values():
        assert key.strip() not in sealed


def test_what_a_crashed_backup_left_is_gone_after_the_next(
    data: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    (data / "backup.part").mkdir()
    (data / "backup.part" / "database").write_text(NEEDLE)

    assert goftogu("backup", "--to", tmp_path / "b", "--recipient", keys[0], data=data).code == 0
    assert not (data / "backup.part").exists()


def test_either_of_two_recipients_opens_a_backup(
    data: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    other = str(pyrage.x25519.Identity.generate().to_public())
    words = ["--recipient", other, "--recipient", keys[0]]

    assert goftogu("backup", "--to", tmp_path / "b", *words, data=data).code == 0
    assert restore(tmp_path / "b", keys, tmp_path / "new").code == 0


def test_erased_words_stay_erased_when_an_older_backup_is_restored(
    data: Path, made: Path, posts: list[bytes], keys: tuple[str, Path], tmp_path: Path
) -> None:
    change(data, factories.erasure(AVA, posts[1]))
    new = tmp_path / "new"

    done = restore(made, keys, new, "--erasures", data / "erased.log")

    assert done.code == 0, done.err
    assert "Erased again: 1 post." in done.err
    assert not [name for name, raw in contents(new).items() if NEEDLE.encode() in raw]
    assert not [name for name, raw in contents(new).items() if b"saffron" in raw]
    tables = {"version", "post_search", "post_search_content"}
    old = [row for row in rows(data) if row[0] in tables]
    assert [row for row in rows(new) if row[0] in tables] == old
    assert (new / "erased.log").read_text() == (data / "erased.log").read_text()
    assert not (new / "log").exists()


def test_erasure_is_listed_as_a_digest_and_nothing_else(data: Path, posts: list[bytes]) -> None:
    change(data, factories.erasure(AVA, posts[1]))

    digest = factories.digest_of(posts[1]).hex()
    assert (data / "erased.log").read_text() == f"{digest}\n"
    assert (data / "erased.log").stat().st_mode & 0o777 == 0o600
    assert goftogu("backup", "--erasures", data=data).out.decode() == f"{digest}\n"


def test_restored_instance_is_its_owners_alone(
    made: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    assert restore(made, keys, tmp_path / "new").code == 0

    loose = [
        p for p in [tmp_path / "new", *(tmp_path / "new").rglob("*")] if p.stat().st_mode & 0o077
    ]
    assert loose == []
    assert {p.name for p in (tmp_path / "new").iterdir()} <= {"goftogu.db", "keys", "erased.log"}


def _flipped(raw: bytes) -> bytes:
    place = len(raw) // 2
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [
        _flipped,
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-1],
        lambda raw: raw[:40],
        lambda raw: raw + b"x",
        lambda raw: b"",
    ],
    ids=["flipped", "half", "one-byte-short", "header", "longer", "empty"],
)
def test_spoilt_backup_is_refused_and_leaves_nothing(
    made: Path, keys: tuple[str, Path], tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    made.write_bytes(spoil(made.read_bytes()))

    done = restore(made, keys, tmp_path / "new")

    assert (done.code, done.out) == (1, b"")
    assert len(done.err.splitlines()) == 1, done.err
    assert not (tmp_path / "new").exists()


def test_backup_is_refused_with_another_key(made: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_text(str(pyrage.x25519.Identity.generate()))

    done = goftogu("restore", made, "--identity", tmp_path / "other", "--data", tmp_path / "new")

    assert done.code == 1
    assert "cannot be opened" in done.err
    assert not (tmp_path / "new").exists()


def test_restore_touches_no_instance_and_no_other_folder(
    data: Path, made: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    before = contents(data)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("mine")

    for folder in (data, tmp_path / "full"):
        done = restore(made, keys, folder)
        assert done.code == 1
        assert "not empty" in done.err

    assert contents(data) == before
    assert list(contents(tmp_path / "full")) == ["letter"]


def test_backup_overwrites_nothing(data: Path, keys: tuple[str, Path], tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")

    done = goftogu("backup", "--to", tmp_path / "b", "--recipient", keys[0], data=data)

    assert done.code == 1
    assert (tmp_path / "b").read_text() == "mine"


def test_backup_to_something_that_is_no_recipient_is_refused(data: Path, tmp_path: Path) -> None:
    done = goftogu("backup", "--to", tmp_path / "b", "--recipient", "age1nobody", data=data)

    assert done.code == 1
    assert "age1" in done.err
    assert not (tmp_path / "b").exists()


def test_erased_persona_stays_erased_when_an_older_backup_is_restored(
    data: Path, posts: list[bytes], keys: tuple[str, Path], tmp_path: Path
) -> None:
    change(data, factories.card(AVA, name="Saffronella"))
    backup = tmp_path / "named.age"
    assert goftogu("backup", "--to", backup, "--recipient", keys[0], data=data).code == 0
    house = open_at(data, FixedClock(factories.NOW))
    with house.db.write() as work:
        site.erase_persona(work, house.door, AVA.seed)
    house.db.close()

    done = restore(backup, keys, tmp_path / "new", "--erasures", data / "erased.log")

    assert done.code == 0, done.err
    found = contents(tmp_path / "new")
    assert not [name for name, raw in found.items() if b"affronella" in raw]
    states = {row["state"] for table, row in rows(tmp_path / "new") if table == "posting_key"}
    assert states == {"revoked"}


def test_backup_with_a_file_of_another_place_is_refused(
    keys: tuple[str, Path], tmp_path: Path
) -> None:
    """Whoever knows a recipient can seal a file to it; names in it lead nowhere."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w|") as tar:
        tar.addfile(tarfile.TarInfo("keys/../../evil"))
    recipient = pyrage.x25519.Recipient.from_str(keys[0])
    made = tmp_path / "made.age"
    made.write_bytes(pyrage.encrypt(stream.getvalue(), [recipient]))
    (tmp_path / "new").mkdir()

    done = restore(made, keys, tmp_path / "new")

    assert done.code == 1
    assert "not of an instance" in done.err
    assert not list(tmp_path.rglob("evil"))


def test_backup_of_a_spoilt_instance_is_not_restored(
    data: Path, posts: list[bytes], keys: tuple[str, Path], tmp_path: Path
) -> None:
    house = open_at(data, FixedClock(factories.NOW))
    with house.db.write() as work:
        work.session.connection().exec_driver_sql("UPDATE version SET text = 'other words'")
    house.db.close()
    to = tmp_path / "backup.age"
    assert goftogu("backup", "--to", to, "--recipient", keys[0], data=data).code == 0

    done = restore(to, keys, tmp_path / "new")

    assert done.code == 1
    assert not (tmp_path / "new").exists()


# The log of a restored instance.


def published(data: Path) -> Path:
    """Return the checkpoint that mirrors have of an instance."""
    return data / "public" / "tlog" / "checkpoint"


def log_of(data: Path) -> dict[str, bytes]:
    """Return what the log of an instance has signed."""
    return contents(data / "public") | contents(data / "log")


def test_no_backup_holds_the_last_checkpoint(
    data: Path, made: Path, keys: tuple[str, Path]
) -> None:
    sealed = pyrage.decrypt(
        made.read_bytes(), [pyrage.x25519.Identity.from_str(keys[1].read_text().split("\n")[1])]
    )

    with tarfile.open(fileobj=io.BytesIO(sealed)) as tar:
        names = tar.getnames()
    assert {name.split("/")[0] for name in names} == {"manifest.json", "keys", "database"}
    assert published(data).read_bytes() not in sealed


def test_restored_instance_signs_nothing_until_it_has_its_last_checkpoint(
    data: Path, made: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    new, post = tmp_path / "new", factories.note(AVA, title="Later", text="Waits.")
    assert "log resume" in restore(made, keys, new).err

    with pytest.raises(CorruptStateError):
        change(new, post)
    assert "checkpoint" not in log_of(new)
    done = goftogu("log", "resume", published(data), data=new)
    assert done.code == 0, done.err
    change(new)

    old = log_of(data)
    assert int(log_of(new)["checkpoint"].split(b"\n")[1]) == 1 + int(
        old["checkpoint"].split(b"\n")[1]
    )
    assert goftogu("check", data=new).code == 0


def test_backup_is_restored_with_the_last_checkpoint_at_once(
    data: Path, made: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    done = restore(made, keys, tmp_path / "new", "--checkpoint", published(data))

    assert done.code == 0, done.err
    assert goftogu("check", data=tmp_path / "new").code == 0
    change(tmp_path / "new")
    # Partial tiles of smaller trees are not made again: nobody needs them.
    assert log_of(tmp_path / "new").items() <= log_of(data).items()
    assert published(tmp_path / "new").read_bytes() == published(data).read_bytes()


def test_older_backup_never_makes_the_log_fork(
    data: Path, made: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    older = tmp_path / "older"
    older.write_bytes(published(data).read_bytes())
    change(data, factories.note(AVA, title="After the backup", text="Signed."))
    done = restore(made, keys, tmp_path / "new", "--checkpoint", published(data))

    assert done.code == 0, done.err
    assert "was put in place" in goftogu("check", data=tmp_path / "new").err
    with pytest.raises(CorruptStateError):
        change(tmp_path / "new", factories.note(AVA, title="Another", text="Not signed."))
    assert goftogu("log", "resume", older, data=tmp_path / "new").code == 1
    assert log_of(tmp_path / "new").keys() == {"checkpoint", "lock", "turn"}


def test_restore_with_a_checkpoint_of_another_log_leaves_nothing(
    made: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    assert goftogu("init", data=other).code == 0

    done = restore(made, keys, tmp_path / "new", "--checkpoint", published(other))

    assert done.code == 1
    assert not (tmp_path / "new").exists()


def test_log_that_was_never_published_may_begin(
    made: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    assert restore(made, keys, tmp_path / "new").code == 0

    assert goftogu("log", "resume", data=tmp_path / "new").code == 2
    assert goftogu("log", "resume", "--never-signed", data=tmp_path / "new").code == 0
    change(tmp_path / "new")

    assert goftogu("check", data=tmp_path / "new").code == 0


def test_backup_of_an_older_version_signs_nothing_either(
    data: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    """Its database does not know that the log has begun, and the instance may have gone on since."""
    with closing((house := open_at(data, FixedClock(factories.NOW))).db), house.db.write() as work:
        tlog.forgo_checkpoint(work)
    assert goftogu("backup", "--to", tmp_path / "b", "--recipient", keys[0], data=data).code == 0

    assert restore(tmp_path / "b", keys, tmp_path / "new").code == 0

    with pytest.raises(CorruptStateError):
        change(tmp_path / "new")


def test_backup_from_which_a_migration_takes_rows_is_not_restored(
    data: Path, made: Path, keys: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def migrate(url: str) -> None:
        engine = create_engine(url, module=dbapi2)
        with engine.begin() as connection:
            assert connection.exec_driver_sql("DELETE FROM tlog_lane").rowcount
        engine.dispose()

    monkeypatch.setattr(wiring, "migrate", migrate)

    done = restore(made, keys, tmp_path / "new")

    assert done.code == 1
    assert "A migration lost rows or tables: tlog_lane" in done.err
    assert not (tmp_path / "new").exists()
