"""What a seized disk gives: every column is on a list, and somebody decided that it may be."""

from typing import Final

from app.crypto.seed import parse_words
from app.kernel.clock import MINUTE_S
from app.settings import ROOT
from app.wiring import House
from starlette.testclient import TestClient

from tests.houses import read_rows, release
from tests.visitor import Visitor

# A new column makes this red until somebody asks: what does whoever seizes the disk learn from it?
COLUMNS: Final = {
    "alembic_version": "version_num",
    "ballot": "conversation kind name",
    "ballot_given": "conversation mark request",
    "ballot_issuer": "box conversation key kind",
    "board": "delay_s did filters fingerprint founded_on head holds_first home is_archived name openers position purpose rules slug tags thread_count tick_s",
    "instance_card": "day digest log_origin name onion sequence",
    "invitation_box": "box cohort mark",
    "invitation_cohort": "box is_frozen key name",
    "invitations_given": "cohort count root",
    "invited": "cohort root",
    "login": "box did name_folded root salt",
    "login_session": "box did ends_at idle_until mark root",
    "persona": "card_digest fingerprint name name_folded root sequence",
    "draft": "day id language place previous root tags text title wait_h",
    "notice": "kind log_index post root",
    "notices_read": "last_index root",
    "post": "about act act_rule author board current custody day digest erased_on head is_beside is_held is_hidden is_unreviewed kind label log_index number parent record_id thread",
    "post_search": "facets words",
    "post_search_config": "k v",
    "post_search_content": "c0 c1 id",
    "post_search_data": "block id",
    "post_search_idx": "pgno segid term",
    "posting_key": "custody did fingerprint root state",
    "record": "digest home id include_by is_public raw signer type",
    "carried": "author day digest partner raw receipt refusal tries",
    "erasure_asked": "confirmed_on due_at erasure partner post",
    "erasure_owed": "erasure home",
    "moved_board": "board digest former origin root_hash size",
    "partner": "did follows_rules log_key log_origin met_on most_bytes most_entries name state url why witness_key",
    "health": "about looked_at since state value what",
    "shutdown": "begun_on ended_on head home number",
    "partner_flag": "about code day evidence signer",
    "partner_grant": "accepted_on board ended_on giver offer record_id rights taker until",
    "replica": "boards copied_bytes counted_on doubted_at entries heard_at partner size tried_at trouble",
    "set_aside": "digest partner place reason tries",
    "saved_thread": "root thread",
    "spent_invitation": "cohort mark",
    "steward": "root",
    "thread": "act board delay_s first_index head id is_pinned is_public last_day last_index move_act next_number opening post_count slow_act started_on state tags",
    "thread_name": "did thread",
    "thread_name_cohort": "box key name",
    "thread_names_taken": "cohort count root",
    "tlog_aside": "index",
    "tlog_entry": "index leaf leaf_hash",
    "tlog_lane": "name tick_s",
    "tlog_pending": "due_at lane leaf leaf_hash",
    "tlog_witness": "cosigned key name url",
    "tlog_state": "beside has_begun id shown",
    "action": "binds board day desk digest kind record_id rule second subject subject_kind taken_at undoing until words",
    "action_told": "action root",
    "appeal": "action actor answer decider due_at opened_at outcome second text",
    "case_lease": "case desk ends_at",
    "case_skipped": "case desk",
    "cluster": "cases evidence latest number reporters",
    "desk": "boards box did ends_on is_begun number person role salt",
    "desk_exposure": "count day desk",
    "desk_session": "began_at box desk ends_at idle_until mark",
    "moderation_case": "board decision id is_dangerous memo opened_at rank report_count state subject subject_kind version weight",
    "muted": "hand root",
    "officeholder": "root until",
    "persona_limit": "act root until",
    "proposal": "case desk ends_at id members",
    "report": "case is_notice mark reported_at rule text",
    "sealed_copy": "box case ends_on post",
    "shield": "root until",
    "sponsor": "name person",
    "sponsor_domain": "domain name",
    "attester": "checked_on did domain ended_on kind name",
    "office": "accept domain ended_on ended_why institution languages ministry offer record_id root title topics university university_name until",
    "withheld": "digest raw",
    "analysis": "conversation made_on people picture plane report",
    "analysis_due": "conversation is_begun",
    "commitment": "board changed_on due_on filed_on filer head hearing measure official owned_on owner post record_id state theme",
    "commitment_change": "by day evidence number post record state why",
    "commitment_evidence": "commitment link post shows",
    "conversation": "asks_side ballot_keys board head language opened_on question record_id results state thread until",
    "hearing": "asked_again board bound_on charter closed_on drawn head language lot official record_id report seed state tallies text thread verdicts",
    "hearing_question": "answer answered_on appeals asked_on chosen code decliner follow_up hearing is_appealed post state waits_since why",
    "ground": "board counts exact place post thread",
    "machine_translation": "language made_on text version",
    "opinion_release": "conversation digest figures people sequence table",
    "panel_duty": "conversation mark week",
    "answer_draft": "asked box day",
    "answer_rating": "mark post said",
    "hearing_answer": "is_second is_spoken people post question says share speaks_as told",
    "hearing_staff": "box hearing mark",
    "rating": "board helps mark post reason",
    "ratings_count": "count mark week",
    "second_round": "conversation ends_on opens_on",
    "second_sheet": "ballot conversation votes",
    "listening_cell": "cell conversation exact shown",
    "listening_release": "codebook digest figures page table week",
    "sheet": "about ballot conversation side votes",
    "standing": "day number post reason status",
    "statement": "conversation is_left_out is_seed merged_into number post priority",
    "version": "day digest is_public language number post text title",
}  # fmt: skip


def columns_of(house: House) -> dict[str, set[str]]:
    """Return the columns of every table of a database, also of those that SQLite made for itself."""
    with house.db.engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            table: {
                str(row["name"])
                for row in connection.exec_driver_sql(f"PRAGMA table_info('{table}')").mappings()
            }
            for table in tables.scalars().all()
        }


def test_every_column_was_decided_about(house: House) -> None:
    found = {table: " ".join(sorted(columns)) for table, columns in columns_of(house).items()}

    assert found == COLUMNS


def test_no_secret_stands_in_a_column(house: House, client: TestClient) -> None:
    """As raw bytes, in hexadecimal, or inside another value."""
    visitor = Visitor(client)
    seed = parse_words(visitor.join("Ava", "needle passphrase quartz"))
    first = str(client.cookies["s"])
    visitor.log_in("Ava", "needle passphrase quartz")
    second = str(client.cookies["s"])
    erased = visitor.open_thread("A title that is erased", "The erased needle.")
    release(house)
    visitor.send_post(f"/p/{erased}/revise", title="A title that is erased", text="Other needle.")
    visitor.send(visitor.open_form(f"/p/{erased}/erase"))
    release(house)
    visitor.get("/search?q=needlequestion")

    secrets = {
        "passphrase": b"needle passphrase quartz",
        "words": " ".join(seed.words()).encode(),
        "entropy": seed.entropy(),
        "root key": seed.root_key()._secret[:32],
        "posting key": seed.posting_key()._secret[:32],
        "first session": first.encode(),
        "session": second.encode(),
        "erased text": b"erased needle",
        "erased revision": b"Other needle",
        "erased title": b"A title that is erased",
        "question": b"needlequestion",
    }
    for table, row in read_rows(house):
        for column, value in row.items():
            for what, secret in secrets.items():
                assert not _holds(value, secret), f"{what} in {table}.{column}"


def test_times_of_a_seized_disk_are_whole_minutes(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    visitor.open_thread("Water", "Where does it go?")

    moments = [
        value
        for _, row in read_rows(house)
        for column, value in row.items()
        if column in {"idle_until", "ends_at", "include_by", "due_at"}
    ]

    assert moments
    assert all(int(str(moment)) % MINUTE_S == 0 for moment in moments)


def _holds(value: object, secret: bytes) -> bool:
    if isinstance(value, str):
        value = value.encode()
    if not isinstance(value, bytes):
        return False
    return secret in value or secret.hex().encode() in value.lower()


def test_document_of_what_a_seizure_tells_names_what_personas_keep() -> None:
    """Who adds a table of a persona's own must say in the document what it tells."""
    document = (ROOT / "docs" / "seizure.md").read_text(encoding="utf-8").lower()
    kept = {"draft": "drafts", "saved_thread": "saved threads", "notice": "notices",
            "notices_read": "how far they were read", "login": "logins",
            "login_session": "login sessions", "steward": "stewards",
            "invitations_given": "invitations given", "invited": "who was invited",
            "thread_names_taken": "names for one thread that were taken",
            "action_told": "decisions that a persona has not read about", "shield": "shields",
            "office": "about offices, and offices", "officeholder": "who holds an office now",
            "muted": "whom a persona muted", "persona_limit": "limits of personas"}  # fmt: skip

    of_personas = {table for table, columns in COLUMNS.items() if "root" in columns.split()}

    assert of_personas - {"persona", "posting_key"} == set(kept)
    assert [words for words in kept.values() if words not in document] == []
