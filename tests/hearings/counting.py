"""A hearing's report a second time: from the records of the log alone, and the table they name.

Nothing of the product counts here; what it shares with it is the words that records are made of.
"""

import csv
import json
from collections import Counter
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np
from app import records, tlog
from app.crypto.multikey import encode_digest
from app.listening.maths import survival
from app.wiring import House

URN = "urn:goftogu:"
ENDED = {"kept", "broken", "compromise"}
Document = dict[str, Any]


def read_log(house: House) -> list[Document]:
    """Return what the log's entries are of, in its order, each with its own digest."""
    with house.db.read() as work:
        entries = tlog.list_entries(work, 0, tlog.count_entries(work))
        digests = [bytes.fromhex(json.loads(entry.leaf)["d"]) for entry in entries]
        found = [records.find_record(work, digest) for digest in digests]
    return [
        {**json.loads(each.raw), "digest": encode_digest(each.digest)}
        for each in found
        if each is not None and each.raw is not None
    ]


class Recount:
    """What the log says of a hearing, by the id of the record that offered it."""

    def __init__(self, log: list[Document], hearing: str, tallies: str) -> None:
        self.log = log
        self.event = next(each for each in log if each["id"] == hearing)
        self.official = _did(self.event["object"])
        self.posts = {each["id"]: each for each in log if each["type"] == "Note"}
        self.roots = {
            key["id"]: _did(card["attributedTo"])
            for card in log
            if card["type"] == "Person"
            for key in card[f"{URN}postingKeys"]
        }
        newest = [each for each in log if f"{URN}charter" in each and self._is_mine(each)][-1]
        self.head, self.charter = newest["digest"], newest[f"{URN}charter"]
        self.tallies = tallies
        self.choice = next((e for e in self._about(hearing) if f"{URN}chosen" in e), None)
        if self.choice is not None:
            assert self.choice[f"{URN}tallies"] == encode_digest(sha256(tallies.encode()).digest())

    def report(self, verdicts: list[Document], day: date, released: str = "") -> Document:
        """Return what a report says as of a day; `released` is the table of the newest release."""
        changed = self._changed(released)
        return {
            **({"changed": changed} if changed else {}),
            "hearing": self.event["id"],
            "charter": self.head,
            "day": day.isoformat(),
            "aims": verdicts,
            "questions": self._questions(day),
            "commitments": self._commitments(day),
            "people": self._people(),
            "missing": ["offline", "unaware", "afraid", "other-languages"],
        }

    def _questions(self, day: date) -> Document:
        asked = {key for key, post in self.posts.items() if self._asks(post)}
        decided = {each["object"]: each for each in self.log if f"{URN}question" in each}
        merged = [each for each in self.log if f"{URN}merged" in each and self._consults(each)]
        away = {pair["object"] for pair in (merged[-1][f"{URN}merged"] if merged else [])}
        codes = {
            key: each[f"{URN}code"]
            for key, each in decided.items()
            if key in asked and each[f"{URN}question"] == "declined"
        }
        chosen = {
            each["object"]: each["by"] for each in (self.choice or {}).get(f"{URN}chosen", [])
        }
        answers = {key: self._answers(key) for key in chosen}
        answered = {key: found[0] for key, found in answers.items() if found}
        begun = date.fromisoformat(self.charter["chooses"])
        ends = [_day(answered[key]) if key in answered else day for key in chosen]
        curve = survival.follow(
            np.array([self._count_days(begun, end) for end in ends], dtype=np.int64),
            answered=np.array([key in answered for key in chosen], dtype=np.bool_),
        )
        paused = max(0, (day - begun).days) - self._count_days(begun, day)
        appealed = {each["object"] for each in self.log if each.get(f"{URN}appeals")} & asked
        open_ones = {key for key in appealed if not self._is_heard(key)}
        return {
            "asked": len(asked),
            "merged": len(away & asked),
            "declined": dict(sorted(Counter(codes.values()).items())),
            "appealed": len(appealed),
            "takenUp": len(appealed - open_ones - codes.keys()),
            "byVote": sum(by == "vote" for by in chosen.values()),
            "byLot": sum(by == "lot" for by in chosen.values()),
            "answers": dict(
                sorted(Counter(a.get(f"{URN}says", "answered") for a in answered.values()).items())
            ),
            "waiting": len(chosen.keys() - answered.keys() - codes.keys()),
            **({} if curve.median is None else {"medianDays": curve.median}),
            **({"pausedDays": paused} if paused else {}),
        }

    def _count_days(self, since: date, until: date) -> int:
        """Return the days between two on which the host's clocks ran: one after another."""
        span = range(since.toordinal(), until.toordinal())
        return sum(not self._is_paused(date.fromordinal(each)) for each in span)

    def _is_paused(self, day: date) -> bool:
        """Whether the last switch up to a day's end was on."""
        turned = [e for e in self.log if f"{URN}shutdown" in e and _day(e) <= day]
        following = {each.get(f"{URN}previous"): each for each in turned}
        state, head = "off", None
        while head in following:
            state, head = following[head][f"{URN}shutdown"], following[head]["digest"]
        return state == "on"

    def _is_heard(self, question: str) -> bool:
        """Whether somebody decided about a question after its appeal."""
        told = [
            each
            for each in self._about(question)
            if {f"{URN}appeals", f"{URN}question"} & each.keys()
        ]
        return f"{URN}appeals" not in told[-1]

    def _commitments(self, day: date) -> Document:
        mine = [each for each in self.posts.values() if self._promises(each)]
        states = [self._status(each) for each in mine]
        due = [date.fromisoformat(each[f"{URN}due"]) for each in mine]
        doubted = [self._is_contested(each) for each in mine]
        return {
            "made": len(mine),
            "confirmed": sum(map(self._is_owned, mine)),
            "overdue": sum(
                (state not in ENDED or doubt) and last < day
                for state, last, doubt in zip(states, due, doubted, strict=True)
            ),
            "states": dict(sorted(Counter(states).items())),
            **({"contested": sum(doubted)} if any(doubted) else {}),
        }

    def _people(self) -> Document:
        rows = list(csv.DictReader(self.tallies.splitlines()))

        def most(column: str) -> int:
            return max((int(r[column]) for r in rows if r[column].isdecimal()), default=0)

        return {"byLot": most("invited_voters"), "came": most("came_voters")}

    def _changed(self, released: str) -> Document:
        """Return what the table of a release tells of those who were asked again."""
        if not released:
            return {}
        releases = [each[f"{URN}release"] for each in self.log if f"{URN}release" in each]
        named = max(releases, key=lambda each: str(each["week"]))
        table = encode_digest(sha256(released.encode()).digest())
        assert named["table"] == table
        figures, metrics = (list(csv.DictReader(p.splitlines())) for p in released.split("\n\n"))
        mine = {each["digest"] for each in self.posts.values() if self._asks(each)}
        questions = [
            {"post": r["post"], "first": int(r["again_first"]), "again": int(r["again"])}
            for r in figures
            if r["again"] and r["again_first"] and encode_digest(bytes.fromhex(r["post"])) in mine
        ]
        threads = {r["thread"] for r in figures if encode_digest(bytes.fromhex(r["post"])) in mine}
        told = next(r for r in metrics if r["thread"] in threads and r["name"] == "opinion-change")
        percents = {"votes": "value", "low": "low", "high": "high"}
        return {
            "week": named["week"],
            "table": table,
            "questions": questions,
            **{name: round(100 * float(told[column])) for name, column in percents.items()},
            "people": int(told["n"]),
        }

    def _is_mine(self, each: Document) -> bool:
        return self.event["id"] in {each["id"], each.get("object")}

    def _about(self, object_id: str) -> list[Document]:
        return [each for each in self.log if each.get("object") == object_id]

    def _asks(self, post: Document) -> bool:
        opens = post.get("inReplyTo") == self.event["inReplyTo"]
        return opens and post.get(f"{URN}kind") == "question"

    def _consults(self, each: Document) -> bool:
        opened = {
            one["id"]
            for one in self.log
            if one["type"] == "Question" and one["inReplyTo"] == self.event["inReplyTo"]
        }
        return each["object"] in opened

    def _answers(self, question: str) -> list[Document]:
        return [
            post
            for post in self.posts.values()
            if post.get(f"{URN}kind") == "answer"
            and post["inReplyTo"] == question
            and self._hand(post) == self.official
        ]

    def _promises(self, post: Document) -> bool:
        if post.get(f"{URN}kind") != "commitment":
            return False
        while "inReplyTo" in post:
            post = self.posts[post["inReplyTo"]]
        return bool(post["id"] == self.event["inReplyTo"])

    def _is_owned(self, post: Document) -> bool:
        named = _did(post.get(f"{URN}official", ""))
        accepts = [
            self._hand(each)
            for each in self.log
            if each.get(f"{URN}owns") and each["object"]["id"] == post["id"]
        ]
        return bool(named) and named in {self._hand(post), *accepts}

    def _status(self, post: Document) -> str:
        changes = self._changes(post)
        return str(changes[-1][f"{URN}status"]) if changes else "not-started"

    def _changes(self, post: Document) -> list[Document]:
        following = {
            each[f"{URN}previous"]: each
            for each in self._about(post["id"])
            if f"{URN}status" in each
        }
        found, head = [], post["digest"]
        while head in following:
            found.append(following[head])
            head = following[head]["digest"]
        return found

    def _is_contested(self, post: Document) -> bool:
        """Whether the official says better than the host did, or only once the day had passed."""
        host, verdict, contested = _did(self.event["attributedTo"]), "", False
        for each in self._changes(post):
            said = each[f"{URN}status"]
            if _did(each["attributedTo"]) == host:
                verdict, contested = said, False
            else:
                is_late = said in ENDED and _day(each).isoformat() > post[f"{URN}due"]
                contested = said not in {"broken", verdict} and (verdict in ENDED or is_late)
        return contested

    def _hand(self, each: Document) -> str:
        key = _did(each["attributedTo"])
        return self.roots.get(key, key)


def _did(actor: str) -> str:
    return actor.removeprefix("ap://").removesuffix("/actor")


def _day(each: Document) -> date:
    return date.fromisoformat(each["published"][:10])
