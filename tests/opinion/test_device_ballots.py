"""Ballots that a device makes: signed in the session, let in and used without its cookie."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from app import identity, opinion
from app.crypto import blind
from app.identity.model.ballots import BallotIssuer, BallotKind, BallotToken
from app.opinion.model import Conversation, ConversationState, Side, Vote
from app.web.listener import web_listener
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import submit
from tests.opinion.booths import open_booth
from tests.opinion.samples import change
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.slow

DARA = factories.person("Dara")


@pytest.fixture
def booth(house: House) -> Conversation:
    _, conversation = open_booth(house)
    submit(house, factories.card(DARA))
    return conversation


def log_in(house: House, client: TestClient) -> Visitor:
    with house.db.write() as work:
        token = identity.open_device_session(work, DARA.did)
    client.cookies.set(web_listener(ORIGIN, "").cookie_name, token)
    return Visitor(client)


def post(client: TestClient, path: str, sent: object) -> tuple[int, dict[str, object]]:
    """Send what a program sends, with no cookie."""
    with TestClient(client.app, ORIGIN) as bare:
        content = json.dumps(sent, separators=(",", ":"), sort_keys=True)
        answer = bare.post(path, content=content)
        return answer.status_code, answer.json() if answer.content else {}


def take_ballot(client: TestClient, visitor: Visitor, thread: str) -> tuple[str, str, str]:
    """Have a ballot signed as a device does; return its secret, its name and the right to it."""
    said = client.get(f"/api/v1/consultations/{thread}").json()
    kind, record = BallotKind.UNVOUCHED, said["record"]
    der = said["ballotKeys"][kind]
    key = blind.require_key(urlsafe_b64decode(der + "=" * (-len(der) % 4)))
    issuer = BallotIssuer(conversation=record, kind=kind, key=key, is_open=True)
    request = identity.derive_request(DARA.key, issuer)
    token = visitor.open_form("/settings").fields["token"]
    answer = visitor.post(
        visitor.address(f"/t/{thread}/ballot"),
        {"token": token, "kind": kind.value, "blinded": request.blinded.message.hex()},
    )
    assert answer.status_code == 200, answer.text
    signature = blind.finalize(
        key, request.prepared, bytes.fromhex(answer.text), request.blinded.secret
    )
    right = BallotToken(kind=kind, prefix=request.prefix, signature=signature)
    secret = identity.derive_ballot(DARA.key, record)
    encoded = urlsafe_b64encode(secret.encode()).decode().rstrip("=")
    return encoded, secret.name, identity.encode_ballot_token(right)


def test_device_votes_with_a_ballot_that_nothing_joins_to_it(
    house: House, client: TestClient, booth: Conversation
) -> None:
    visitor, thread = log_in(house, client), booth.thread
    secret, name, right = take_ballot(client, visitor, thread)
    ballot = {"thread": thread, "ballot": name, "token": right}

    early = post(
        client, "/api/v1/votes", {"thread": thread, "secret": secret, "votes": {"1": "agree"}}
    )
    assert post(client, "/api/v1/ballots", ballot)[0] == 201
    assert post(client, "/api/v1/ballots", ballot)[0] == 201
    cast = {"1": "agree", "2": "disagree", "3": "pass"}
    first = post(client, "/api/v1/votes", {"thread": thread, "secret": secret, "votes": cast})
    later = {"1": "none", "2": "agree"}
    second = post(client, "/api/v1/votes", {"thread": thread, "secret": secret, "votes": later})

    assert early[0] == 400
    assert first == (200, {"votes": cast, "saidSide": False})
    assert second == (200, {"votes": {"2": "agree", "3": "pass"}, "saidSide": False})
    with house.db.read() as work:
        ((ballot_name, sheet, _),) = opinion.list_sheets(work, thread)
    assert ballot_name == name
    assert sheet == {2: Vote.AGREE, 3: Vote.PASS}


def test_page_tells_whoever_holds_a_device_key_how_to_vote(
    house: House, client: TestClient, booth: Conversation
) -> None:
    visitor = log_in(house, client)

    page = visitor.get(f"/t/{booth.thread}/consultation")

    assert 'id="device"' in page.text
    attributes = dict(re.findall(r'data-([\w-]+)="([^"]*)"', page.text.split("data-ballot ")[1]))
    assert attributes["persona-key"] == DARA.did
    assert attributes["kind"] == "unvouched"
    assert attributes["instance"] == house.door.instance_did
    assert re.findall(r'src="/static/[0-9a-f]+/([a-z-]+\.js)"', page.text) == ["ballot.js"]
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    script_alone = page.text.split("<form", 3)[3].split("data-plain")[0]
    assert all("hidden" in part.split(">")[0] for part in script_alone.split("<section")[1:])
    assert page.text.count(" disabled>") == 3
    token = visitor.open_form("/settings").fields["token"]
    sent = visitor.post(
        visitor.address(f"/t/{booth.thread}/vote"), {"token": token, "number": "1", "vote": "agree"}
    )
    assert sent.status_code == 403
    assert "Your ballot is made on your own device" in sent.text


def test_side_of_a_device_is_said_once_and_after_a_vote(
    house: House, client: TestClient, booth: Conversation
) -> None:
    visitor, thread = log_in(house, client), booth.thread
    secret, name, right = take_ballot(client, visitor, thread)
    post(client, "/api/v1/ballots", {"thread": thread, "ballot": name, "token": right})
    sent = {"thread": thread, "secret": secret, "side": "abroad"}

    early = post(client, "/api/v1/sides", sent)
    cast = {"thread": thread, "secret": secret, "votes": {"1": "agree"}}
    post(client, "/api/v1/votes", cast)
    wrong = [
        post(client, "/api/v1/sides", {**sent, **other})[0]
        for other in ({"side": "here"}, {"side": ""}, {"secret": "A" * 43}, {"more": "1"})
    ]
    kept = post(client, "/api/v1/sides", sent)
    again = post(client, "/api/v1/sides", {**sent, "side": "inside"})

    assert (early[0], early[1]["code"]) == (403, "side-too-early")
    assert wrong == [400] * 4
    assert kept == (201, {})
    assert (again[0], again[1]["code"]) == (409, "side-said")
    assert post(client, "/api/v1/votes", cast)[1]["saidSide"] is True
    with house.db.read() as work:
        ((_, _, side),) = opinion.list_sheets(work, thread)
    assert side is Side.ABROAD


def test_consultation_names_the_record_that_a_device_compares_its_keys_with(
    house: House, client: TestClient, booth: Conversation
) -> None:
    said = client.get(f"/api/v1/consultations/{booth.thread}").json()

    record = client.get(f"/records/{said['recordDigest']}")

    assert record.json()["id"] == said["record"] == booth.record_id
    assert said["asksSide"] is True


@pytest.mark.parametrize(
    "change_of",
    [
        {"secret": "A" * 43}, {"secret": "é"}, {"secret": ""}, {"votes": {"1": "maybe"}}, {"votes": []},
        {"votes": {"x": "agree"}}, {"votes": {str(n): "pass" for n in range(1, 102)}}, {"more": "1"},
    ],
)  # fmt: skip
def test_votes_of_no_ballot_are_refused(
    house: House, client: TestClient, booth: Conversation, change_of: dict[str, object]
) -> None:
    visitor = log_in(house, client)
    secret, name, right = take_ballot(client, visitor, booth.thread)
    post(client, "/api/v1/ballots", {"thread": booth.thread, "ballot": name, "token": right})
    sent = {"thread": booth.thread, "secret": secret, "votes": {"1": "agree"}, **change_of}

    assert post(client, "/api/v1/votes", sent)[0] == 400
    with house.db.read() as work:
        assert list(opinion.list_sheets(work, booth.thread)) == []


def test_ballot_for_another_name_or_after_the_close_is_let_in_nowhere(
    house: House, client: TestClient, booth: Conversation
) -> None:
    visitor, thread = log_in(house, client), booth.thread
    _, name, right = take_ballot(client, visitor, thread)

    other = post(client, "/api/v1/ballots", {"thread": thread, "ballot": "0" * 64, "token": right})
    change(house, booth, state=ConversationState.CLOSED)
    late = post(client, "/api/v1/ballots", {"thread": thread, "ballot": name, "token": right})

    assert other[0] == 400
    assert late[0] == 409
