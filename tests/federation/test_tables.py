"""Tables of results in mirrors: copied with the record that names them, and never another."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from app import opinion
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_digest
from app.federation.errors import TableDiffersError
from app.federation.folders import path_of_table
from app.opinion.model import ConversationState
from app.records import sign_record
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.federation.hosts import INSTANCE, Host, files_of, mirror, posts, published, verify
from tests.houses import release
from tests.opinion.crowds import analyse_now, with_crowd
from tests.opinion.samples import change

pytestmark = pytest.mark.slow

TABLE = b"statement,post,group,counted,answer,people\r\n1,ab,all,every-vote,agree,15\r\n"


def naming(table: bytes, key: SigningKey = INSTANCE, day: date = factories.TODAY) -> bytes:
    """Return a record that names a table."""
    members = {
        "audience": f"ap://{factories.SQUARE.did}/actor",
        "object": factories.id_of(posts(1)[0]),
        "urn:goftogu:sequence": 1,
        "urn:goftogu:table": encode_digest(sha256(table).digest()),
        "urn:goftogu:people": 20,
    }
    return sign_record(key, "Update", members, nonce=factories.nonce(), day=day)


@pytest.fixture
def host(tmp_path: Path) -> tuple[Host, str]:
    """A host with a table of results; and the table's path."""
    record = naming(TABLE)
    host = published(tmp_path / "host", [*posts(2), record])
    path = path_of_table(sha256(record).digest())
    host.write(path, TABLE)
    return host, path


def test_table_is_copied_with_the_record_that_names_it(
    host: tuple[Host, str], tmp_path: Path
) -> None:
    upstream, path = host

    mirror(tmp_path / "mirror", upstream.folder)

    assert (tmp_path / "mirror" / path).read_bytes() == TABLE
    assert files_of(tmp_path / "mirror") == files_of(upstream.folder)
    verify(tmp_path / "mirror")


def test_missing_table_stops_no_mirror(host: tuple[Host, str], tmp_path: Path) -> None:
    upstream, path = host
    (upstream.folder / path).unlink()

    mirror(tmp_path / "mirror", upstream.folder)

    assert not (tmp_path / "mirror" / path).exists()


def test_other_table_is_neither_copied_nor_believed(host: tuple[Host, str], tmp_path: Path) -> None:
    upstream, path = host
    upstream.write(path, TABLE.replace(b"15", b"95"))

    with pytest.raises(TableDiffersError):
        mirror(tmp_path / "mirror", upstream.folder)
    with pytest.raises(TableDiffersError):
        verify(upstream.folder)

    assert not (tmp_path / "mirror" / path).exists()


def test_only_the_host_names_tables(tmp_path: Path) -> None:
    record = naming(TABLE, factories.person("Ava").key)
    upstream = published(tmp_path / "host", [*posts(2), record])
    path = path_of_table(sha256(record).digest())
    upstream.write(path, TABLE)

    mirror(tmp_path / "mirror", upstream.folder)

    assert not (tmp_path / "mirror" / path).exists()


def test_host_hands_out_the_table_by_the_record_that_names_it(
    house: House, client: TestClient
) -> None:
    conversation, _ = with_crowd(house)
    change(house, conversation, state=ConversationState.CLOSED)
    for _ in range(2):
        analyse_now(house)
    release(house)
    with house.db.read() as work:
        released = opinion.get_release(work, conversation.thread)

    found = client.get("/" + path_of_table(released.record))

    assert found.content == released.table.encode()
    record = client.get(f"/records/{released.record.hex()}").json()
    assert record["urn:goftogu:table"] == encode_digest(sha256(found.content).digest())
    assert client.get("/" + path_of_table(bytes(32))).status_code == 404
