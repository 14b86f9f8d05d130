"""What lets a charter change after its hearing opened: the participants' sampled vote."""

from hashlib import sha256

from app import forum
from app.crypto.multikey import decode_digest
from app.db import Work
from app.hearings import codec, rules, store
from app.hearings.errors import MandateMissingError
from app.hearings.maths import read_tallies
from app.hearings.model import Charter, Hearing
from app.kernel.strict_json import JsonObject


def require_mandate_of(work: Work, hearing: Hearing, charter: Charter, mandate: JsonObject) -> None:
    """Require that a named vote is one for this very charter.

    The participants vote on a question of the hearing whose first line holds the digest of the
    charter (`codec.digest_charter`); the published table of tallies says how those drawn by lot
    voted on it.

    Raises:
        MandateMissingError: it is not.

    """
    post = forum.find_post(work, record_id=mandate["object"])
    question = store.find_question(work, post.digest) if post else None
    if post is None or question is None or question.hearing != hearing.thread:
        raise MandateMissingError("no question of this hearing")
    line = post.version.text.markdown.partition("\n")[0]
    if not post.has_words or codec.digest_charter(charter) not in line:
        raise MandateMissingError("the question is about another charter")
    table = hearing.tallies
    if not table or sha256(table.encode()).digest() != decode_digest(mandate["table"]):
        raise MandateMissingError("another table than the published one")
    rules.require_mandate(read_tallies(table).get(post.record_id))
