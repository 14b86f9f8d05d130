"""Records and receipts, several at once: those that are at addresses of their own, and no others."""

import pytest
from app.federation.folders import path_of_receipt, path_of_record
from app.web.together import FILES_PATH, MOST_FILES, encode_paths, parse_files
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish, submit

AVA = factories.person("Ava")
CARD = factories.card(AVA)
SHOWN, ERASED, WAITING = (factories.note(AVA, title=text) for text in ("Shown", "Gone", "Waits"))


pytestmark = pytest.mark.usefixtures("place")


@pytest.fixture
def place(house: House) -> None:
    """An instance with a shown, an erased and a waiting post."""
    publish(house, CARD, SHOWN, ERASED)
    publish(house, factories.erasure(AVA, ERASED))
    submit(house, WAITING)


def ask(client: TestClient, paths: list[str]) -> list[bytes | None]:
    """Ask for files together."""
    answer = client.post(f"/{FILES_PATH}", content=encode_paths(paths))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    return parse_files(answer.content, paths, 65_536)


def test_files_that_come_together_are_those_that_come_alone(client: TestClient) -> None:
    digests = [factories.digest_of(raw) for raw in (CARD, SHOWN, ERASED, WAITING)] + [bytes(32)]
    paths = [of(digest) for digest in digests for of in (path_of_record, path_of_receipt)]

    alone = [client.get(f"/{path}") for path in paths]

    assert ask(client, paths) == [
        answer.content if answer.status_code == 200 else None for answer in alone
    ]
    assert [answer.status_code for answer in alone[2:7:2]] == [200, 410, 404]


@pytest.mark.parametrize(
    "path",
    ["records/../keys/log.key", f"records/{'0' * 63}", f"records/{'A' * 64}", "receipts/x.json"],
)
def test_what_is_no_record_is_not_there(client: TestClient, path: str) -> None:
    shown = path_of_record(factories.digest_of(SHOWN))

    assert ask(client, [path, shown, f"{shown}x"]) == [None, SHOWN, None]


def test_more_than_one_answer_holds_is_refused(client: TestClient) -> None:
    paths = [path_of_record(factories.digest_of(SHOWN))] * (MOST_FILES + 1)

    assert client.post(f"/{FILES_PATH}", content=encode_paths(paths)).status_code == 400
