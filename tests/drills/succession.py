"""A home is killed while people write, and its successor keeps the board."""

from tests.drills.hosts import PASSPHRASE, Town, note, wait_until
from tests.drills.report import Report

MOST_S = 60.0
_WRITTEN = 20
_LAG_S = 30.0


def drill(town: Town, report: Report) -> None:
    """Kill the home; take its board over; look that nothing is lost and people come back."""
    home, successor, third = town.home, town.successor, town.third
    written = [note(f"Well {number} of today") for number in range(_WRITTEN)]
    taken = [home.submit(each) for each in written]
    report.look(f"{_WRITTEN} posts are acknowledged by the home", set(taken) == {201})
    lag = wait_until(lambda: all(map(successor.has, written)), _LAG_S)
    report.look("the successor has them within 30 s", lag is not None)
    report.say(f"the last of them was there after {lag or _LAG_S:.1f} s")
    promised = note("Acknowledged by the home in its last second")
    carried = note("Handed in at the successor in that second")
    report.look(
        "one more post is acknowledged, and the home is killed", home.submit(promised) == 201
    )
    home.kill()
    report.look(
        "a post for the board is taken in elsewhere meanwhile", successor.submit(carried) == 201
    )
    with report.timed("takeover"):
        _take_over(town, report, promised, carried)
    posts = [*town.before, *written, promised, carried]
    lost = [each for each in posts if not successor.has(each)]
    report.look(f"of {len(posts)} posts {len(lost)} are lost", not lost)
    files = successor.data.parent / "posts"
    files.mkdir()
    for number, each in enumerate(posts):
        (files / f"{number}.json").write_bytes(each)
    verified = successor.run("verify", *sorted(files.iterdir()))
    report.look("every signature verifies", verified.code == 0)
    _come_back(town, report)
    told = wait_until(lambda: third.run("succession", "list").out.count(b"negar\t1 of") == 1, 60)
    report.look("the third host knows where the board is kept now", told is not None)


def _take_over(town: Town, report: Report, promised: bytes, carried: bytes) -> None:
    successor = town.successor
    report.step(f"goftogu succession take {town.board}")
    done = successor.run("succession", "take", town.board)
    report.look("the takeover is signed", done.code == 0)
    if done.code:
        report.say(done.err.strip())
    new = note("The first post at the new home")
    report.look("the board takes posts", successor.submit(new) == 201)
    # Whoever wrote it has its bytes, and they are for the board, whoever keeps it.
    successor.submit(promised)
    shown = wait_until(lambda: all(map(successor.has, (new, promised, carried))), MOST_S)
    report.look("what was on its way and what is new is shown", shown is not None)
    status, page = successor.get(f"/en/b/{town.board}")
    report.look("readers read the board there", status == 200 and b"first post at the new" in page)


def _come_back(town: Town, report: Report) -> None:
    with town.successor.visitor() as mina:
        form = mina.open_form("/restore")
        answer = mina.send(form, words=town.words, passphrase=PASSPHRASE, name="")
        report.look("people log in with the same words", answer.status_code == 303)
        wrote = mina.send_post(f"/b/{town.board}/new", title="Mina is back", text="With her words.")
        report.look("and write under the same name", wrote.status_code == 303)
        said = wait_until(lambda: "Mina is back" in mina.get(f"/b/{town.board}").text, 60)
    report.look("which readers see", said is not None)
