"""Room `tlog`: the append-only log. Leaves are bytes to it.

Lives here: lanes, pending entries, the tick that shuffles a batch and gives each entry its place;
the `sequencer`, which writes the log's files and signs them; `published`, the log as its readers
have it; and the formats by which anyone can check it, a file for each C2SP specification, pure:

- `tree`          RFC 6962: hashes, inclusion and consistency proofs
- `tiles`         the tree and the entries as files; nothing of them is believed unverified
- `checkpoints`   what the log's key signs; comparing what was seen with what is shown now
- `cosignatures`  what witnesses add; `policies`: whose are enough
- `proof_files`   `.tlog-proof`, all that a stranger needs offline
- `growth`        what a run of the sequencer writes, and when it must not sign
- `publication`   where the log's files are, and how long caches may keep them
- `witness`       what an instance answers to the logs that it looks after

Around them, the files that do something: `memory` (what a witness must never forget), `witnessing`
(this instance as a witness) and `asking` (this log before its witnesses).

Other rooms may import these by their names, as they do `crypto`'s files.

Does not: know what a leaf means, who signed it or whether it may be shown.

Invariants:
- an entry is pending, then integrated, and never anything else; its index never changes;
- no column tells when or in which order entries arrived: only the tick they fall due at;
- one transaction holds a record and its pending leaf; one gives places, and a later one shows what
  the entries did, once the log that holds them is signed;
- whatever the database says, the log signs nothing that does not continue its last checkpoint;
- no cosignature leaves before what it says is durable, nor from the memory of another key;
- bytes are parsed, then verified, each with a type of its own; what does not hold raises an error
  that says what is wrong and what it means, and nothing answers with a boolean.
"""

from .asking import Asker, with_cosignatures
from .memory import WitnessMemory
from .model import HOUSE_LANE, LIVE_BATCH, LOG, IntegratedEntry, Lane, Witnessed
from .policies import Quorum
from .published import PublishedLog
from .sequencer import Sequencer
from .service import (
    append,
    begin_asking,
    change_lane,
    count_witnesses,
    find_cosigners,
    find_index,
    forgo_checkpoint,
    has_due,
    hasten,
    integrate_due,
    is_asking,
    list_aside,
    list_unshown,
    list_witnessed,
    make_policy,
    open_lane,
    put_back,
    require_checkpoint,
    set_aside,
    set_shown,
    stop_asking,
    take_place,
)
from .store import (
    add_aside,
    count_entries,
    count_pending,
    get_state,
    has_every_index,
    list_entries,
    remove_aside,
)
from .witnessing import Witness

__all__ = [
    "HOUSE_LANE",
    "LIVE_BATCH",
    "LOG",
    "Asker",
    "IntegratedEntry",
    "Lane",
    "PublishedLog",
    "Quorum",
    "Sequencer",
    "Witness",
    "WitnessMemory",
    "Witnessed",
    "add_aside",
    "append",
    "begin_asking",
    "change_lane",
    "count_entries",
    "count_pending",
    "count_witnesses",
    "find_cosigners",
    "find_index",
    "forgo_checkpoint",
    "get_state",
    "has_due",
    "has_every_index",
    "hasten",
    "integrate_due",
    "is_asking",
    "list_aside",
    "list_entries",
    "list_unshown",
    "list_witnessed",
    "make_policy",
    "open_lane",
    "put_back",
    "remove_aside",
    "require_checkpoint",
    "set_aside",
    "set_shown",
    "stop_asking",
    "take_place",
    "with_cosignatures",
]
