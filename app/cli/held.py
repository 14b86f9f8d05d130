"""What an instance keeps, table by table: what it tells whoever takes it, and for how long.

`goftogu seizure` counts it on this machine; docs/legal/retention.md is made of it. The days are the
rooms' own constants; what each row tells is docs/seizure.md's in short.
"""

from dataclasses import dataclass
from typing import Final

from app.forum import DRAFT_DAYS, NOTICE_DAYS, SHIELD_DAYS
from app.hearings.service.drafting import DRAFT_DAYS as ANSWER_DRAFT_DAYS
from app.moderation import SEALED_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One kind of thing that is kept."""

    what: str
    tables: tuple[str, ...]
    tells: str
    until: str


_PUBLIC: Final = "what every reader can see"
_STAYS: Final = "stays: it is public"

HELD: Final = (
    Held(
        what="what was published",
        tables=(
            "record",
            "board",
            "thread",
            "post",
            "version",
            "persona",
            "posting_key",
            "statement",
            "conversation",
            "commitment",
            "commitment_change",
            "commitment_evidence",
            "hearing",
            "hearing_question",
            "hearing_answer",
            "office",
            "officeholder",
            "attester",
            "instance_card",
            "desk",
            "standing",
            "ground",
            "opinion_release",
            "listening_release",
            "listening_cell",
            "second_round",
            "analysis",
            "analysis_due",
            "sponsor",
            "sponsor_domain",
            "shutdown",
        ),
        tells=f"{_PUBLIC}, and records that wait for their tick",
        until="erased by its author: words, titles, names and signed bytes go at once",
    ),
    Held(
        what="the log",
        tables=(
            "tlog_entry",
            "tlog_lane",
            "tlog_state",
            "tlog_aside",
            "tlog_pending",
            "tlog_witness",
        ),
        tells="digests of records, no words",
        until=_STAYS,
    ),
    Held(
        what="passphrases and sessions",
        tables=("login", "login_session"),
        tells="which personas log in here; neither table opens a key",
        until="a session 12 hours; the rest until the persona is erased",
    ),
    Held(
        what="drafts",
        tables=("draft",),
        tells="words that were never sent, unsealed",
        until=f"{DRAFT_DAYS} days",
    ),
    Held(
        what="drafts of officials' answers",
        tables=("answer_draft",),
        tells="words that were never sent, unsealed",
        until=f"{ANSWER_DRAFT_DAYS} days",
    ),
    Held(
        what="notices",
        tables=("notice", "notices_read", "action_told"),
        tells="public records, and after which a persona looked",
        until=f"{NOTICE_DAYS} days",
    ),
    Held(
        what="shields",
        tables=("shield",),
        tells="which personas let few answer",
        until=f"{SHIELD_DAYS} days",
    ),
    Held(
        what="what a persona keeps for itself",
        tables=("saved_thread", "muted"),
        tells="what a persona wanted to find again, and whom it does not want to read",
        until="taken from the list, or the persona is erased",
    ),
    Held(
        what="limits and stewards",
        tables=("persona_limit", "steward"),
        tells="which personas may read only, and which look after boards",
        until="over, lifted, or revoked",
    ),
    Held(
        what="invitations",
        tables=(
            "invitation_cohort",
            "invitation_box",
            "invitations_given",
            "invited",
            "spent_invitation",
        ),
        tells="that a persona came with an invitation of a month; not whose",
        until="keys: the month; counts: the month; the rest stays",
    ),
    Held(
        what="names for one thread",
        tables=("thread_name", "thread_name_cohort", "thread_names_taken"),
        tells="which keys may post in which thread; not whose they are",
        until="keys and counts: the month; the rest stays",
    ),
    Held(
        what="votes",
        tables=("ballot", "ballot_given", "ballot_issuer", "sheet", "second_sheet", "panel_duty"),
        tells="all votes of a ballot together, without time; not whose it is",
        until="marks and keys: until the consultation closes; votes stay",
    ),
    Held(
        what="ratings",
        tables=("rating", "ratings_count", "answer_rating"),
        tells="what a mark finds helpful, without a day; whose with keys/marks.key",
        until="taken back, or the persona is erased",
    ),
    Held(
        what="reports and desks' work",
        tables=(
            "report",
            "moderation_case",
            "case_lease",
            "case_skipped",
            "cluster",
            "desk_session",
            "desk_exposure",
            "action",
            "proposal",
            "appeal",
            "hearing_staff",
        ),
        tells="what was reported in which words; who reported is a mark, named with keys/marks.key",
        until="leases half an hour, sessions 12 hours, proposals 72 hours; the rest stays",
    ),
    Held(
        what="sealed copies and what desks hid",
        tables=("sealed_copy", "withheld"),
        tells="a sealed copy opens with the legal contact's key alone; what was hidden is unsealed",
        until=f"decided, or {SEALED_DAYS} days; what was hidden until it is given back or erased",
    ),
    Held(
        what="machine translations",
        tables=("machine_translation",),
        tells="public words in another language, and what waits to be translated",
        until="two days while it waits; the rest with its post",
    ),
    Held(
        what="partners",
        tables=(
            "partner",
            "partner_grant",
            "partner_flag",
            "replica",
            "set_aside",
            "carried",
            "erasure_asked",
            "erasure_owed",
            "moved_board",
            "health",
        ),
        tells="which hosts are partners, and posts on their way to one",
        until="a carried post until its home shows it; the rest until the partnership ends",
    ),
)
"""Every table once."""


def render_retention() -> str:
    """Return docs/legal/retention.md."""
    lines = [
        "# What is kept, and for how long",
        "",
        "Made by `goftogu seizure --retention`; a test holds it to every table of the database and",
        "to the days in the program. No table has a network address, a browser, an e-mail, a",
        "telephone number, a legal name or the minute of a post.",
        "",
        "| what | what it tells | until | tables |",
        "|---|---|---|---|",
    ]
    for held in HELD:
        tables = ", ".join(f"`{table}`" for table in held.tables)
        lines.append(f"| {held.what} | {held.tells} | {held.until} | {tables} |")
    return "\n".join(lines) + "\n"
