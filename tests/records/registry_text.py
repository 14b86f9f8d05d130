"""Writes REGISTRY.md from the registry: `python -m tests.records.registry_text > app/records/REGISTRY.md`.

The table itself is code; here stand only sentences that say what each member holds.
"""

import sys

from app.kernel.strict_json import MAX_DEPTH
from app.records.codec import MAX_RECORD_BYTES
from app.records.registry import (
    COMMON_MEMBERS,
    MAX_NAME_CHARACTERS,
    MAX_POST_BYTES,
    MAX_TITLE_CHARACTERS,
    RECORD_TYPES,
    RecordType,
)

COMMON = {
    "@context": "exactly ActivityStreams and Data Integrity v2; the proof repeats it",
    "id": "`ap://<did:key of the signer>/objects/<26 characters of base32>`; accepted once",
    "type": "one of the types below",
    "attributedTo": "`ap://<did:key of the signer>/actor`",
    "published": "the day, as its first second in UTC; never a precise time",
    "to": "the public collection, alone",
    "proof": "one Data Integrity proof, suite `eddsa-jcs-2022`, for assertion, made on the same day",
}

MEMBERS = {
    "audience": "`ap://<did:key of the board>/actor`: on any other board the record is worth nothing",
    "contentMap": f"the text in exactly one language, at most {MAX_POST_BYTES:,} bytes",
    "inReplyTo": "the id of the post that this one answers",
    "mediaType": "`text/markdown`",
    "name": f"one line: a title of at most {MAX_TITLE_CHARACTERS} characters, a persona's name of at most {MAX_NAME_CHARACTERS}",
    "nameMap": "the board's name by language",
    "object": "the id of the post that is changed, of the post that opened the thread, or of the record that founded the board; of an act the id and digest of the record that it is about, a list of them for `Undo`, an actor for `Block` and `Offer`; of what answers a demand the record of that demand; of an `Accept` the record that is accepted",
    "preferredUsername": "the board's short name in addresses",
    "summaryMap": "what the board is for, by language",
    "tag": 'one to three of the board\'s tags, of a post that opens a thread: `{"name":"#…","type":"Hashtag"}`',
    "target": "the board that a thread moves to",
    "urn:goftogu:about": "the digest of the version that a translation or a context is about",
    "urn:goftogu:act": "what is done, where a type has several acts",
    "urn:goftogu:appeals": "that whoever asked a question appeals against its decline",
    "urn:goftogu:appealed": "the day of the appeal that is decided",
    "urn:goftogu:archived": "whether the board takes no more posts",
    "urn:goftogu:attests": "the university's name, as it stands beside the official's",
    "urn:goftogu:ballotKeys": "digests of the three keys that let ballots in: of those somebody answers for, of others, and of those drawn by lot",
    "urn:goftogu:binds": "that the official is bound by the charter",
    "urn:goftogu:boards": "the boards that a desk works on; none where its role reaches all",
    "urn:goftogu:carries": "the boards whose rights are accepted",
    "urn:goftogu:charter": "the rules of a hearing: its days (`opens`, `chooses`, `ends`), languages, topics that are left out, how many questions are answered by vote (`top`) and by `lot`, aims with their measures, and whether it is one live evening",
    "urn:goftogu:chosen": "the questions that are to be answered, each with how it was chosen (`vote` or `lot`)",
    "urn:goftogu:code": "why a question is declined, one of ten codes",
    "urn:goftogu:consent": "of a board: the home instance's signature over `goftogu/v1/board\\n` and the board's did:key; of a desk: its own over `goftogu/v1/desk\\n`, its did:key, a line end and the instance's",
    "urn:goftogu:consents": "successors, each with its signature over `goftogu/v1/takeover\\n` and the record's other own members in canonical form",
    "urn:goftogu:consultation": "whether it takes votes: `open`, `closed` or `archived`",
    "urn:goftogu:custody": "how the signing key is kept, as declared: `device`, `unlocked` or `instance`",
    "urn:goftogu:delay": "seconds between two posts of one name in a slowed thread, or on a slowed board",
    "urn:goftogu:demand": "who asked (`from`, `country`), for what, on which day, and the `answer`; `sealed` where its words may not be told; in words in one language",
    "urn:goftogu:drawn": "the digest of the record by which the official let the lot be drawn",
    "urn:goftogu:draws": "that the official lets the lot be drawn",
    "urn:goftogu:due": "the day by which a commitment is to be kept",
    "urn:goftogu:ends": "why an office ends",
    "urn:goftogu:erased": "the digests of the records by which authors erased what is gone here too",
    "urn:goftogu:evidence": "a link to what shows it; nobody here opens it",
    "urn:goftogu:filters": "up to 50 words, phrases or hosts of links of up to 60 characters that posts of the board may not hold",
    "urn:goftogu:final": "the log's origin, and the size and root hash of its last tree that counts",
    "urn:goftogu:grants": "boards, each with the rights over it: `read`, `carry`, `write`",
    "urn:goftogu:heirs": "the instance's boards, each with the instance that is to take it over",
    "urn:goftogu:holdsFirst": "whether first posts of those for whom nobody answers wait for a desk",
    "urn:goftogu:home": "did:key of the instance that logs the board's records",
    "urn:goftogu:imported": "where the words came from: their `author` (one line, if known), their `day`, their `source`; with custody `instance` and by the instance's own key alone",
    "urn:goftogu:issuers": "whose blind signatures are good here: for each a purpose (`invitation`), a month, and the SHA-256 of its public key (SubjectPublicKeyInfo in DER) in base64url, with a blank between each",
    "urn:goftogu:kind": "what the post is to its thread: `statement`, `context`, `translation` or `summary`; in a hearing `question`, `answer`, `follow-up`, `commitment` or `evidence`",
    "urn:goftogu:label": "a mark that hides nothing: `sensitive`, `unconfirmed`, `off-topic` or `duplicate`",
    "urn:goftogu:logKey": "the log's verifier key (C2SP signed-note)",
    "urn:goftogu:logOrigin": "the log's name, which never changes",
    "urn:goftogu:lot": "the SHA-256 of the host's part in a hearing's lot, which the choice tells",
    "urn:goftogu:mandate": "the statement by which participants agreed to a change, and the table that says so",
    "urn:goftogu:measure": "by what people will see that a commitment was kept",
    "urn:goftogu:merged": "statements that are merged (`object`), each with the one that stands for it (`target`); all of them",
    "urn:goftogu:mirrors": "where copies are kept",
    "urn:goftogu:office": "the title, the institution, its domain, the topics and the languages of an official",
    "urn:goftogu:official": "the actor of the official whose promise it is said to be; absent where it is nobody's who is here",
    "urn:goftogu:onion": "the instance's v3 onion address",
    "urn:goftogu:openers": "who opens threads: `anyone` or `stewards`",
    "urn:goftogu:outcome": "how an appeal ended: `reversed` or `amended`; upheld ones are a `Reject`",
    "urn:goftogu:owns": "that the official owns the commitment",
    "urn:goftogu:page": "which page it is: `reach`, what works today, or `sponsors`, who pays. The id's last part is the first 16 bytes of SHA-256 of `goftogu/v1/page`, this name, the language and the sequence, with a zero byte between each",
    "urn:goftogu:people": "how many voted",
    "urn:goftogu:pinned": "whether the thread stands before the others of its board",
    "urn:goftogu:position": "the board's place in the list of boards",
    "urn:goftogu:postingKeys": "each posting key with its custody, its state and its own consent to this root",
    "urn:goftogu:previous": "the digest of the version, of the card, or of the settings, that this one replaces",
    "urn:goftogu:promisedBy": "who promised it, in one line",
    "urn:goftogu:proposed": "the desk that proposed the act, and its signature over `goftogu/v1/proposal\\n` and the act's other own members in canonical form",
    "urn:goftogu:question": "what becomes of a question: `accepted` or `declined`",
    "urn:goftogu:quorum": "how many successors must sign a takeover",
    "urn:goftogu:quotes": "the ids of posts that the text quotes",
    "urn:goftogu:reasons": "rule, ground, law, facts in one language, scope, the first day on which it no longer holds, whether it was automatic, and what it came from; never the words that it is about",
    "urn:goftogu:shutdown": "`on` from this day on, or `off` again; each names the one before it",
    "urn:goftogu:release": "the first day of the week, the digests of the codebook, the table and the page, and how many people they count",
    "urn:goftogu:report": "the digest of the hearing's report",
    "urn:goftogu:results": "who sees results before the close: whoever `voted`, or nobody (`closed`)",
    "urn:goftogu:role": "`moderator` of some boards, or `steward` of all",
    "urn:goftogu:rulesMap": "the board's rules by language",
    "urn:goftogu:says": "of an answer: whether the official says that it answered (`answered`), partly (`partly`), or declined (`declined`)",
    "urn:goftogu:sealed": "who holds the desk, sealed to three auditors of whom any two open it: for each two of them a file of `age` within a file of `age`, in base64url",
    "urn:goftogu:secret": "the host's part in a hearing's lot, in hexadecimal, which its charter's record had sealed",
    "urn:goftogu:seed": "the root hash, in hexadecimal, from which the lot was drawn",
    "urn:goftogu:sequence": "1 for the first card, the first text of a page in a language, or the first table of a consultation, then one more each time",
    "urn:goftogu:shows": "what evidence is said to show: `done`, `not-done` or `neither`",
    "urn:goftogu:sides": "whether voters are asked where they live, behind two coins",
    "urn:goftogu:speaksAs": "of an answer: the official's own view (`personal`), the institution's `position`, or words that the ministry `cleared`",
    "urn:goftogu:spoken": "of an answer that was said `aloud` and written down by somebody else; the official signs it all the same",
    "urn:goftogu:state": "whether the thread takes answers: `open`, `locked` or `archived`",
    "urn:goftogu:status": "what came of a commitment so far",
    "urn:goftogu:successors": "did:keys that may take the board over, in order",
    "urn:goftogu:table": "the digest of the published table",
    "urn:goftogu:tags": "words that threads of the board may be listed under",
    "urn:goftogu:tallies": "the digest of the table of results that the choice was made from",
    "urn:goftogu:theme": "what a commitment is about, in a word or a few",
    "urn:goftogu:tick": "seconds between releases of waiting records",
    "urn:goftogu:until": "the first day on which it no longer holds; of a consultation the last on which it takes votes",
    "urn:goftogu:verdicts": "for each aim by its number what came of it, and why",
    "urn:goftogu:why": "reasons, in one line",
    "urn:goftogu:withdraws": "why it ends",
    "urn:goftogu:lie": "what the other instance was caught at: the code of an error",
    "urn:goftogu:kept": "SHA-256 of what was kept of it",
    "urn:goftogu:witnessKey": "the key that cosigns other logs' checkpoints",
}


def render_registry() -> str:
    """Return REGISTRY.md."""
    lines = [
        "# The registry of records",
        "",
        "Made from the package `registry` by `python -m tests.records.registry_text`; a test compares the two.",
        f"A record has at most {MAX_RECORD_BYTES:,} bytes and {MAX_DEPTH} levels. A member that is not listed is refused.",
        "",
        "## In every record",
        "",
        "| member | what it holds |",
        "|---|---|",
        *(f"| `{name}` | {COMMON[name]} |" for name in COMMON if name in COMMON_MEMBERS),
    ]
    for kind in RECORD_TYPES.values():
        lines += _section(kind)
    return "\n".join(lines) + "\n"


def _section(kind: RecordType) -> list[str]:
    return [
        "",
        f"## `{kind.name}`",
        "",
        f"Signed by {kind.signer}. Effect: {kind.effect}.",
        "",
        "| member | must it be there? | what it holds |",
        "|---|---|---|",
        *(f"| `{name}` | yes | {MEMBERS[name]} |" for name in sorted(kind.required)),
        *(f"| `{name}` | no | {MEMBERS[name]} |" for name in sorted(kind.optional)),
    ]


if __name__ == "__main__":
    sys.stdout.write(render_registry())
