"""Acts of people whose key is on their device: shown as they will be signed, signed elsewhere, handed in."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from app.crypto.multikey import encode_did
from app.hearings import HearingState, QuestionState
from app.hearings.model import CommitmentState
from app.kernel import strict_json
from app.records import parse_record, verify_record
from app.records.codec import sign_record
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.cli.command import goftogu
from tests.factories import TODAY, Person
from tests.hearings import hall as halls
from tests.hearings.answered import enter
from tests.hearings.hall import AVA, BABAK, CHARTER, OMID
from tests.hearings.promising import LINK, commitment, find
from tests.houses import publish, submit
from tests.visitor import Form, Visitor, find_form

pytestmark = pytest.mark.slow


def sign(form: Form, by: Person, day: date = TODAY) -> str:
    """Return the record that a device makes of what a page shows."""
    members = strict_json.decode(form.fields["text"].encode())
    wire_type = str(members.pop("type"))
    nonce = form.fields["nonce"]
    return sign_record(by.key, wire_type, members, nonce=nonce, day=day).decode()


def ask(visitor: Visitor, form: Form, /, **typed: str) -> Form:
    """Send a form; return that of the page on which its act is signed."""
    answer = visitor.send(form, **typed)
    assert answer.status_code == 200, answer.text
    assert 'data-sign="act"' in answer.text
    assert "signer" in answer.text.partition("</head>")[0]
    return find_form(answer, form.action)


def decision(visitor: Visitor, hall: halls.Hall, post: str, **typed: str) -> Form:
    """Return a filled form about a question, as the list of questions has it."""
    action = f"/t/{hall.thread}/hearing/questions"
    token = visitor.open_form("/boards", "/logout").fields["token"]
    return Form(visitor.address(action), {"token": token, "post": post, **typed})


def test_official_is_bound_by_what_the_command_line_signs(
    house: House, client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = halls.offer_hall(house)
    visitor = enter(house, client, OMID)
    asked = ask(visitor, visitor.open_form(f"/t/{hall.thread}/hearing/bind"))
    key = tmp_path / "omid.key"
    did = encode_did(OMID.key.public)
    key.write_bytes(
        strict_json.encode({"format": "goftogu-key-1", "did": did, "seed": OMID.key.seed().hex()})
    )
    monkeypatch.setattr("app.cli.records.today", lambda: TODAY)
    done = goftogu("sign", "--key", key, "--act", given=asked.fields["text"])
    assert done.code == 0, done.err
    assert "Accept/charter" in done.err
    record = verify_record(parse_record(done.out))
    assert (record.type, record.signer) == ("Accept/charter", did)

    lacking = visitor.send(asked)
    assert lacking.status_code == 400
    assert "must be signed there" in lacking.text
    other = sign(asked, BABAK)
    refused = visitor.send(asked, record=other)
    assert refused.status_code == 403, refused.text
    assert find_form(refused, asked.action).fields["record"] == other
    assert halls.hearing_of(house, hall).state is HearingState.OFFERED

    assert visitor.send(asked, record=f"\n {done.out.decode()} ").status_code == 303
    assert halls.hearing_of(house, hall).state is HearingState.BOUND


def test_official_declines_and_asker_appeals_on_their_devices(
    house: House, client: TestClient
) -> None:
    hall = halls.open_hall(house)
    submit(house, factories.card(AVA), factories.card(BABAK))
    post = halls.ask(house, hall, AVA, "Where does the water go?")
    visitor, named = enter(house, client, OMID), post.digest.hex()
    typed = {"do": "decline", "code": "security", "why": "It names a well."}
    wrong = visitor.send(decision(visitor, hall, named, **{**typed, "code": ""}))
    assert "Choose why it is declined" in wrong.text
    asked = ask(visitor, decision(visitor, hall, named, **typed))
    assert "It names a well." in asked.fields["text"]
    assert halls.question_of(house, post).state is QuestionState.ASKED
    assert visitor.send(asked, record=sign(asked, OMID)).status_code == 303
    assert halls.question_of(house, post).state is QuestionState.DECLINED

    visitor = enter(house, client, BABAK)
    assert visitor.send(decision(visitor, hall, named, do="appeal")).status_code == 403
    visitor = enter(house, client, AVA)
    asked = ask(visitor, decision(visitor, hall, named, do="appeal"))
    assert visitor.send(asked, record=sign(asked, AVA)).status_code == 303
    assert halls.question_of(house, post).is_appealed
    assert visitor.send(decision(visitor, hall, named, do="appeal")).status_code == 409


def test_official_owns_a_commitment_and_tells_its_status_on_the_device(
    house: House, client: TestClient
) -> None:
    hall, _ = halls.chosen_hall(house, 1)
    promise = commitment(
        AVA, hall.opening, of=OMID.root,
        day=CHARTER.chooses_on, due=CHARTER.chooses_on + timedelta(days=30),
    )  # fmt: skip
    publish(house, promise)
    path = f"/commitments/{factories.digest_of(promise).hex()}"
    visitor = enter(house, client, OMID)
    asked = ask(visitor, visitor.open_form(path, f"{path}/own"))
    assert visitor.send(asked, record=sign(asked, OMID, CHARTER.chooses_on)).status_code == 303
    assert find(house, promise).owned_on is not None

    form = visitor.open_form(path, f"{path}/status")
    again = visitor.send(form, state="kept", evidence="", why="It is open.")
    assert again.status_code == 400
    asked = ask(visitor, form, state="kept", evidence=LINK, why="It is open.")
    assert visitor.send(asked, record=sign(asked, OMID, CHARTER.chooses_on)).status_code == 303
    assert find(house, promise).state is CommitmentState.KEPT
