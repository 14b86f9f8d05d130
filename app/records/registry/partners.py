"""Partners and succession. What their records look like stands here (ADR-0052)."""

from typing import Final

from .acts import record
from .kinds import RecordType
from .shapes import (
    actor,
    day,
    did,
    digest,
    line,
    list_of,
    members,
    one_of,
    onion,
    signature,
    whole,
)

RIGHTS: Final = ("read", "carry", "write")
MOST_BOARDS: Final = 100
MOST_SUCCESSORS: Final = 10
MOST_ERASED: Final = 500
_MOST_ENTRIES: Final = 2**53 - 1
_CHECKPOINT_CHARACTERS: Final = 8_000

_grant = members({"board": actor, "rights": list_of(one_of(*RIGHTS), len(RIGHTS), 1)})
_tree = members({"origin": line(200), "size": whole(0, _MOST_ENTRIES), "root": line(100)})
_heir = members({"board": actor, "home": actor})
_consent = members({"by": did, "consent": signature})

PARTNERS: Final = (
    RecordType(
        name="Offer/partner",
        mark="urn:goftogu:grants",
        signer="the instance key",
        effect="grants another instance rights over boards whose home is here, once it accepts",
        required={
            "object": actor,
            "urn:goftogu:grants": list_of(_grant, MOST_BOARDS, 1),
            "urn:goftogu:until": day,
        },
        optional={"urn:goftogu:onion": onion},
    ),
    RecordType(
        name="Accept/partner",
        mark="urn:goftogu:carries",
        signer="the key of the instance that was offered them",
        effect="accepts the rights that another instance grants over its boards",
        required={"object": record, "urn:goftogu:carries": list_of(actor, MOST_BOARDS, 1)},
        optional={"urn:goftogu:onion": onion},
    ),
    RecordType(
        name="Accept/erasure",
        mark="urn:goftogu:erased",
        signer="the key of the instance that erased",
        effect="says to a board's home that what its authors erased is gone here as well",
        required={"object": actor, "urn:goftogu:erased": list_of(digest, MOST_ERASED, 1)},
    ),
    RecordType(
        name="Undo/partner",
        mark="urn:goftogu:withdraws",
        signer="either of both instances",
        effect="ends what an offer granted, at once",
        required={"object": record, "urn:goftogu:withdraws": line(300)},
    ),
    RecordType(
        name="Flag",
        signer="the instance key",
        effect="says that a partner's log contradicted itself or showed what does not verify",
        required={
            "object": actor,
            "urn:goftogu:lie": line(60),
            "urn:goftogu:kept": digest,
        },
    ),
    RecordType(
        name="Update/succession",
        mark="urn:goftogu:successors",
        signer="the board key",
        effect="says who may take a board over, in order, and how many of them it takes",
        required={
            "audience": actor,
            "object": actor,
            "urn:goftogu:successors": list_of(did, MOST_SUCCESSORS),
            "urn:goftogu:quorum": whole(0, MOST_SUCCESSORS),
        },
    ),
    RecordType(
        name="Move",
        signer="the instance key of the new home",
        effect="takes a board over: what its old home logs after the named size is void",
        required={
            "object": actor,
            "target": actor,
            "urn:goftogu:final": _tree,
            "urn:goftogu:consents": list_of(_consent, MOST_SUCCESSORS, 1),
        },
    ),
    RecordType(
        name="Delete/instance",
        mark="urn:goftogu:heirs",
        signer="the instance key",
        effect="winds the instance down: what its keys sign later is void",
        required={"object": actor, "urn:goftogu:heirs": list_of(_heir, MOST_BOARDS)},
    ),
)
