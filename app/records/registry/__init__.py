"""The registry: every type of record, who signs it, its members and its effect.

This table is the first thing to read and the first to change (REGISTRY.md is made from it). A
member that is not listed is refused: what a reader does not know must not ride along under a
signature.
"""

from collections.abc import Collection
from typing import Final

from app.records.model import (
    ABOUT,
    CONSENT,
    CUSTODY,
    IMPORTED,
    KIND,
    PREVIOUS,
    PUBLIC,
    QUOTES,
    SAYS,
    SPEAKS_AS,
    SPOKEN,
)

from .acts import ACTS
from .hearings import HEARINGS, evidence, promise, says, speaks_as, spoken
from .hearings import KINDS as HEARING_KINDS
from .kinds import RecordType
from .opinion import KINDS, OPINION
from .partners import MOST_ERASED, PARTNERS
from .shapes import (
    MAX_FILTER_CHARACTERS,
    MAX_NAME_CHARACTERS,
    MAX_POST_BYTES,
    MAX_TAG_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    MOST_FILTERS,
    MOST_KEYS,
    MOST_VERSIONS,
    Shape,
    actor,
    custody,
    did,
    digest,
    filters,
    hashtag,
    imported,
    in_languages,
    in_one_language,
    issuers,
    line,
    link,
    list_of,
    name,
    one_of,
    onion,
    posting_key,
    record_id,
    signature,
    slug,
    tags,
    text,
    whole,
    yes_or_no,
)

__all__ = [
    "COMMON_MEMBERS",
    "MAX_FILTER_CHARACTERS",
    "MAX_NAME_CHARACTERS",
    "MAX_POST_BYTES",
    "MAX_TAG_CHARACTERS",
    "MAX_TITLE_CHARACTERS",
    "MOST_ERASED",
    "MOST_FILTERS",
    "MOST_KEYS",
    "MOST_VERSIONS",
    "PUBLIC_ONLY",
    "RECORD_TYPES",
    "RecordType",
    "Shape",
    "filters",
    "find_type",
    "issuers",
    "line",
    "link",
    "name",
    "slug",
    "tags",
    "text",
]


_REVISED: Final = {
    "audience": actor,
    "object": record_id,
    PREVIOUS: digest,
    CUSTODY: custody,
}
_SETTINGS: Final = {
    "nameMap": in_languages(line(60)),
    "summaryMap": in_languages(line(300)),
    "urn:goftogu:rulesMap": in_languages(text),
    "urn:goftogu:tick": whole(1, 86_400),
    "urn:goftogu:openers": one_of("anyone", "stewards"),
}

RECORD_TYPES: Final = {
    kind.name: kind
    for kind in (
        RecordType(
            name="Person",
            signer="the persona's root key",
            effect="names the persona; adds, retires and revokes its posting keys",
            required={
                "name": name,
                "urn:goftogu:sequence": whole(1, MOST_VERSIONS),
                "urn:goftogu:postingKeys": list_of(posting_key, MOST_KEYS, 1),
            },
            optional={PREVIOUS: digest},
        ),
        RecordType(
            name="Note",
            signer="a posting key",
            effect="a post: opens a thread with `name`, or answers with `inReplyTo`; by its kind a "
            "statement to vote on, readers' context, a translation or a summary; in a hearing a "
            "question, an answer, a follow-up, a commitment or evidence",
            required={
                "audience": actor,
                "contentMap": in_one_language,
                "mediaType": one_of("text/markdown"),
                CUSTODY: custody,
            },
            optional={
                "name": line(MAX_TITLE_CHARACTERS),
                "inReplyTo": record_id,
                QUOTES: list_of(record_id, 10, 1),
                IMPORTED: imported,
                "tag": list_of(hashtag, 3, 1),
                KIND: one_of(*KINDS, *HEARING_KINDS),
                ABOUT: digest,
                **promise,
                **evidence,
                SPEAKS_AS: speaks_as,
                SAYS: says,
                SPOKEN: spoken,
            },
        ),
        RecordType(
            name="Update",
            signer="a posting key of the same root, or its root",
            effect="a revision of a post, with a visible difference",
            required={
                **_REVISED,
                "contentMap": in_one_language,
                "mediaType": one_of("text/markdown"),
            },
            optional={"name": line(MAX_TITLE_CHARACTERS)},
        ),
        RecordType(
            name="Delete",
            signer="a posting key of the same root, or its root",
            effect="erases a post: its text is gone at once, a tombstone stays",
            required=_REVISED,
        ),
        RecordType(
            name="Group",
            signer="the board key, once",
            effect="founds a board at the instance that consents to be its home",
            required={
                "preferredUsername": slug,
                **_SETTINGS,
                "urn:goftogu:home": did,
                CONSENT: signature,
                "urn:goftogu:successors": list_of(did, 10),
                "urn:goftogu:quorum": whole(0, 10),
            },
        ),
        RecordType(
            name="Update/board",
            mark="nameMap",
            signer="the key of the board's home instance",
            effect="settles a board, at once: its texts, its tick, its tags, who opens threads, "
            "what it filters, whether first posts wait, how long anyone waits between two",
            required={
                "audience": actor,
                "object": record_id,
                PREVIOUS: digest,
                **_SETTINGS,
                "urn:goftogu:tags": tags,
                "urn:goftogu:position": whole(0, 10_000),
                "urn:goftogu:archived": yes_or_no,
            },
            optional={
                "urn:goftogu:filters": filters,
                "urn:goftogu:holdsFirst": yes_or_no,
                "urn:goftogu:delay": whole(60, 86_400),
            },
        ),
        RecordType(
            name="Update/thread",
            mark="urn:goftogu:pinned",
            signer="the key of the board's home instance",
            effect="pins, locks or archives a thread, or undoes it, at once",
            required={
                "audience": actor,
                "object": record_id,
                "urn:goftogu:pinned": yes_or_no,
                "urn:goftogu:state": one_of("open", "locked", "archived"),
            },
            optional={PREVIOUS: digest},
        ),
        RecordType(
            name="Application",
            signer="the instance key",
            effect="the instance's card: its log, witness key, onion address, mirrors and issuers",
            required={
                "name": line(60),
                "urn:goftogu:sequence": whole(1, MOST_VERSIONS),
                "urn:goftogu:logOrigin": line(200),
                "urn:goftogu:logKey": line(300),
                "urn:goftogu:witnessKey": line(300),
                "urn:goftogu:mirrors": list_of(line(300), 50),
            },
            optional={
                PREVIOUS: digest,
                "urn:goftogu:onion": onion,
                "urn:goftogu:issuers": issuers,
            },
        ),
        RecordType(
            name="Page",
            signer="the instance key",
            effect="a page of the host's own in one language, at once: what works today, who pays",
            required={
                "urn:goftogu:page": one_of("reach", "sponsors"),
                "urn:goftogu:sequence": whole(1, MOST_VERSIONS),
                "contentMap": in_one_language,
                "mediaType": one_of("text/markdown"),
            },
            optional={PREVIOUS: digest},
        ),
        *ACTS,
        *OPINION,
        *HEARINGS,
        *PARTNERS,
    )
}


_VARIANTS: Final = {
    wire_type: [kind for name, kind in RECORD_TYPES.items() if name.startswith(f"{wire_type}/")]
    for wire_type in {name.partition("/")[0] for name in RECORD_TYPES}
}


def find_type(wire_type: str, members: Collection[str]) -> RecordType | None:
    """Return the line of the registry for a record of a type that has these members, or None."""
    marked = (kind for kind in _VARIANTS.get(wire_type, ()) if kind.mark in members)
    return next(marked, None if "/" in wire_type else RECORD_TYPES.get(wire_type))


COMMON_MEMBERS: Final = frozenset(
    {"@context", "id", "type", "attributedTo", "published", "to", "proof"}
)
PUBLIC_ONLY: Final = [PUBLIC]
