"""A log before its witnesses: what it asks, what it believes, and that nobody holds it up."""

from collections.abc import Callable, Iterator, Sequence
from threading import Event

import pytest
from app import tlog
from app.crypto.note_keys import COSIGNATURE, VerifierKey
from app.kernel.clock import HOUR_S, Instant
from app.kernel.errors import (
    AppError,
    ConflictError,
    MalformedError,
    NotFoundError,
    UnavailableError,
)
from app.tlog import witness as protocol
from app.tlog.asking import Asker, ask_witness
from app.tlog.checkpoints import UnverifiedCheckpoint, VerifiedCheckpoint, parse_checkpoint
from app.tlog.cosignatures import cosign, verify_cosignatures
from app.tlog.errors import BadSignatureError, ShrunkLogError, WitnessRefusedError
from app.tlog.model import AskedWitness
from app.tlog.policies import encode_policy, parse_policy, verify_by_policy
from app.tlog.witness import TEXT_TYPE, Answer
from app.wiring import House

from tests import factories
from tests.tlog import logs
from tests.tlog.witnesses import prove

NOW = factories.NOW
FIVE, NINE = logs.log_of(5), logs.log_of(9)


class PaperWitness:
    """A witness in memory, as its specification has it."""

    def __init__(self, number: int = 0) -> None:
        self.key, self.name = logs.WITNESS_KEYS[number], logs.WITNESSES[number].name
        self.url = f"https://{self.name}/w"
        self.latest: VerifiedCheckpoint | None = None
        self.asked: list[bytes] = []

    def send(self, url: str, body: bytes) -> Answer:
        """Answer a request."""
        assert url == f"{self.url}/add-checkpoint"
        self.asked.append(body)
        try:
            request = protocol.parse_request(body)
            self.latest = protocol.decide_cosigning(request, [logs.LOG], self.latest)
        except AppError as error:
            return protocol.answer_refused(error)
        return protocol.answer_cosigned([cosign(self.latest, self.name, self.key, NOW)])


def known(number: int = 0, cosigned: bytes = b"") -> AskedWitness:
    """Return a witness as the log knows it."""
    key = logs.WITNESSES[number]
    return AskedWitness(key=key, url=f"https://{key.name}/w", cosigned=cosigned)


def prover(log: logs.MemoryLog) -> Callable[[int], Sequence[bytes]]:
    """Return what proves that a log grew to what it is."""
    return lambda old: prove(log, old)


def ask(log: logs.MemoryLog, send: Callable[[str, bytes], Answer], cosigned: bytes = b"") -> bytes:
    """Ask the first witness about a log; return the cosigned checkpoint."""
    asked = known(cosigned=cosigned)
    return ask_witness(asked, log.checkpoint(), prover(log), send).note.encode()


def test_witness_that_knows_nothing_is_asked_from_nothing() -> None:
    paper = PaperWitness()

    cosigned = ask(FIVE, paper.send)

    assert len(paper.asked) == 1
    assert cosigned.startswith(FIVE.checkpoint().note.encode())


def test_log_that_grew_is_proven_from_what_was_signed_last() -> None:
    paper = PaperWitness()
    before = ask(FIVE, paper.send)

    ask(NINE, paper.send, before)

    assert len(paper.asked) == 2
    assert paper.asked[1].startswith(b"old 5\n")


def test_witness_that_knows_another_size_is_asked_once_more_from_there() -> None:
    paper = PaperWitness()
    ask(FIVE, paper.send)

    ask(NINE, paper.send)
    ask(NINE, paper.send)

    assert [body.partition(b"\n")[0] for body in paper.asked[1:]] == [
        b"old 0", b"old 5", b"old 0", b"old 9",
    ]  # fmt: skip


def test_witness_that_has_seen_more_is_heeded() -> None:
    """The log's own database is behind: what it signed then is out in the world."""
    paper = PaperWitness()
    nine = ask(NINE, paper.send)

    for cosigned in (b"", nine):
        with pytest.raises(ShrunkLogError) as caught:
            ask(FIVE, paper.send, cosigned)
        assert caught.value.seen == 9


def test_witness_that_says_another_size_for_ever_is_asked_twice() -> None:
    asked: list[bytes] = []

    def send(_url: str, body: bytes) -> Answer:
        asked.append(body)
        return Answer(status=409, media_type="text/x.tlog.size", body=b"%d\n" % (len(asked) % 3))

    with pytest.raises(WitnessRefusedError):
        ask(FIVE, send)
    assert len(asked) == 2


OTHERS_LINE = cosign(FIVE.checkpoint(), "w2.example", logs.WITNESS_KEYS[1], NOW).encode().encode()
NINES_LINE = cosign(NINE.checkpoint(), "w1.example", logs.WITNESS_KEYS[0], NOW).encode().encode()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, b"", WitnessRefusedError),
        (500, b"", WitnessRefusedError),
        (302, b"", WitnessRefusedError),
        (409, b"many\n", MalformedError),
        (409, b"", MalformedError),
        (200, b"", MalformedError),
        (200, b"<html>\n", MalformedError),
        (200, OTHERS_LINE, AppError),
        (200, NINES_LINE, BadSignatureError),
        (200, NINES_LINE[:-1], MalformedError),
    ],
)
def test_what_is_no_cosignature_is_not_believed(
    status: int, body: bytes, error: type[AppError]
) -> None:
    with pytest.raises(error):
        ask(FIVE, lambda _url, _body: Answer(status=status, media_type=TEXT_TYPE, body=body))


def test_lines_of_others_in_an_answer_are_left_out() -> None:
    line = cosign(FIVE.checkpoint(), "w1.example", logs.WITNESS_KEYS[0], NOW).encode().encode()
    answer = Answer(status=200, media_type=TEXT_TYPE, body=OTHERS_LINE + line)

    cosigned = ask(FIVE, lambda _url, _body: answer)

    assert cosigned == FIVE.checkpoint().note.encode() + line


@pytest.fixture
def papers(house: House) -> list[PaperWitness]:
    """Two witnesses that the instance asks."""
    papers = [PaperWitness(number) for number in range(2)]
    with house.db.write() as work:
        for number, paper in enumerate(papers):
            tlog.begin_asking(work, logs.WITNESSES[number], f"{paper.url}/")
    return papers


class Post:
    """Carries questions to witnesses, as far as they can be reached."""

    def __init__(self, papers: list[PaperWitness]) -> None:
        self.papers = {f"{paper.url}/add-checkpoint": paper for paper in papers}
        self.gone: set[str] = set()
        self.sent: list[str] = []

    def __call__(self, url: str, body: bytes) -> Answer:
        """Send a question."""
        self.sent.append(url)
        paper = self.papers[url]
        if paper.name in self.gone:
            raise UnavailableError("not reachable")
        return paper.send(url, body)


@pytest.fixture
def post(papers: list[PaperWitness]) -> Post:
    """The way to both."""
    return Post(papers)


@pytest.fixture
def asker(house: House, post: Post) -> Iterator[Asker]:
    """What asks them."""
    asker = Asker(house.db, house.settings.data, post)
    yield asker
    asker.wait(10)


def offered(asker: Asker, log: logs.MemoryLog, now: Instant = NOW) -> None:
    """Offer a log's checkpoint and wait for what comes of it."""
    asker.offer(log.checkpoint(), prover(log), now)
    asker.wait(10)


def published(house: House, log: logs.MemoryLog) -> VerifiedCheckpoint:
    """Return a log's checkpoint as it would be published."""
    with house.db.read() as work:
        return tlog.with_cosignatures(work, log.checkpoint())


def test_what_witnesses_signed_is_under_the_published_checkpoint(
    house: House, asker: Asker
) -> None:
    offered(asker, FIVE)

    cosigned = verify_cosignatures(published(house, FIVE), logs.WITNESSES)
    assert [cosignature.witness for cosignature in cosigned] == list(logs.WITNESSES[:2])
    assert verify_cosignatures(published(house, NINE), logs.WITNESSES) == ()


def test_who_has_signed_is_not_asked_again(asker: Asker, post: Post) -> None:
    for _ in range(3):
        offered(asker, FIVE)

    assert len(post.sent) == 2


def test_witness_that_is_gone_stops_neither_log_nor_others(
    house: House, asker: Asker, post: Post
) -> None:
    post.gone.add("w1.example")

    offered(asker, FIVE)

    (cosignature,) = verify_cosignatures(published(house, FIVE), logs.WITNESSES)
    assert cosignature.witness == logs.WITNESSES[1]


def test_witness_that_is_gone_is_asked_ever_more_seldom_and_then_again(
    house: House, asker: Asker, post: Post
) -> None:
    post.gone = {"w1.example", "w2.example"}
    for second in range(0, HOUR_S, 10):
        offered(asker, FIVE, Instant(NOW + second))
    # 10 s, doubled each time: at 0, 10, 30, 70, 150, 310, 630, 1270, 2550, 5110 s, and then hourly.
    assert len(post.sent) == 2 * 9
    for second, count in [
        (5100, 9),
        (5110, 10),
        (8700, 10),
        (8710, 11),
        (12_300, 11),
        (12_310, 12),
    ]:
        offered(asker, FIVE, Instant(NOW + second))
        assert len(post.sent) == 2 * count

    post.gone.clear()
    offered(asker, FIVE, Instant(NOW + 5 * HOUR_S))

    assert len(verify_cosignatures(published(house, FIVE), logs.WITNESSES)) == 2


def test_offering_does_not_wait_for_a_slow_witness(
    house: House, papers: list[PaperWitness]
) -> None:
    begun, may_answer = Event(), Event()
    questions: list[str] = []

    def send(url: str, body: bytes) -> Answer:
        is_slow = url.startswith(papers[0].url)
        if is_slow:
            questions.append(url)
            begun.set()
            assert may_answer.wait(10)
        return papers[not is_slow].send(url, body)

    asker = Asker(house.db, house.settings.data, send)
    asker.offer(FIVE.checkpoint(), prover(FIVE), NOW)
    assert begun.wait(10)
    for _ in range(3):
        asker.offer(NINE.checkpoint(), prover(NINE), NOW)
    may_answer.set()
    asker.wait(10)
    asker.offer(NINE.checkpoint(), prover(NINE), NOW)
    asker.wait(10)

    assert len(questions) == 2, "one at a time"
    assert len(verify_cosignatures(published(house, NINE), logs.WITNESSES)) == 2


def test_failure_of_our_own_is_logged_and_does_no_harm(
    house: House, papers: list[PaperWitness], post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    asker = Asker(house.db, house.settings.data, post)

    def broken(_old: int) -> Sequence[bytes]:
        raise RuntimeError("tiles are gone")

    offered(asker, FIVE)
    asker.offer(NINE.checkpoint(), broken, NOW)
    asker.wait(10)
    later = Instant(NOW + HOUR_S)
    offered(asker, NINE, later)

    assert {vars(record)["kind"] for record in caplog.records} == {"RuntimeError"}
    assert len(verify_cosignatures(published(house, NINE), logs.WITNESSES)) == 2


def test_witness_with_a_new_key_begins_anew(house: House, asker: Asker) -> None:
    offered(asker, FIVE)
    renamed = VerifierKey("w1.example", COSIGNATURE, logs.WITNESS_KEYS[3].public)

    with house.db.write() as work:
        tlog.begin_asking(work, renamed, "https://w1.example/w")
        tlog.begin_asking(work, logs.WITNESSES[1], "https://elsewhere.example")
    with house.db.read() as work:
        first, second = tlog.list_witnessed(work)

    assert (first.tree_size, first.signed_at) == (0, None)
    assert (second.tree_size, second.signed_at) == (5, NOW)
    assert second.url == "https://elsewhere.example"


def test_cosignature_of_a_key_that_was_replaced_meanwhile_is_not_kept(
    house: House, papers: list[PaperWitness]
) -> None:
    new = VerifierKey("w1.example", COSIGNATURE, logs.WITNESS_KEYS[3].public)

    def send(url: str, body: bytes) -> Answer:
        with house.db.write() as work:
            tlog.begin_asking(work, new, papers[0].url)
        return papers[url.startswith(papers[1].url)].send(url, body)

    asker = Asker(house.db, house.settings.data, send)
    offered(asker, FIVE)

    with house.db.read() as work:
        first = tlog.list_witnessed(work)[0]
    assert first.tree_size == 0


@pytest.mark.parametrize(
    "url",
    ["", "w.example", "ftp://w.example", "https://w.example/ x", "https://w\n", "https://w\x7f"],
)
def test_what_is_no_address_is_refused(house: House, url: str) -> None:
    with pytest.raises(MalformedError), house.db.write() as work:
        tlog.begin_asking(work, logs.WITNESSES[0], url)


def test_key_of_a_log_is_no_witness(house: House) -> None:
    with pytest.raises(MalformedError), house.db.write() as work:
        tlog.begin_asking(work, logs.LOG, "https://w.example")


def test_witness_that_is_asked_no_more_is_gone_from_everything(
    house: House, asker: Asker, post: Post
) -> None:
    offered(asker, FIVE)
    with house.db.write() as work:
        tlog.stop_asking(work, "w1.example")

    offered(asker, NINE)

    assert len(post.sent) == 3
    (cosignature,) = verify_cosignatures(published(house, NINE), logs.WITNESSES)
    assert cosignature.witness == logs.WITNESSES[1]
    with pytest.raises(NotFoundError), house.db.write() as work:
        tlog.stop_asking(work, "w1.example")


def test_one_key_is_one_witness(house: House, papers: list[PaperWitness]) -> None:
    other = VerifierKey("w9.example", COSIGNATURE, logs.WITNESS_KEYS[0].public)

    with pytest.raises(ConflictError), house.db.write() as work:
        tlog.begin_asking(work, other, "https://w9.example")


def test_other_host_takes_no_known_witnesses_place(
    house: House, papers: list[PaperWitness]
) -> None:
    other = VerifierKey("w1.example", COSIGNATURE, logs.WITNESS_KEYS[3].public)

    with pytest.raises(ConflictError), house.db.write() as work:
        tlog.begin_asking(work, other, "https://elsewhere.example")


@pytest.mark.parametrize(("count", "least"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_policy_asks_for_most_of_the_witnesses(house: House, count: int, least: int) -> None:
    with house.db.write() as work:
        for number in range(count):
            tlog.begin_asking(work, logs.WITNESSES[number], f"https://w{number}.example")
        policy = tlog.make_policy(work, logs.LOG, "https://goftogu.example/tlog")

    assert parse_policy(encode_policy(policy)) == policy
    cosigned = FIVE.checkpoint()
    for number in range(least):
        with pytest.raises(AppError):
            verify_by_policy(parse(cosigned), policy)
        paper = PaperWitness(number)
        asked = AskedWitness(key=logs.WITNESSES[number], url=paper.url)
        cosigned = ask_witness(asked, cosigned, prover(FIVE), paper.send)
    assert len(verify_by_policy(parse(cosigned), policy).cosignatures) == least


def parse(checkpoint: VerifiedCheckpoint) -> UnverifiedCheckpoint:
    """Return a checkpoint as a stranger gets it."""
    return parse_checkpoint(checkpoint.note.encode())
