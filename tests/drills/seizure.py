"""A home's disk and keys are taken: what they tell, and what can be done with them."""

import shutil
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from typing import Final

from app.crypto.seed import parse_words
from app.kernel.clock import SystemClock
from app.kernel.errors import AppError
from app.records import sign_record

from tests import factories
from tests.drills.hosts import AVA, PASSPHRASE, TODAY, WATER, Host, Town, note, wait_until
from tests.drills.report import Report
from tests.houses import open_at, submit

AGENT: Final = "needle-of-an-agent/7.0"
ADDRESS: Final = "203.0.113.77"


def drill(town: Town, report: Report) -> None:
    """Take the home's folder away, look through it, and use its keys against everybody."""
    home, successor = town.home, town.successor
    erased = factories.note(AVA, board=WATER, title="A well that its author takes back", day=TODAY)
    home.submit(erased)
    gone = factories.erasure(AVA, erased, day=TODAY)
    home.get(f"/en/b/{WATER.slug}", **{"User-Agent": AGENT, "X-Forwarded-For": ADDRESS})
    shown = wait_until(lambda: successor.has(erased), 60)
    report.look("a post is erased by its author", shown is not None and home.submit(gone) == 201)
    left = wait_until(lambda: successor.get(_page(erased))[0] == 410, 60)
    report.look("and at the partner as well", left is not None)
    home.kill()
    seized = town.home.data.parent / "seized"
    shutil.copytree(home.data, seized)
    _look_through(town, report, seized)
    told = home.run("seizure")
    report.look("the host said before what its disk would tell", told.code == 0)
    report.step(f"goftogu succession take {town.board}")
    done = successor.run("succession", "take", town.board)
    report.look("the partner carries on", done.code == 0)
    report.step(f"goftogu partner remove {home.name}")
    ended = successor.run("partner", "remove", home.name, "--why", "Its keys were taken.")
    report.look("and believes the seized keys no more", ended.code == 0)
    _rotate(town, report)
    _use_against(town, report, seized)


def _look_through(town: Town, report: Report, seized: Path) -> None:
    """Search all of the disk for what must not be on it."""
    seed = parse_words(town.words)
    secrets = {
        "a passphrase": PASSPHRASE.encode(),
        "recovery words": town.words.encode(),
        "the seed": seed.entropy(),
        "a persona's root key": seed.root_key().seed(),
        "a persona's posting key": seed.posting_key().seed(),
        "a device's posting key": AVA.key.seed(),
        "a reader's browser": AGENT.encode(),
        "a reader's address": ADDRESS.encode(),
        "words that their author erased": b"A well that its author takes back",
    }
    files = [path for path in seized.rglob("*") if path.is_file()]
    raws = [path.read_bytes() for path in files]
    for what, secret in secrets.items():
        forms = (secret, secret.hex().encode(), b64encode(secret).rstrip(b"="))
        found = any(form in raw for raw in raws for form in forms)
        report.look(f"{what} is in none of {len(files)} files", not found)


def _rotate(town: Town, report: Report) -> None:
    """Let Mina, whose key the seized disk holds behind her passphrase, come back with new keys."""
    report.step("each who had no device: come back with the twelve words")
    with town.successor.visitor() as mina:
        form = mina.open_form("/restore")
        answer = mina.send(form, words=town.words, passphrase="another four good words", name="")
    report.look("personas come back with their words, and get new keys", answer.status_code == 303)
    old = parse_words(town.words).posting_key()
    members = {
        "audience": f"ap://{WATER.did}/actor",
        "contentMap": {"en": "Mina, says whoever opened her key."},
        "mediaType": "text/markdown",
        "name": "Forged",
        "urn:goftogu:custody": "unlocked",
    }
    forged = sign_record(old, "Note", members, nonce=factories.nonce(), day=TODAY)
    report.look("the key that was on the disk writes no more", town.successor.submit(forged) >= 400)


def _use_against(town: Town, report: Report, seized: Path) -> None:
    """Go on with the seized keys, at the old address, as if nothing had happened."""
    late = note("A post at the home that was seized")
    with closing((house := open_at(seized, SystemClock())).db):
        try:
            submit(house, late)
        except AppError as error:
            report.say(f"the copy refuses even that: {error.code}")
    thief = Host(town.home.name, seized, town.home.port)
    (seized / "worker.lock").unlink(missing_ok=True)
    thief.start()
    try:
        report.look("whoever has the keys serves the old address", thief.get("/healthz")[0] == 200)
        shown = wait_until(lambda: thief.has(late), 60)
        report.look("and logs what it likes", shown is not None)
        reached = wait_until(lambda: town.successor.has(late), 15)
        report.look("which is void where the board is kept", reached is None)
    finally:
        thief.kill()


def _page(post: bytes) -> str:
    return f"/records/{factories.digest_of(post).hex()}"
