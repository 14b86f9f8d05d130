"""Reports, and the cases that they become."""

import hmac
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from app.crypto.seed import word_list
from app.db import Work
from app.kernel.clock import MINUTE_S, Instant, round_up
from app.moderation import rules, store
from app.moderation.errors import CaseDecidedError, ReportedError
from app.moderation.model import DANGEROUS, Action, Case, CaseState, Matter, Report, Rule, Told

_COARSE_S: Final = 10 * MINUTE_S
_ID_BYTES: Final = 10
_SHIFTS: Final = (33, 22, 11, 0)
MOST_TOLD: Final = 200


def mark_of(key: bytes, root: str) -> bytes:
    """Return the 32-byte mark of a persona: equal for the same persona, and opened by nobody.

    `key` is the instance's, in its folder and not in its database (ADR-0041).
    """
    return hmac.digest(key, b"goftogu/v1/person\0" + root.encode(), sha256)


def report(
    work: Work,
    matter: Matter,
    rule: Rule,
    text: str,
    *,
    mark: bytes,
    is_notice: bool = False,
) -> Case:
    """Take a report in: it opens a case, joins the open one, or joins what was decided already.

    A report on a version that somebody has decided about wakes nobody, and its reporter hears at
    once how it was decided.

    Raises:
        ReportedError: whoever has this mark reported it already.

    """
    found = find_or_open(work, matter)
    if store.holds_report(work, found.id, mark):
        raise ReportedError("reported already")
    at = round_up(work.now, _COARSE_S)
    store.add_report(
        work,
        Report(case=found.id, rule=rule, text=text, mark=mark, reported_at=at),
        is_notice=is_notice,
    )
    is_open = found.state is CaseState.OPEN
    case = replace(
        found,
        version=matter.version if is_open else found.version,
        is_dangerous=found.is_dangerous or (is_open and rule in DANGEROUS),
        report_count=found.report_count + 1,
        # Until groups are looked for again: nobody counts for more than one.
        weight=found.weight + (is_open and not is_notice),
    )
    store.change_case(work, case)
    return case


def has_reported(work: Work, matter: Matter, mark: bytes) -> bool:
    """Return whether whoever has this mark reported a matter already, so that no more counts."""
    found = store.find_newest_case(work, matter.subject)
    takes_more = found is not None and rules.takes_more(found, matter.version)
    return found is not None and takes_more and store.holds_report(work, found.id, mark)


def take_back(work: Work, case_id: str, mark: bytes) -> None:
    """Forget a report whose reporter takes it back; of one that is not there nothing is left to do.

    Raises:
        CaseDecidedError: somebody has decided the case.

    """
    case = store.find_case(work, case_id)
    if case is None or not store.holds_report(work, case_id, mark):
        return
    if case.state is not CaseState.OPEN:
        raise CaseDecidedError("decided meanwhile")
    store.remove_report(work, case_id, mark)
    work.deleted.append(case_id)
    left = store.list_reports(work, case_id)
    changed = replace(
        case,
        report_count=len(left),
        is_dangerous=case.is_dangerous and any(report.rule in DANGEROUS for report in left),
        # No more groups than people: they are looked for again later.
        weight=min(case.weight, sum(bool(report.mark) for report in left)),
    )
    store.change_case(work, changed)


def list_told(work: Work, mark: bytes) -> list[tuple[Told, Action | None]]:
    """Return what became of the reports under a mark, the latest first, with what decided them."""
    told = store.list_told(work, mark, limit=MOST_TOLD)
    return [(one, store.find_action(work, one.decision) if one.decision else None) for one in told]


def words_of(key: bytes, nonce: bytes) -> tuple[str, ...]:
    """Return the four words under which the outcome of a legal notice is found.

    They come from the form's nonce and the key that marks are made with: a form that arrives twice
    has the same words, and nobody else can make them. A word stands for 11 of their 44 bits.
    """
    made = hmac.digest(key, b"goftogu/v1/notice-words\0" + nonce, sha256)
    number = int.from_bytes(made[:8], "big")
    words = word_list()
    return tuple(words[number >> shift & len(words) - 1] for shift in _SHIFTS)


def mark_of_words(key: bytes, words: Sequence[str]) -> bytes:
    """Return the mark of a legal notice; without `key` the words cannot be tried against it."""
    return hmac.digest(key, b"goftogu/v1/notice\0" + " ".join(words).encode(), sha256)


def find_or_open(work: Work, matter: Matter) -> Case:
    """Return the case that a matter belongs to: open, decided about its version, or new."""
    found = store.find_newest_case(work, matter.subject)
    if found is not None and rules.takes_more(found, matter.version):
        return found
    case = Case(
        id=work.randomness.token_bytes(_ID_BYTES).hex(),
        subject=matter.subject,
        board=matter.board,
        version=matter.version,
        state=CaseState.OPEN,
        is_dangerous=False,
        weight=0,
        report_count=0,
        opened_at=Instant(work.now - work.now % _COARSE_S),
        rules={},
    )
    store.add_case(work, case)
    return case
