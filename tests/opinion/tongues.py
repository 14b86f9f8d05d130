"""Records of translations and summaries."""

from app.crypto.multikey import encode_digest
from app.forum import PostKind
from app.kernel.strict_json import JsonObject
from app.records.codec import sign_record
from app.records.model import ABOUT, KIND

from tests import factories
from tests.factories import BoardKey, Person


def translation(
    by: Person,
    original: bytes,
    text: str = "آب به کجا می‌رود؟",
    *,
    language: str = "fa",
    about: bytes | None = None,
    board: BoardKey = factories.LIVE,
    **members: object,
) -> bytes:
    """Return a translation of a post; `about` is the record of the version, else the first."""
    named = encode_digest(factories.digest_of(about or original))
    return _answer(
        by, original, text, language, board, PostKind.TRANSLATION, {ABOUT: named, **members}
    )


def summary(
    by: Person, opening: bytes, text: str, *, language: str = "en", board: BoardKey = factories.LIVE
) -> bytes:
    """Return a summary of the thread that a post opened."""
    return _answer(by, opening, text, language, board, PostKind.SUMMARY, {})


def _answer(
    by: Person,
    to: bytes,
    text: str,
    language: str,
    board: BoardKey,
    kind: PostKind,
    more: JsonObject,
) -> bytes:
    members: JsonObject = {
        "audience": f"ap://{board.did}/actor",
        "contentMap": {language: text},
        "mediaType": "text/markdown",
        "urn:goftogu:custody": by.custody.value,
        "inReplyTo": factories.id_of(to),
        KIND: kind.value,
        **more,
    }
    return sign_record(by.key, "Note", members, nonce=factories.nonce(), day=factories.TODAY)
