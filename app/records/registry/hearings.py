"""Hearings and the listening post. What their records look like stands here (ADR-0045)."""

from typing import Final

from app.records.model import (
    CUSTODY,
    DUE,
    EVIDENCE,
    MEASURE,
    OFFICIAL,
    PREVIOUS,
    PROMISED_BY,
    SHOWS,
    THEME,
)

from .acts import record
from .kinds import RecordType
from .shapes import (
    actor,
    custody,
    day,
    digest,
    domain,
    in_one_language,
    language,
    line,
    link,
    list_of,
    members,
    one_of,
    record_id,
    whole,
    yes_or_no,
)

KINDS: Final = ("question", "answer", "follow-up", "commitment", "evidence")
MOST_LANGUAGES: Final = 20
MOST_CHOSEN: Final = 100
MOST_AIMS: Final = 10
_MOST_PEOPLE: Final = 100_000_000

# Members by themselves: a device signs the fields of a form as they are.
promise = {
    PROMISED_BY: line(120),
    MEASURE: line(300),
    DUE: day,
    THEME: line(40),
    OFFICIAL: actor,
}
evidence = {EVIDENCE: link, SHOWS: one_of("done", "not-done", "neither")}
# Of an answer each is one word by itself: a device signs the fields of a form as they are.
speaks_as = one_of("personal", "position", "cleared")
says = one_of("answered", "partly", "declined")
spoken = one_of("aloud")

_office = members(
    {
        "title": line(120),
        "institution": line(120),
        "domain": domain,
        "topics": line(300),
        "languages": list_of(language, MOST_LANGUAGES, 1),
    }
)
_charter = members(
    {
        "opens": day,
        "chooses": day,
        "ends": day,
        "languages": list_of(language, MOST_LANGUAGES, 1),
        "excluded": list_of(line(200), 20),
        "top": whole(0, MOST_CHOSEN),
        "lot": whole(0, MOST_CHOSEN),
        "aims": list_of(members({"text": line(300), "measure": line(300)}), MOST_AIMS, 1),
        "isLive": yes_or_no,
    },
)
_chosen = members({"object": record_id, "by": one_of("vote", "lot")})
_verdict = members(
    {"aim": whole(1, MOST_AIMS), "verdict": one_of("met", "not-met", "unknown"), "why": line(600)}
)
_CODES: Final = (
    "out-of-topic", "excluded", "not-a-question", "not-competent", "private-person",
    "before-a-court", "security", "offensive", "answered-before", "not-understood",
)  # fmt: skip

HEARINGS: Final = (
    RecordType(
        name="Offer/official",
        mark="urn:goftogu:office",
        signer="the ministry's key, which stands at its own domain",
        effect="offers a persona's root an office to answer in, until a university accepts it for "
        "readers to see",
        required={"object": actor, "urn:goftogu:office": _office, "urn:goftogu:until": day},
    ),
    RecordType(
        name="Accept/official",
        mark="urn:goftogu:attests",
        signer="a partner university's key",
        effect="attests an official, so that the office holds until the earlier of both last days",
        required={
            "object": record,
            "urn:goftogu:attests": line(120),
            "urn:goftogu:until": day,
        },
    ),
    RecordType(
        name="Undo/official",
        mark="urn:goftogu:ends",
        signer="the key that offered an office, or that accepted it",
        effect="ends an office, at once",
        required={"object": record, "urn:goftogu:ends": line(300)},
    ),
    RecordType(
        name="Event",
        signer="the key of the board's home instance",
        effect="offers the charter of a hearing on a thread, before it opens",
        required={
            "audience": actor,
            "inReplyTo": record_id,
            "object": actor,
            "contentMap": in_one_language,
            "urn:goftogu:charter": _charter,
        },
        optional={"urn:goftogu:lot": digest},
    ),
    RecordType(
        name="Accept/charter",
        mark="urn:goftogu:binds",
        signer="a posting key of the official",
        effect="binds the official to the charter; the hearing opens on its day",
        required={"audience": actor, "object": record, "urn:goftogu:binds": yes_or_no},
    ),
    RecordType(
        name="Accept/lot",
        mark="urn:goftogu:draws",
        signer="a posting key of the official",
        effect="lets the lot of a hearing be drawn: its digest goes into it; `object` names the "
        "record by which voting ended",
        required={"audience": actor, "object": record, "urn:goftogu:draws": yes_or_no},
    ),
    RecordType(
        name="Update/charter",
        mark="urn:goftogu:charter",
        signer="the key of the board's home instance",
        effect="changes a charter before its hearing opens, and later by the participants' sampled "
        "vote alone",
        required={
            "audience": actor,
            "object": record_id,
            PREVIOUS: digest,
            "urn:goftogu:charter": _charter,
        },
        optional={"urn:goftogu:mandate": members({"object": record_id, "table": digest})},
    ),
    RecordType(
        name="Update/question",
        mark="urn:goftogu:question",
        signer="the key of the board's home instance, or of the official",
        effect="accepts a question, declines it with a code, or takes an appeal of that up",
        required={
            "audience": actor,
            "object": record_id,
            "urn:goftogu:question": one_of("accepted", "declined"),
        },
        optional={"urn:goftogu:code": one_of(*_CODES), "urn:goftogu:why": line(300)},
    ),
    RecordType(
        name="Update/appeal",
        mark="urn:goftogu:appeals",
        signer="a posting key of whoever asked the question, or the name that asked it",
        effect="appeals against the decline of a question, once; another hand decides",
        required={
            "audience": actor,
            "object": record_id,
            CUSTODY: custody,
            "urn:goftogu:appeals": yes_or_no,
        },
    ),
    RecordType(
        name="Update/choice",
        mark="urn:goftogu:chosen",
        signer="the key of the board's home instance",
        effect="names the questions that are to be answered: by vote, and by a lot that the host, "
        "the official and the log have a part in each",
        required={
            "audience": actor,
            "object": record_id,
            "urn:goftogu:chosen": list_of(_chosen, MOST_CHOSEN),
            "urn:goftogu:seed": line(100),
            "urn:goftogu:tallies": digest,
        },
        optional={"urn:goftogu:secret": line(100), "urn:goftogu:drawn": digest},
    ),
    RecordType(
        name="Accept/commitment",
        mark="urn:goftogu:owns",
        signer="a posting key of the official",
        effect="confirms a commitment as the official's own",
        required={"audience": actor, "object": record, "urn:goftogu:owns": yes_or_no},
    ),
    RecordType(
        name="Update/commitment",
        mark="urn:goftogu:status",
        signer="the key of the board's home instance, or of the official who owns it",
        effect="changes a commitment's status, on evidence",
        required={
            "audience": actor,
            "object": record_id,
            PREVIOUS: digest,
            "urn:goftogu:status": one_of(
                "not-started", "in-progress", "kept", "broken", "compromise"
            ),
            "urn:goftogu:evidence": link,
            "urn:goftogu:why": line(300),
        },
    ),
    RecordType(
        name="Update/outcome",
        mark="urn:goftogu:verdicts",
        signer="the key of the board's home instance",
        effect="closes a hearing: a verdict on each aim, and the digest of its report",
        required={
            "audience": actor,
            "object": record_id,
            "urn:goftogu:verdicts": list_of(_verdict, MOST_AIMS, 1),
            "urn:goftogu:report": digest,
        },
    ),
    RecordType(
        name="Announce/release",
        mark="urn:goftogu:release",
        signer="the instance key",
        effect="publishes a week of the listening post: the digests of its files",
        required={
            "urn:goftogu:release": members(
                {
                    "week": day,
                    "codebook": digest,
                    "table": digest,
                    "page": digest,
                    "people": whole(0, _MOST_PEOPLE),
                }
            ),
        },
    ),
    RecordType(
        name="Announce/shutdown",
        mark="urn:goftogu:shutdown",
        signer="the instance key",
        effect="begins or ends shutdown mode, at once: in between the clocks of officials at this "
        "host stand still",
        required={"urn:goftogu:shutdown": one_of("on", "off")},
        optional={PREVIOUS: digest},
    ),
)
