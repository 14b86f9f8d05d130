"""Records of consultations, and an instance with one."""

from datetime import date

from app import forum, opinion
from app.forum import PostKind
from app.kernel.strict_json import JsonObject
from app.opinion.model import (
    Change,
    Conversation,
    ConversationState,
    Question,
    ResultsShown,
    Vote,
)
from app.records.codec import sign_record
from app.records.model import KIND
from app.wiring import House

from tests import factories
from tests.consultations import KEYS
from tests.houses import publish, require_post

AVA, BABAK, CYRUS = (factories.person(name) for name in ("Ava", "Babak", "Cyrus"))
QUESTION = Question(
    question="Whose water is it?", language="en", results=ResultsShown.VOTED, asks_side=True
)


def statement(
    by: factories.Person,
    opening: bytes,
    text: str = "Rivers belong to those who drink from them.",
    *,
    board: factories.BoardKey = factories.LIVE,
) -> bytes:
    """Return a statement of the consultation on the thread of an opening post."""
    members: JsonObject = {
        **_text(by, board, text),
        "inReplyTo": factories.id_of(opening),
        KIND: PostKind.STATEMENT.value,
    }
    return sign_record(by.key, "Note", members, nonce=factories.nonce(), day=factories.TODAY)


def _text(by: factories.Person, board: factories.BoardKey, text: str) -> JsonObject:
    return {
        "audience": f"ap://{board.did}/actor",
        "contentMap": {"en": text},
        "mediaType": "text/markdown",
        "urn:goftogu:custody": by.custody.value,
    }


def open_conversation(house: House, question: Question = QUESTION) -> tuple[bytes, Conversation]:
    """Open a consultation on a new thread of the live board; return its opening post as well."""
    opening = factories.note(AVA, board=factories.LIVE, title="Water")
    publish(house, opening)
    with house.db.write() as work:
        thread = forum.get_thread(work, require_post(house, opening).thread)
        conversation = opinion.open_conversation(work, house.door, thread, question, KEYS)
    return opening, conversation


def change(
    house: House,
    conversation: Conversation,
    *,
    state: ConversationState | None = None,
    until: date | None = None,
    merged: dict[str, str] | None = None,
) -> Conversation:
    """Change a consultation; return it as it is then."""
    with house.db.write() as work:
        now = opinion.get_conversation(work, conversation.thread)
        anew = Change(
            state=state or now.state,
            until=until or now.until,
            merged=opinion.list_merged(work, now) if merged is None else merged,
        )
        opinion.change_conversation(work, house.door, now, anew)
        return opinion.get_conversation(work, conversation.thread)


def cast(house: House, conversation: Conversation, ballot: str, **votes: int) -> None:
    """Cast votes by the numbers of statements, written `n1=1`, under a ballot."""
    cast_now = {int(name[1:]): Vote(vote) for name, vote in votes.items()}
    with house.db.write() as work:
        now = opinion.get_conversation(work, conversation.thread)
        opinion.cast_votes(work, now, ballot, cast_now)
