"""Room `records`: the one door. Everything that anyone says comes in here, whoever carries it.

Lives here: the registry of types, the envelope (parse, verify, sign), the signed bytes, receipts.
Does not: know what a post or a persona is; decide about boards; render a page.

    bytes ─parse─► UnverifiedRecord ─verify─► VerifiedRecord ─owner.accept─► stored + pending leaf
                            tick ─► place ─► signed log ─owner.publish─► visible

Invariants:
- `codec.verify_record` alone makes a VerifiedRecord, and only that is ever stored;
- bytes are verified as received and kept as received, withheld for a time, or erased; never
  rewritten;
- an id is accepted once: the same bytes again are the same receipt, other bytes a refusal;
- a record, what it does at once and its pending leaf are one transaction;
- what it does at its tick is done once the log that holds its entry is signed; an effect that fails
  is set aside, and keeps no other waiting.
"""

from .codec import parse_record, promised_by, sign_record, verify_receipt, verify_record
from .jobs import advance
from .model import Custody, Receipt, Shown, StoredRecord, UnverifiedRecord, VerifiedRecord
from .rules import require_past_day
from .service import (
    Door,
    Elsewhere,
    Owner,
    Relay,
    bring_home,
    erase_bytes,
    find_place,
    get_public_bytes,
    hasten,
    keep_bytes,
    keep_erased,
    seal_off,
    show_logged,
    take_logged,
    withhold_bytes,
)
from .store import (
    change_home,
    fill_withheld,
    find_by_id,
    find_record,
    find_signed,
    forget_given_back,
    give_back_bytes,
    list_by_signers,
    list_digests,
    list_erased,
    list_given_back,
    list_hidden,
    list_readable,
    list_records,
    list_withheld,
)

__all__ = [
    "Custody",
    "Door",
    "Elsewhere",
    "Owner",
    "Receipt",
    "Relay",
    "Shown",
    "StoredRecord",
    "UnverifiedRecord",
    "VerifiedRecord",
    "advance",
    "bring_home",
    "change_home",
    "erase_bytes",
    "fill_withheld",
    "find_by_id",
    "find_place",
    "find_record",
    "find_signed",
    "forget_given_back",
    "get_public_bytes",
    "give_back_bytes",
    "hasten",
    "keep_bytes",
    "keep_erased",
    "list_by_signers",
    "list_digests",
    "list_erased",
    "list_given_back",
    "list_hidden",
    "list_readable",
    "list_records",
    "list_withheld",
    "parse_record",
    "promised_by",
    "require_past_day",
    "seal_off",
    "show_logged",
    "sign_record",
    "take_logged",
    "verify_receipt",
    "verify_record",
    "withhold_bytes",
]
