"""How many witnesses of the policy signed: on pages, receipts and in bundles, and by the command."""

import json
from pathlib import Path

import pytest
from app import tlog, wiring
from app.cli.bundle import _say
from app.federation.bundles.checking import verify_bundle
from app.federation.bundles.codec import read_bundle
from app.federation.press import find_scope
from app.main import create_app
from app.tlog.policies import NONE, encode_policy, parse_policy
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.cli.command import goftogu
from tests.houses import publish, release
from tests.tlog import cosigned

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
POST = factories.note(AVA, title="Whose water?")
DIGEST = factories.digest_of(POST).hex()


@pytest.fixture
def told(house: House) -> House:
    """An instance with a post, whose log three witnesses are asked to look after."""
    publish(house, factories.card(AVA), POST)
    cosigned.ask(house, 0, 1, 2)
    release(house)
    return house


def sign(house: House, *numbers: int) -> None:
    """Let witnesses sign the log, as it is published."""
    for number in numbers:
        cosigned.sign(house, number, factories.NOW)


def export(house: House) -> bytes:
    """Return the whole board as a bundle."""
    with house.db.read() as work:
        scope = find_scope(work, "square")
    return wiring.open_press(house).make_bundle(scope).raw


def policy_of(house: House) -> bytes:
    """Return what a host offers as its policy."""
    with house.db.read() as work:
        return encode_policy(tlog.make_policy(work, house.sequencer.published.key, ""))


@pytest.mark.parametrize(
    ("signed", "words"),
    [
        ((), ("0 of the 3 witnesses", "quorum is not reached yet")),
        ((0,), ("1 of the 3 witnesses", "quorum is not reached yet")),
        ((0, 2), ("2 of the 3 witnesses", "That is the policy’s quorum")),
        ((0, 1, 2), ("3 of the 3 witnesses", "That is the policy’s quorum")),
    ],
)
def test_readers_are_told_on_page_receipt_and_in_bundles(
    told: House, signed: tuple[int, ...], words: tuple[str, str]
) -> None:
    sign(told, *signed)
    client = TestClient(create_app(told, "http://testserver"))

    raw = export(told)
    found = verify_bundle(raw)
    inside = read_bundle(raw).contents

    for path in (f"/en/p/{DIGEST}", f"/en/receipts/{DIGEST}"):
        page = client.get(path).text
        assert all(each in page for each in words), path
    assert all(each in inside.page.decode() for each in words)
    assert (found.quorum.signed, found.quorum.witnesses) == (len(signed), 3)
    assert found.quorum.is_met is (len(signed) > 1)
    said = "its quorum" if len(signed) > 1 else "no quorum"
    assert f"by {len(signed)} of the policy's 3, {said}" in "\n".join(_say(found))
    policy = parse_policy(inside.policy)
    assert (policy.quorum == NONE) is (len(signed) < 2)
    assert b"http" not in inside.policy


def test_log_without_witnesses_says_so(house: House) -> None:
    publish(house, factories.card(AVA), POST)
    release(house)

    found = verify_bundle(export(house))

    assert "by nobody: the policy names no witness" in "\n".join(_say(found))
    assert (found.quorum.witnesses, found.quorum.is_met) == (0, False)


def test_readers_own_policy_decides_whether_it_is_enough(told: House) -> None:
    sign(told, 0)

    raw = export(told)
    assert verify_bundle(raw).witnesses

    with pytest.raises(Exception, match="witness"):
        verify_bundle(raw, policy_of(told))
    sign(told, 1)
    assert verify_bundle(export(told), policy_of(told)).quorum.is_met


def test_command_verifies_a_proof_and_says_who_signed(told: House, tmp_path: Path) -> None:
    sign(told, 0)
    proof, policy = tmp_path / f"{DIGEST}.tlog-proof", tmp_path / "policy"
    client = TestClient(create_app(told, "http://testserver"))
    own = policy_of(told)

    def verify(*words: str | Path) -> tuple[int, str]:
        proof.write_bytes(client.get(f"/receipts/{DIGEST}.tlog-proof").content)
        done = goftogu("verify", proof, *words)
        return done.code, done.out.decode() + done.err

    policy.write_bytes(own)
    assert verify("--policy", policy)[0] == 3
    assert "--policy says which log" in verify()[1]
    policy.write_bytes(own.replace(b"quorum most", b"quorum none"))
    assert "by 1 of the policy's 3, no quorum" in verify("--policy", policy)[1]
    sign(told, 2)
    policy.write_bytes(own)
    code, said = verify("--policy", policy, "--json")
    (told_json,) = json.loads(said)
    assert (code, told_json["quorum"], told_json["record"]) == (0, True, DIGEST)
    other = tmp_path / f"{'0' * 64}.tlog-proof"
    other.write_bytes(proof.read_bytes())
    assert goftogu("verify", other, "--policy", policy).code == 3
