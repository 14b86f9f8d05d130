"""Every parser of what strangers send or files hold, with noise for it: tests/attacks/test_fuzzing.py feeds them."""

import io
import json
import tarfile
import tempfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyrage
import typer
from app import records, wiring
from app.cli import archive, imports, keys, operate
from app.cli import records as record_commands
from app.crypto import blind, multikey, seed, session_keys
from app.crypto.note_keys import SIGNATURE, VerifierKey
from app.db import erased
from app.federation import shelf, texts
from app.federation.bundles import bulletins
from app.federation.partners import carrying, consents, gossip
from app.forum import codec as forum_codec
from app.forum import forms as forum_forms
from app.forum import rules as forum_rules
from app.hearings import files as hearing_files
from app.hearings.forms import answers as answer_forms
from app.hearings.forms import charter as charter_forms
from app.hearings.forms import commitments as promise_forms
from app.hearings.forms import ledger as ledger_forms
from app.hearings.forms import question as question_forms
from app.identity import forms as identity_forms
from app.identity.codec import ballots as ballot_tokens
from app.identity.codec import login_proofs
from app.identity.codec import tokens as identity_tokens
from app.kernel import fold, strict_json
from app.kernel.errors import AppError
from app.listening import MARGINS
from app.listening import codec as listening_codec
from app.moderation.forms import author as author_forms
from app.moderation.forms import log as log_forms
from app.moderation.forms import reporting as moderation_forms
from app.opinion import codec as opinion_codec
from app.opinion import forms as opinion_forms
from app.opinion.jobs import translating
from app.opinion.maths import exports, ranking
from app.opinion.routes import context_form
from app.opinion.rules import sentences, translations
from app.records import codec as record_codec
from app.records import routes as record_routes
from app.site import rules as site_rules
from app.site.routes import search as search_routes
from app.tlog import memory
from app.web import circuits, forms, languages, markup, outbound, reader, together, tokens
from hypothesis import strategies as st

from tests import factories
from tests.crypto import issuers
from tests.forms.languages import LANGUAGES
from tests.hearings.hall import CHARTER
from tests.strategies import json_values
from tests.tlog import logs


def _verify_told(raw: bytes) -> None:
    for each in gossip.parse_seen(raw).contradictions:
        gossip.verify_contradiction(each, _LOG_KEY)


_FORM: Final = "application/x-www-form-urlencoded"
_TICKS: Final = (10, 900, 3600)
_LOG_KEY: Final = VerifierKey(logs.ORIGIN, SIGNATURE, logs.KEY.public)
_sealed_for: Final = pyrage.x25519.Identity.generate()

_ORDER: Final = ranking.encode_order(
    ranking.order_posts({f"{n:064x}": [ranking.Heard(n, 20), ranking.Heard(5, 10)] for n in (0, 9)})
)
_MEMORY: Final = memory._encode_log(
    memory.WatchedLog(
        origin=logs.ORIGIN, keys=(logs.LOG,), retired=(), latest=logs.log_of(5).checkpoint()
    )
)


class Parser(NamedTuple):
    """How a parser is fed, and what it may answer with besides a value."""

    parse: Callable[[Any], object]
    noise: st.SearchStrategy[Any]
    refuses: tuple[type[Exception], ...] = (AppError,)
    write: Callable[[Any], object] | None = None
    """Writes a value back: it must give what was read."""


def bent(*whole: bytes) -> st.SearchStrategy[bytes]:
    """Draw valid bytes with pieces taken out, put in or changed, or bytes that never were valid."""
    pieces = st.binary(max_size=12) | st.sampled_from(_PIECES)

    @st.composite
    def draw_bent(draw: st.DrawFn) -> bytes:
        raw = bytearray(draw(st.sampled_from(whole)))
        for _ in range(draw(st.integers(0, 4))):
            place, length = draw(st.integers(0, len(raw))), draw(st.integers(0, 12))
            raw[place : place + length] = draw(pieces)
        return bytes(raw)

    return draw_bent() | st.binary(max_size=300)


_PIECES: Final = (
    b"null", b"{}", b"[]", b"1e400", b"-0", b"\\u0000", b"\\ud800", b'"', b"{", b"[" * 50, b"\xff",
    b"true", b"9" * 400, b"\xef\xbb\xbf", b'""', b"\0", b"\r\n", b"\xe2\x80\x8e", b"%", b"&", b"=",
)  # fmt: skip

_lines = st.text(max_size=60) | st.sampled_from(
    ["", "\0", "آ", "a" * 300, "۱۲", "-", "%00", "\ud7ff"]
)
_names = st.sampled_from(
    ["name", "passphrase", "title", "text", "language", "do", "nonce", "record", "tag_1", "previous",
     "wait", "draft", "slug", "rule", "report", "place", "law", "country", "good_faith", "name_fa", "name_en", "purpose_fa", "rules_fr", "tick", "openers", "tags"]
)  # fmt: skip
_fields = st.dictionaries(_names, _lines | st.sampled_from(["fa", "en", "900", "send", "keep"]), max_size=12).map(forms.Fields)  # fmt: skip
_votes = st.dictionaries(
    st.sampled_from(["number", "vote", "vote_1", "vote_9", "vote_x", "kind", "blinded", "question", "language", "until", "results", "sides"]),
    _lines | st.sampled_from(["agree", "none", "pass", "1", "10000", "-1", "fa", "voted", "vouched", "00", "2026-12-31"]), max_size=12,
).map(forms.Fields)  # fmt: skip
_RECORDS: Final = tuple(factories.one_of_each_type().values())
_TEXT: Final = texts.encode_text(
    records.verify_record(records.parse_record(factories.note(factories.person("Ava"))))
)
_BULLETIN: Final = bulletins.write_bulletin(
    bulletins.Issue(day=factories.TODAY, name="Sepidar", addresses=("http://x.onion/",), summary="a", left_out="b", advice="c"),
    [("Water", "square · Ava")], logs.log_of(5).checkpoint(), logs.LOG, logs.KEY,
)  # fmt: skip
_ROW: Final = {"id": "1", "thread": "1", "title": "Water", "day": "2009-06-15", "language": "fa", "text": "آب"}  # fmt: skip
_rows = st.dictionaries(st.sampled_from([*_ROW, "reply_to", "author", "x"]), json_values | _lines, max_size=8)  # fmt: skip


def in_file(read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Let a parser of files read bytes."""

    def read_bytes(raw: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "keys").mkdir()
            (Path(folder) / "keys" / "instance.key").write_bytes(raw)
            return read(Path(folder) / "keys" / "instance.key")

    return read_bytes


def unpack(noise: tuple[bytes, list[tuple[float, bytes]]]) -> None:
    """Seal a stream and unpack it; nothing of it may lead out of the folder that it comes into."""
    plain, changes = noise
    sealed = bytearray(pyrage.encrypt(plain, [_sealed_for.to_public()]))
    for place, piece in changes:
        start = int(place * len(sealed))
        sealed[start : start + len(piece)] = piece
    with tempfile.TemporaryDirectory() as outside:
        folder = Path(outside) / "inside"
        folder.mkdir()
        try:
            archive._unpack(io.BytesIO(bytes(sealed)), [_sealed_for], folder)
        finally:
            assert list(Path(outside).iterdir()) == [folder]
            assert not any(path.is_symlink() for path in folder.rglob("*"))


@st.composite
def _backups(draw: st.DrawFn) -> tuple[bytes, list[tuple[float, bytes]]]:
    names = st.sampled_from(["manifest.json", "database", "keys/instance.key", "keys/../../x", "../x", "/tmp/x", "keys", "x"])  # fmt: skip
    kinds = st.sampled_from([tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])  # fmt: skip
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for _ in range(draw(st.integers(0, 4))):
            member = tarfile.TarInfo(draw(names))
            member.type, member.linkname = draw(kinds), draw(names)
            content = draw(st.sampled_from([b"", b"{}", b'{"format":"goftogu-backup-1"}', b"[" * 99, b"\xff"]))  # fmt: skip
            member.size = len(content) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(content))
    plain = draw(st.just(stream.getvalue()) | bent(stream.getvalue()))
    change = st.tuples(st.floats(0, 1), st.sampled_from(_PIECES))
    return plain, draw(st.just([]) | st.lists(change, max_size=3))


PARSERS: Final[dict[str, Parser]] = {
    "app.cli.archive._read_identities": Parser(in_file(archive._read_identities), bent(str(_sealed_for).encode())),
    "app.cli.archive._unpack": Parser(unpack, _backups()),
    "app.cli.imports._day": Parser(imports._day, _lines),
    "app.cli.imports._read": Parser(imports._read, _rows.map(json.dumps).map(str.encode) | bent(json.dumps(_ROW).encode())),
    "app.cli.keys.read_key": Parser(in_file(keys.read_key), bent(b'{"format":"goftogu-key-1","seed":"' + b"00" * 32 + b'"}')),
    "app.cli.operate._parse_address": Parser(lambda text: operate._parse_address(text, "--listen"), _lines | st.just("[::1]:9"), (typer.BadParameter,)),
    "app.cli.records._parse_hex": Parser(record_commands._parse_hex, _lines | st.binary(min_size=32, max_size=32).map(bytes.hex)),
    "app.crypto.blind.verify_signature": Parser(lambda raw: blind.verify_signature(issuers.PUBLIC, raw[256:], raw[:256]), st.binary(max_size=400) | st.binary(min_size=300, max_size=300)),
    "app.crypto.multikey.decode_base58": Parser(multikey.decode_base58, _lines | st.binary(max_size=40).map(multikey.encode_base58), write=multikey.encode_base58),
    "app.crypto.multikey.decode_multibase": Parser(lambda text: multikey.decode_multibase(text, 32), _lines | st.binary(min_size=32, max_size=32).map(multikey.encode_multibase), write=multikey.encode_multibase),
    "app.crypto.multikey.decode_did": Parser(multikey.decode_did, _lines | st.sampled_from([factories.person("Ava").did, "did:key:z6Mk" + "1" * 44]), write=multikey.encode_did),
    "app.crypto.multikey.decode_digest": Parser(multikey.decode_digest, _lines | st.binary(min_size=32, max_size=32).map(multikey.encode_digest), write=multikey.encode_digest),
    "app.crypto.seed.parse_words": Parser(seed.parse_words, _lines | st.lists(st.sampled_from(seed.word_list()), min_size=11, max_size=13).map(" ".join), write=lambda found: " ".join(found.words())),
    "app.db.erased.read_digests": Parser(in_file(erased.read_digests), bent(b"00" * 32 + b"\n" + b"ff" * 32 + b"\n")),
    "app.federation.bundles.bulletins.verify_bulletin": Parser(bulletins.verify_bulletin, bent(_BULLETIN)),
    "app.federation.texts.verify_text": Parser(texts.verify_text, bent(_TEXT) | bent(*_RECORDS).map(b"words\n".__add__)),
    "app.forum.codec.clean_line": Parser(forum_codec.clean_line, _lines),
    "app.forum.codec.clean_tag": Parser(forum_codec.clean_tag, _lines),
    "app.forum.codec.clean_text": Parser(forum_codec.clean_text, _lines),
    "app.forum.forms.parse_post": Parser(lambda found: forum_forms.parse_post(found, has_title=True, languages=["fa", "en"]), _fields),
    "app.forum.forms.parse_settings": Parser(lambda found: forum_forms.parse_settings(found, languages=["fa", "en", "fr"], ticks=_TICKS, delays=(0, 60), is_new=True), _fields),
    "app.forum.forms.parse_name": Parser(forum_forms.parse_name, bent(b'{"did":"did:key:z6Mk","thread":"0","token":"2026-11.AAAA"}')),
    "app.forum.forms.parse_blinded": Parser(lambda digits: forum_forms.parse_blinded(forms.Fields(blinded=digits)), _lines),
    "app.forum.rules.parse_sort": Parser(forum_rules.parse_sort, _lines),
    "app.hearings.forms.commitments.parse_promise": Parser(lambda fields: promise_forms.parse_promise(fields, ["fa", "en"], [], factories.TODAY), _fields, ()),
    "app.hearings.forms.commitments.parse_shown": Parser(lambda fields: promise_forms.parse_shown(fields, ["fa", "en"]), _fields, ()),
    "app.hearings.forms.commitments.parse_change": Parser(promise_forms.parse_change, _fields, ()),
    "app.hearings.forms.commitments._parse_link": Parser(lambda typed: promise_forms._parse_link(typed, "link", {}), _lines | st.just("https://water.example.org/"), ()),
    "app.hearings.forms.commitments._parse_text": Parser(lambda fields: promise_forms._parse_text(fields, ["fa", "en"], {}), _fields, ()),
    "app.hearings.forms.commitments._parse_day": Parser(promise_forms._parse_day, _lines | st.builds("{}-{}-{}".format, *[st.integers(-9, 9999)] * 3), ()),
    "app.hearings.forms.ledger.parse_verdicts": Parser(lambda fields: ledger_forms.parse_verdicts(fields, CHARTER), _fields, ()),
    "app.identity.codec.tokens.parse_invitation": Parser(identity_tokens.parse_invitation, _lines | st.binary(min_size=288, max_size=288).map(lambda raw: f"2026-11.{b64encode(raw, b'-_').decode()}"), write=identity_tokens.encode_invitation),
    "app.identity.codec.tokens.parse_name_token": Parser(identity_tokens.parse_name_token, _lines | st.binary(min_size=288, max_size=288).map(lambda raw: f"2026-11.{b64encode(raw, b'-_').decode()}"), write=identity_tokens.encode_name_token),
    "app.identity.codec.ballots.parse_ballot_token": Parser(ballot_tokens.parse_ballot_token, _lines | st.binary(min_size=288, max_size=288).map(lambda raw: f"vouched.{b64encode(raw, b'-_').decode()}"), write=ballot_tokens.encode_ballot_token),
    "app.identity.codec.login_proofs.verify_login_proof": Parser(login_proofs.verify_login_proof, bent(*_RECORDS)),
    "app.identity.forms._clean": Parser(identity_forms._clean, _lines, ()),
    "app.identity.forms.parse_invitation": Parser(identity_forms.parse_invitation, _lines | st.just("2026-11.AAAA"), ()),
    "app.identity.forms.parse_join": Parser(identity_forms.parse_join, _fields),
    "app.identity.forms.parse_restore": Parser(identity_forms.parse_restore, _fields),
    "app.kernel.fold.count_words": Parser(fold.count_words, _lines, ()),
    "app.kernel.fold.questions_of": Parser(fold.questions_of, _lines),
    "app.kernel.fold.words_of": Parser(fold.words_of, _lines),
    "app.kernel.strict_json.decode": Parser(strict_json.decode, bent(*_RECORDS) | json_values.map(json.dumps).map(str.encode), write=strict_json.encode),
    "app.moderation.forms.reporting.parse_notice": Parser(moderation_forms.parse_notice, _fields | _fields.map(lambda found: forms.Fields(found, nonce="0f" * 16))),
    "app.moderation.forms.reporting.parse_notice_words": Parser(moderation_forms.parse_notice_words, _lines | st.just("zoo Zoo zoo\tzoo"), ()),
    "app.moderation.forms.reporting.parse_place": Parser(moderation_forms.parse_place, _lines | st.builds("https://{}/{}/p/{}".format, st.text(max_size=5), st.text(max_size=3), st.text(max_size=70)), ()),
    "app.hearings.forms.answers.parse_answer": Parser(lambda fields: answer_forms.parse_answer(fields, ["fa", "en"]), _fields, ()),
    "app.hearings.forms.answers.parse_found": Parser(answer_forms.parse_found, _fields),
    "app.opinion.forms.parse_votes": Parser(opinion_forms.parse_votes, _votes),
    "app.opinion.forms.parse_about": Parser(opinion_forms.parse_about, st.dictionaries(st.sampled_from(["age", "gender", "region", "voice"]), _lines | st.sampled_from(["0", "1", "2"])).map(forms.Fields)),
    "app.listening.codec.parse_margins": Parser(listening_codec.parse_margins, _lines | bent(MARGINS.read_bytes()).map(lambda raw: raw.decode("utf-8", "replace"))),
    "app.opinion.forms.parse_statement": Parser(lambda fields: opinion_forms.parse_statement(fields, "", ["fa", "en"]), _fields, ()),
    "app.opinion.forms.parse_question": Parser(lambda fields: opinion_forms.parse_question(fields, ["fa", "en"], factories.TODAY), _votes, ()),
    "app.opinion.forms.parse_until": Parser(lambda fields: opinion_forms.parse_until(fields, factories.TODAY, {}), _votes, ()),
    "app.opinion.forms.parse_seeds": Parser(opinion_forms.parse_seeds, _fields, ()),
    "app.opinion.forms.parse_ballot": Parser(opinion_forms.parse_ballot, bent(b'{"ballot":"00","thread":"0","token":"vouched.AAAA"}')),
    "app.opinion.forms.parse_sheet": Parser(opinion_forms.parse_sheet, bent(b'{"secret":"%s","thread":"0","votes":{"1":"agree","2":"none"}}' % (b"A" * 43))),
    "app.opinion.forms.parse_side": Parser(opinion_forms.parse_side, bent(b'{"secret":"AA","side":"inside","thread":"0"}')),
    "app.opinion.forms.parse_blinded": Parser(opinion_forms.parse_blinded, _votes),
    "app.federation.partners.carrying.parse_handed": Parser(carrying.parse_handed, bent(b'{"by":"did:key:z6Mk","cards":["AA"],"consent":"zAA","record":"AAAA"}')),
    "app.federation.partners.carrying.verify_handed": Parser(lambda raw: carrying.verify_handed(carrying.parse_handed(raw), "did:key:home"), bent(b'{"by":"did:key:z6Mk","cards":["AA"],"consent":"zAA","record":"AAAA"}')),
    "app.federation.partners.consents.parse_consent": Parser(lambda raw: consents.parse_consent(raw.decode("utf-8", "replace")), bent(b'goftogu-takeover {"object":"ap://did:key:z6Mk/actor","target":"ap://did:key:z6Mk/actor","urn:goftogu:consents":[{"by":"a","consent":"b"}],"urn:goftogu:final":{"origin":"a","root":"00","size":1}}')),
    "app.federation.partners.gossip.parse_seen": Parser(gossip.parse_seen, bent(b'{"checkpoints":["goftogu/a"],"contradictions":[{"later":"b","path":["00"],"root":"00","seen":"a"}]}')),
    "app.federation.partners.gossip.verify_contradiction": Parser(_verify_told, bent(b'{"checkpoints":[],"contradictions":[{"later":"b","path":["00"],"root":"00","seen":"a"}]}')),
    "app.federation.partners.gossip.parse_and_verify": Parser(lambda raw: gossip.parse_and_verify(raw, _LOG_KEY), bent(b"goftogu/a\n1\nAAAA\n\n\xe2\x80\x94 goftogu/a AAAAAAAA\n")),
    "app.hearings.forms.charter.parse_charter": Parser(lambda fields: charter_forms.parse_charter(fields, [""], ["fa", "en"], factories.TODAY), _fields, ()),
    "app.hearings.forms.question.parse_question": Parser(lambda fields: question_forms.parse_question(fields, "", ["fa", "en"]), _fields, ()),
    "app.hearings.forms.question.parse_decision": Parser(question_forms.parse_decision, _fields),
    "app.opinion.routes.context_form.parse_context": Parser(lambda fields: context_form.parse_context(fields, languages=["fa", "en"]), _fields, ()),
    "app.opinion.routes.context_form.parse_rating": Parser(context_form.parse_rating, _fields, ()),
    "app.moderation.forms.reporting.parse_report": Parser(moderation_forms.parse_report, _fields, ()),
    "app.moderation.forms.reporting._read_nonce": Parser(moderation_forms._read_nonce, _lines | st.just("0f" * 16)),
    "app.opinion.maths.exports.parse_export": Parser(lambda raw: exports.parse_export(raw.decode("utf-8", "replace"), raw.decode("utf-8", "replace")), bent(b"timestamp,comment-id,voter-id,vote,moderated,is-meta\n1,0,0,1,1,false\n2,1,0,-1,-1,true\n")),
    "app.records.codec.decode_leaf": Parser(record_codec.decode_leaf, bent(record_codec.encode_leaf(b"x" * 32, "Note")), (AppError, ValueError)),
    "app.records.codec.parse_record": Parser(record_codec.parse_record, bent(*_RECORDS), write=lambda found: found.raw),
    "app.records.codec.verify_receipt": Parser(record_codec.verify_receipt, bent(*_RECORDS)),
    "app.records.routes.parse_hex": Parser(record_routes.parse_hex, _lines | st.binary(min_size=32, max_size=32).map(bytes.hex), write=bytes.hex),
    "app.federation.shelf._parse": Parser(shelf._parse, bent(b"0" * 64 + b"  square/2026-11-21.zip\n" + b"1" * 64 + b"  2026-11-21.txt\n"), ()),
    "app.opinion.maths.ranking.verify_order": Parser(ranking.verify_order, bent(_ORDER) | json_values.map(json.dumps).map(str.encode), write=ranking.encode_order),
    "app.site.rules.parse_mirror": Parser(site_rules.parse_mirror, _lines | st.sampled_from(["https://m.example/x/", "http://[::1", "https://a:b@c"])),
    "app.site.routes.search._parse_day": Parser(search_routes._parse_day, _lines),
    "app.tlog.memory._decode": Parser(memory._decode, bent(_MEMORY) | json_values.map(json.dumps).map(str.encode), write=memory._encode_log),
    "app.web.forms.carried_words": Parser(lambda fields: forms.carried_words(fields, ("title", "text")), _fields, ()),
    "app.web.circuits.parse_circuit": Parser(circuits.parse_circuit, bent(b"PROXY TCP6 fc00:dead:beef:4dad::0:32 ::1 50 80", b"PROXY TCP6 fc00:dead:beef:4dad::32 ::1 50 80")),
    "app.web.forms.parse_outgoing": Parser(forms.parse_outgoing, _lines | st.builds("https://{}@{}:{}/{}".format, st.text(max_size=5), st.text(max_size=70), st.integers(-1, 99999), st.text(max_size=5))),
    "app.web.forms.parse_fields": Parser(lambda raw: forms.parse_fields(raw, _FORM), bent(b"a=b&c=%d8%a2", b"token=x&text=")),
    "app.moderation.forms.log.parse_act": Parser(log_forms.parse_act, _lines | st.binary(min_size=32, max_size=32).map(bytes.hex), write=bytes.hex),
    "app.moderation.forms.log.parse_month": Parser(lambda text: log_forms.parse_month(text, factories.TODAY), _lines | st.just("2026-11")),
    "app.moderation.forms.log.parse_words": Parser(log_forms.parse_words, _lines, ()),
    "app.cli.keys.read_day": Parser(lambda text: keys.read_day(text, "--day"), _lines | st.just("2026-11-20"), (typer.BadParameter,)),
    "app.hearings.files.parse_key": Parser(hearing_files.parse_key, _lines | st.just(factories.SQUARE.did)),
    "app.hearings.files.parse_key_file": Parser(hearing_files.parse_key_file, bent(b"# ours\n" + factories.SQUARE.did.encode() + b"\n")),
    "app.web.forms.safe_path": Parser(lambda path: forms.safe_path(path, fallback="/"), _lines, ()),
    "app.web.languages.choose_language": Parser(lambda said: languages.choose_language(LANGUAGES, said), _lines | st.sampled_from(["fa-IR,fa;q=0.9", "*", ",,;", "fr;q=x"]), ()),
    "app.moderation.forms.author.parse_appeal": Parser(author_forms.parse_appeal, _fields, ()),
    "app.moderation.forms.author.parse_seen": Parser(author_forms.parse_seen, st.builds(lambda word: forms.Fields(seen=word), _lines | st.just("00" * 32 + ",é" * 64)), ()),
    "app.web.languages.parse_day": Parser(languages.parse_day, _lines | st.builds("{}-{}-{}".format, *[st.integers(-9, 9999)] * 3), (ValueError,)),
    "app.web.markup.render_post": Parser(markup.render_post, _lines, ()),
    "app.web.together.parse_files": Parser(lambda raw: together.parse_files(raw, ["records/0", "records/1"], 9), bent(b"3\nabc-\n")),
    "app.web.together.parse_paths": Parser(together.parse_paths, bent(b"records/0\nreceipts/1.json\n")),
    "app.web.outbound.parse_own_host": Parser(outbound.parse_own_host, _lines | st.sampled_from(["http://[::1", "https://a:b@c", "unix:/x", "http://127.0.0.1:99999", "http://[fd00::1%eth0]"])),
    "app.opinion.codec.clean_answer": Parser(opinion_codec.clean_answer, _lines, ()),
    "app.opinion.jobs.translating._read_answers": Parser(lambda raw: translating._read_answers(raw, 2), bent(b'{"translatedText":["a","b"]}', b"[" * 2_000), ()),
    "app.opinion.rules.sentences.read_sentences": Parser(sentences.read_sentences, _lines | st.text("ab.!?…[]#12،, \n-*>»()", max_size=400), ()),
    "app.opinion.rules.sentences._read": Parser(sentences._read, _lines, ()),
    "app.opinion.rules.translations.read_title": Parser(translations.read_title, _lines, ()),
    "app.web.reader.parse_reader": Parser(reader.parse_reader, _lines | st.just("jalali.persian.large"), ()),
    "app.crypto.session_keys.read_token": Parser(session_keys.read_token, _lines | st.binary(min_size=64, max_size=64).map(lambda raw: b64encode(raw, b"-_").decode()), ()),
    "app.web.tokens.decode_bytes": Parser(tokens.decode_bytes, _lines, ()),
    "app.wiring._read_key": Parser(in_file(lambda path: wiring._read_key(path.parent.parent, "instance")), bent(b"00" * 32 + b"\n")),
}  # fmt: skip

REACHED: Final = {
    # What the door does with records that are signed anew: test_signed_nonsense_is_refused_at_the_door.
    "app.forum.codec.decode_board": "door", "app.forum.codec.decode_mark": "door",
    "app.forum.codec.decode_origin": "door", "app.forum.codec.decode_settings": "door",
    "app.forum.codec.decode_tags": "door", "app.forum.codec.decode_text": "door",
    "app.identity.codec.decode_card": "door", "app.records.codec._parse_day": "door",
    "app.records.codec.verify_record": "door", "app.crypto.integrity.verify_proof": "door",
    "app.crypto.ed25519.verify_signature": "door",
    "app.moderation.codec.decode_act": "door", "app.moderation.codec.decode_named": "door",
    "app.moderation.codec.decode_reasons": "door", "app.moderation.codec.verify_proposal": "door",
    "app.moderation.codec.verify_desk": "door",
    # Handlers and their helpers, which hand on to the parsers above: test_api_schema.py, tests/forms.
    "app.forum.routes.managing._read_form": "forms", "app.forum.routes.writing._read_form": "forms",
    "app.forum.routes.writing.parse_nonce": "forms", "app.identity.routes.recovery._parse_words": "forms",
    "app.records.routes.read_receipt": "schema", "app.records.routes.read_record": "schema",
    "app.records.routes.read_proof": "schema", "app.tlog.routes.read_log": "schema",
    "app.web.middleware.read_body": "forms",
    "app.forum.codec.clean_tag": "forms", "app.forum.forms.parse_tag": "forms",
    # The commands' own reading of a stream or an address, which parses nothing: tests/cli.
    "app.cli.keys._read_secret": "cli", "app.cli.records._read_source": "cli",
    "app.cli.records.read_text": "cli", "app.cli.records._verify_one": "cli",
    "app.cli.records._verify_source": "cli", "app.cli.records.verify": "cli",
    "app.cli.keys._read_card": "cli", "app.cli.transport.read": "cli",
    "app.cli.monitor.read_policy": "cli", "app.cli.monitor.verify": "cli",
    "app.cli.monitor._verify_bundle": "cli",
    # The public log, read from records that verify: tests/cli/test_moderation.py, tests/moderation.
    **dict.fromkeys((
        "app.cli.moderation._read", "app.cli.moderation._read_bundle", "app.cli.moderation._read_log",
        "app.cli.moderators._read_audit_keys", "app.cli.moderators._read_identity",
        "app.moderation.rules.ledger.read_act", "app.moderation.rules.ledger.read_demand",
        "app.moderation.rules.ledger.read_ledger", "app.moderation.rules.ledger.read_term",
        "app.moderation.service.log._verify", "app.moderation.service.log.read_acts",
        "app.moderation.service.log.read_terms_and_demands",
    ), "moderation"),
    # Rights to names, bit by bit: tests/identity/test_thread_names.py, tests/attacks/test_crowding.py.
    "app.forum.routes.thread_names._verify": "names",
    # Rights to ballots, and votes of devices: tests/opinion/test_device_ballots.py.
    **dict.fromkeys((
        "app.opinion.routes.ballots._verify", "app.opinion.routes.ballots.read_consultation",
        "app.opinion.forms._read_secret",
    ), "ballots"),
    "app.hearings.routes.filing._read_form": "forms",
    "app.cli.proofs.verify_proof": "cli", "app.web.addresses._read_problem": "federation",
    # What partners signed, and the entries of their logs, which verify: tests/federation, tests/cli/test_partners.py.
    "app.federation.partners.codec.decode_offer": "door", "app.federation.partners.codec.decode_offered": "door",
    "app.federation.partners.codec.decode_flag": "door", "app.federation.partners.gossip.read_contradiction": "carried",
    "app.federation.partners.codec.decode_accepted": "door", "app.federation.partners.succession.decode_takeover": "door",
    "app.federation.partners.service.read_partner": "door", "app.federation.partners.carrying._decode": "carried",
    "app.cli.partners._read_key_card": "cli", "app.cli.succession._read_board_key": "cli",
    "app.hearings.codec.decode_promise": "door", "app.hearings.codec.decode_evidence": "door",
    "app.hearings.codec.decode_status": "door", "app.hearings.codec.decode_outcome": "door",
    "app.hearings.codec.read_verdicts": "rows",
    "app.hearings.codec.decode_charter": "door", "app.hearings.codec.decode_official": "door",
    "app.hearings.codec.decode_question_change": "door", "app.hearings.codec.choices.decode_choice": "door",
    "app.hearings.codec.choices.decode_lot": "door", "app.hearings.codec.choices.decode_parts": "door",
    "app.hearings.codec.read_kept_charter": "rows", "app.hearings.maths.read_tallies": "rows",
    "app.hearings.maths.read_rows": "rows", "app.hearings.maths._read": "rows",
    "app.hearings.forms.charter._read_charter": "forms", "app.hearings.routes.asking._read_form": "forms",
    "app.hearings.routes.offering._read": "forms",
    "app.opinion.codec.decode_change": "door", "app.opinion.codec.decode_question": "door",
    "app.opinion.codec._decode_until": "door", "app.opinion.codec.decode_keys": "door",
    # What our own cells and releases hold, and lines of a table that is read by `parse_margins`.
    **dict.fromkeys((
        "app.listening.codec.decode_card", "app.listening.codec.decode_figure",
        "app.listening.codec.decode_heard", "app.listening.codec.decode_kept",
        "app.listening.codec.decode_measures", "app.listening.codec.decode_release",
        "app.listening.codec._parse_level",
    ), "rows"),
    "app.opinion.rules.decode_sheet": "rows", "app.opinion.routes.saying._read_form": "forms",
    "app.opinion.routes.context._read_form": "forms", "app.hearings.routes.answering._read_form": "forms",
    "app.hearings.codec.decode_answer": "door",
    "app.identity.service.thread_names.verify_name": "names",
    # Rights to ballots, bit by bit: tests/identity/test_ballots.py.
    "app.identity.service.ballots.verify_ballot": "ballots",
    # What our own rows, records and files hold, as they were written.
    "app.cli.sealed._read_identity": "cli", "app.moderation.files.read_legal_contact": "cli",
    "app.moderation.service.clusters.read_crowd": "rows", "app.moderation.store.working.read_memo": "rows",
    # Forms of desks: tests/moderation/test_desk_refusals.py.
    "app.moderation.forms.deciding.parse_decision": "forms", "app.moderation.routes.desk.read_number": "forms",
    "app.moderation.routes.undoing._read_day": "forms",
    "app.forum.service.hiding.read_withheld": "rows",
    "app.opinion.codec.decode_machine": "rows", "app.forum.store.translations.read_version": "rows",
    "app.moderation.service.subjects.read_act": "rows", "app.moderation.service.acting._decode_act": "door", "app.moderation.service.telling.read_words": "rows",
    "app.db.tables._read_json": "rows", "app.forum.store.texts.read_text": "rows",
    # Files of a copy, bit by bit and attack by attack: tests/federation.
    **dict.fromkeys((
        "app.federation.bundles.bulletins._parse_day", "app.federation.bundles.bulletins._verify_host",
        "app.federation.monitor._parse_leaf", "app.federation.monitor._verify",
        "app.federation.monitor.read_card", "app.federation.monitor.verify_log",
    ), "federation"),
    # The log's formats: test_log_parsers.py, and tests/tlog and tests/crypto beside them.
    **dict.fromkeys((
        "app.crypto.mldsa.verify_signature", "app.crypto.note_keys.decode_base64",
        "app.crypto.note_keys.parse_verifier_key", "app.crypto.notes._decode",
        "app.crypto.notes._parse_line", "app.crypto.notes._parse_lines", "app.crypto.notes.parse_note",
        "app.crypto.notes.parse_signatures", "app.crypto.notes.verify_note",
        "app.tlog.checkpoints.parse_checkpoint", "app.tlog.checkpoints.verify_checkpoint",
        "app.tlog.checkpoints.verify_growth", "app.tlog.codec.decode_text", "app.tlog.codec.parse_hash",
        "app.tlog.codec.parse_size", "app.tlog.cosignatures._verify_one",
        "app.tlog.cosignatures.verify_cosignatures", "app.tlog.policies._parse_key",
        "app.tlog.policies.parse_policy", "app.tlog.policies.verify_by_policy",
        "app.tlog.proof_files.parse_proof_file", "app.tlog.proof_files.verify_proof_file",
        "app.tlog.tiles._read_row", "app.tlog.tiles.parse_bundle", "app.tlog.tiles.parse_path",
        "app.tlog.tree.verify_consistency", "app.tlog.tree.verify_inclusion",
        "app.tlog.witness.parse_request", "app.tlog.witness.parse_stale_size",
    ), "log"),
    # Bundles: tests/federation, bit by bit and attack by attack.
    **dict.fromkeys((
        "app.cli.bundle._parse_day", "app.cli.bundle._read", "app.cli.bundle.verify",
        "app.federation.bundles.archive._read_directory", "app.federation.bundles.archive._read_end",
        "app.federation.bundles.archive.read_archive", "app.federation.bundles.bag.verify_bag",
        "app.federation.bundles.bringing._verify", "app.federation.bundles.checking._verify_card",
        "app.federation.bundles.checking.verify_bundle", "app.federation.bundles.codec._parse_day",
        "app.federation.bundles.codec._parse_info", "app.federation.bundles.codec._parse_place",
        "app.federation.bundles.codec._parse_places", "app.federation.bundles.codec.parse_records",
        "app.federation.bundles.codec._verify_signature", "app.federation.bundles.codec.read_bundle",
    ), "bundles"),
    # Exports of Polis, whole: parse_export above, tests/opinion/test_exports.py, tests/cli/test_opinion.py.
    **dict.fromkeys((
        "app.cli.opinion._read", "app.opinion.maths.exports._parse_comments",
        "app.opinion.maths.exports._parse_time", "app.opinion.maths.exports._parse_votes",
    ), "opinion"),
    # What we wrote ourselves, or a file of ours.
    "app.cli.village._read": "ours", "app.web.coding.decode": "ours", "app.web.static._read": "ours",
    "app.web.streams._read": "ours",
}  # fmt: skip
