"""What comes of the village's hearings: answers, promises, and the ledger of one that is over."""

from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from app import forum, hearings, identity, worker
from app.crypto.ed25519 import SigningKey
from app.forum import PostKind
from app.forum.codec import note_members
from app.hearings import Found, codec
from app.hearings.model import AimVerdict, CommitmentState, Promise, Shows, Verdict
from app.hearings.service import commitments, may_rate, rate_answer
from app.kernel.clock import HOUR_S, FixedClock, day_of
from app.kernel.strict_json import JsonObject
from app.records.codec import sign_record
from app.records.model import SAYS, SPEAKS_AS, SPOKEN, Custody
from app.wiring import House

from .consultations import Author, Nonce

_FINDS: Final = (Found.ANSWERED, Found.ANSWERED, Found.PARTLY, Found.EVADED)
"""What readers say of an answer: half of them that it is one."""


class Exchange:
    """One hearing after its choice: what is said and done in it, from what is written down."""

    def __init__(
        self,
        house: House,
        clock: FixedClock,
        item: dict[str, Any],
        author: Author,
        official: str,
        nonce: Nonce,
    ) -> None:
        self._house = house
        self._clock = clock
        self._item = item
        self._author = author
        self._nonce = nonce
        self.official = official
        """Root of who answers."""
        self.posts: dict[int | str, bytes] = {}
        """Digests of questions by their place, and of what follows by its slug."""

    def happen(self, said: dict[str, Any]) -> None:
        """Let one thing happen, and let readers see it."""
        {
            "answer": self._answer,
            "revise": self._revise,
            "follow-up": self._ask_again,
            "promise": self._promise,
            "evidence": self._show_evidence,
            "status": self._change_status,
        }[said["what"]](said)
        self._show()

    def finish(self, readers: list[str]) -> None:
        """Let readers say whether answers were any, and close the hearing if it has verdicts."""
        self._rate(readers)
        if "verdicts" not in self._item:
            return
        verdicts = [
            AimVerdict(aim=each["aim"], verdict=Verdict(each["verdict"]), why=each["why"])
            for each in self._item["verdicts"]
        ]
        with self._house.db.write() as work:
            thread = forum.get_post(work, self.posts[0]).thread
            hearing = hearings.get_hearing(work, thread)
            hearings.close_hearing(work, self._house.door, hearing, verdicts)

    def _answer(self, said: dict[str, Any]) -> None:
        labels = {SPEAKS_AS: said["speaks_as"], SAYS: said["says"]}
        if "is_spoken" in said:
            labels[SPOKEN] = "aloud"
        self._say({**said, "by": self._item["official"]}, PostKind.ANSWER, labels)

    def _revise(self, said: dict[str, Any]) -> None:
        key, _ = self._author(self._item["official"])
        with self._house.db.write() as work:
            post = forum.get_post(work, self.posts[said["of"]])
            draft = self._draft({**said, "by": self._item["official"]}, post, PostKind.ANSWER)
            raw = forum.sign_revision(
                key, draft, post, nonce=self._nonce("revise", said["of"]), day=day_of(work.now)
            )
            self._house.door.submit(work, raw)

    def _ask_again(self, said: dict[str, Any]) -> None:
        self._say(said, PostKind.FOLLOW_UP, {})

    def _promise(self, said: dict[str, Any]) -> None:
        today = day_of(self._clock.now())
        promise = Promise(
            owner=self._item["office"]["title"],
            measure=said["measure"],
            due_on=today + timedelta(days=said["due"] - said["after"]),
            theme=said["theme"],
            official=self.official,
        )
        self._say(said, PostKind.COMMITMENT, codec.promise_members(promise))
        self._show()
        if said["is_confirmed"]:
            with self._house.db.write() as work:
                commitment = commitments.get_commitment(work, self.posts[said["slug"]])
                commitments.own(work, self._house.door, self._key(), commitment)

    def _show_evidence(self, said: dict[str, Any]) -> None:
        members = codec.evidence_members(said["link"], Shows(said["shows"]))
        self._say({**said, "to": said["of"]}, PostKind.EVIDENCE, members)

    def _change_status(self, said: dict[str, Any]) -> None:
        with self._house.db.write() as work:
            commitment = commitments.get_commitment(work, self.posts[said["of"]])
            commitments.set_status(
                work, self._house.door, self._key(), commitment, CommitmentState(said["state"]),
                evidence=said["link"], why=said["why"],
            )  # fmt: skip

    def _rate(self, readers: list[str]) -> None:
        """Let those rate whom the lot drew; what they say follows from who they are."""
        house = self._house
        with house.db.write() as work:
            thread = forum.get_post(work, self.posts[0]).thread
            for question in hearings.list_questions(work, thread):
                if question.answer is None:
                    continue
                answer, _ = hearings.get_answer(work, question.answer)
                for root in readers:
                    viewer = _viewer_of(root)
                    if may_rate(work, house.marks_key, viewer, answer):
                        said = _find(root, question.post)
                        rate_answer(work, house.marks_key, viewer, answer, said)

    def _say(self, said: dict[str, Any], kind: PostKind, members: JsonObject) -> None:
        key, _ = self._author(said["by"])
        with self._house.db.write() as work:
            draft = self._draft(said, forum.get_post(work, self.posts[said["to"]]), kind)
            document = {**note_members(draft), **members}
            nonce = self._nonce("post", f"{self._item['slug']}-{said['slug']}")
            raw = sign_record(key, "Note", document, nonce=nonce, day=day_of(work.now))
            self.posts[said["slug"]] = self._house.door.submit(work, raw).digest

    def _draft(self, said: dict[str, Any], to: forum.Post, kind: PostKind) -> forum.Draft:
        _, custody = self._author(said["by"])
        return forum.Draft(
            text=forum.Text(language=said["language"], markdown=said["text"]),
            board=to.board,
            reply_to=to.record_id,
            quotes=(),
            custody=custody,
            kind=kind,
        )

    def _key(self) -> SigningKey:
        key, _ = self._author(self._item["official"])
        return key

    def _show(self) -> None:
        self._clock.advance(2 * HOUR_S)
        worker.tick(self._house)


def _viewer_of(root: str) -> identity.Viewer:
    """Return a reader as if they were logged in with a key of their own."""
    return identity.Viewer(
        root=root,
        name="",
        fingerprint="",
        posting_did="",
        custody=Custody.DEVICE,
        has_unlocked=False,
    )


def _find(reader: str, question: bytes) -> Found:
    drawn = sha256(f"goftogu village/{reader}/{question.hex()}".encode()).digest()
    return _FINDS[drawn[0] % len(_FINDS)]
