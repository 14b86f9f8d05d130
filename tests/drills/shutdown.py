"""The network is shut down: what is said is carried by file, out and back."""

from pathlib import Path

from tests.drills.hosts import Host, Town, note, wait_until
from tests.drills.report import Report
from tests.factories import digest_of


def switch_on(host: Host, report: Report) -> None:
    """Let a host go over to shutdown mode."""
    report.step("goftogu shutdown on")
    done = host.run("shutdown", "on")
    told = host.run("shutdown", "status", "--json")
    report.look("the switch is on, and says so", done.code == 0 and b'"on": true' in told.out)


def drill(town: Town, report: Report) -> None:
    """Cut every host off, carry a bundle out, read it, answer it, and carry the answer back."""
    home, successor = town.home, town.successor
    stick = home.data.parent / "stick"
    stick.mkdir()
    switch_on(home, report)
    said = [note(f"Before the lines are cut {number}") for number in range(5)]
    report.look("posts are acknowledged", {home.submit(each) for each in said} == {201})
    wait_until(lambda: all(map(home.has, said)), 60)
    successor.stop()
    later = note("After the lines were cut")
    report.look("the home takes posts with nobody to hear of them", home.submit(later) == 201)
    wait_until(lambda: home.has(later), 60)
    bundle = stick / "water.zip"
    report.step("goftogu bundle export --board water --since 0 --to water.zip")
    with report.timed("out"):
        made = home.run("bundle", "export", "--board", "water", "--since", "0", "--to", bundle)
        report.look("a bundle is written", made.code == 0)
        checked = successor.run("bundle", "verify", bundle)
        report.look("it verifies where there is no network", checked.code == 0)
        brought = successor.run("bundle", "import", bundle)
        report.look("a partner that is cut off takes it in", brought.code == 0)
    told = " ".join((brought.out.decode() + brought.err).split())
    report.say(f"{bundle.stat().st_size} bytes: {told}")
    _answer(town, report, stick, later)
    successor.start()
    caught_up = wait_until(lambda: successor.has(later), 60)
    report.look("once the lines are back the partner has it from the log", caught_up is not None)
    report.say(f"that took {caught_up or 60:.1f} s from its start")
    report.step("goftogu shutdown off")
    report.look("the switch is off again", home.run("shutdown", "off").code == 0)


def _answer(town: Town, report: Report, stick: Path, later: bytes) -> None:
    home, key = town.home, stick / "key"
    home.run("keygen", "--out", key)
    report.step("goftogu bundle reply water.zip --key KEY --to DIGEST > answers")
    words = ("bundle", "reply", stick / "water.zip", "--key", key, "--to", digest_of(later).hex())
    answer = home.run(*words, given="Heard, and answered by file.")
    report.look("somebody without a network answers what they read", answer.code == 0)
    (stick / "answers").write_bytes(answer.out)
    report.step("goftogu bundle import answers")
    with report.timed("back"):
        home.run("bundle", "import", stick / "answers")
        raw = answer.out.removesuffix(b"\n")
        shown = wait_until(lambda: home.has(raw), 60)
    report.look("the answer that came by file is shown at home", shown is not None)
