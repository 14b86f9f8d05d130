"""Joining: a name, twelve words, two of them typed back."""

from dataclasses import replace
from typing import Final, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from app import records
from app.crypto.multikey import encode_did, fingerprint
from app.crypto.sealing import NONCE_BYTES, open_box, seal
from app.crypto.seed import Seed
from app.db import Work
from app.identity import codec, forms, rules, service
from app.identity.errors import JoinsFullError, NameTakenError, StaleCardError
from app.identity.pages import JoinPage, WelcomePage, WordsPage
from app.identity.rules import naming
from app.kernel import strict_json
from app.kernel.clock import MINUTE_S, day_of
from app.kernel.errors import AppError, MalformedError, VerificationError
from app.records.routes import DoorDep
from app.web.error_pages import status_of
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.tokens import decode_bytes, encode_bytes
from app.web.visit import LoginNeededError, Posted, PostedDep, Visit, VisitDep

from .common import (
    NAME_TAKEN,
    NextPath,
    count_attempt,
    explained,
    minutes_of,
    require_usable,
    translated,
    wanted,
    with_session,
)
from .probation import begin_join

router = APIRouter()

JOIN_MINUTES: Final = 60
_STEP_CONTEXT: Final = "goftogu/v1/join-step"


class _Step(NamedTuple):
    """What goes from one step of joining to the next, sealed in the page."""

    new: service.NewPersona
    invitation: str
    """As it was typed, good when it was; empty if there was none."""


@router.get("/{language}/join")
def join_form(visit: VisitDep, next_path: NextPath = "") -> Response:
    with visit.read() as work:
        viewer = service.find_viewer(work, visit.session_token)
        name = naming.propose_name(visit.language.name_parts, work.randomness.token_bytes(2))
        page = _join_page(visit, work, name, next_path=next_path)
    return visit.render(page, viewer, section="join")


@router.post("/{language}/join")
def join_submit(visit: PostedDep) -> Response:
    """Make the persona's secrets and show the words. Nothing is stored yet."""
    form = forms.parse_join(visit.fields)
    with visit.read() as work:
        count_attempt(visit, work, "join", form.name)
        shared, refused = require_usable(visit, work, visit.fields["invitation"])
        errors = {**form.errors, **refused}
        try:
            service.require_free_name(work, form.name)
        except NameTakenError:
            errors.setdefault("name", NAME_TAKEN)
        page = _join_page(visit, work, form.name, translated(visit, errors))
    if errors:
        return visit.render(page, section="join", status=400)
    try:
        begin_join(visit.site.gate, visit.site.clock.now(), shared)
    except JoinsFullError as error:
        page = replace(page, wait_minutes=minutes_of(error))
        return visit.render(page, section="join", status=429)
    # No transaction is open while a passphrase is stretched.
    with visit.site.gate.stretching(visit.listener.kind):
        new = service.prepare_persona(visit.site.randomness, form.name, form.passphrase)
    with visit.read() as work:
        step = _Step(new, visit.fields["invitation"])
        return visit.render(_words_page(visit, work, step), section="join")


@router.post("/{language}/join/words")
def join_words_again(visit: PostedDep) -> Response:
    """Show other words for the same name and passphrase."""
    with visit.read() as work:
        step, _, _ = _open_step(visit, work)
        old = step.new
        new = service.NewPersona(
            name=old.name,
            entropy=work.randomness.token_bytes(16),
            stretched=old.stretched,
            salt=old.salt,
        )
        return visit.render(_words_page(visit, work, step._replace(new=new)), section="join")


@router.post("/{language}/join/confirm")
def join_confirm(visit: PostedDep, door: DoorDep) -> Response:
    """Compare two words, then bring the persona into being."""
    with visit.write() as work:
        step, first, second = _open_step(visit, work)
        new = step.new
        words = Seed(new.entropy).words()
        errors = {
            name: _("This is not the word with that number. Look at your paper again.")
            for name, number in (("word_first", first), ("word_second", second))
            if visit.fields[name].strip().lower() != words[number - 1]
        }
        if errors:
            page = _words_page(visit, work, step, (first, second), translated(visit, errors))
            return visit.render(page, section="join", status=400)
        shared, refused = require_usable(visit, work, step.invitation)
        if refused:
            # Somebody else came with it since it was typed, or its month was frozen.
            errors_ = FieldErrors(by_field=refused)
            page_ = _join_page(visit, work, new.name, errors_, invitation=step.invitation)
            return visit.render(page_, section="join", status=409)
        entrance = door.guarded() if shared else door
        try:
            with work.attempt():
                token = service.register_persona(work, entrance, new, day_of(work.now))
                service.close_session(work, visit.session_token)
                if shared:
                    root = encode_did(Seed(new.entropy).root_key().public)
                    service.redeem(work, root, shared)
        except NameTakenError:
            errors_ = translated(visit, {"name": NAME_TAKEN})
            page_ = _join_page(visit, work, new.name, errors_, invitation=step.invitation)
            return visit.render(page_, section="join", status=409)
        except JoinsFullError as error:
            # The same words, sealed anew: the step is good for as long as anybody has to wait.
            page = _words_page(visit, work, step, (first, second))
            page = replace(page, wait_minutes=minutes_of(error))
            return visit.render(page, section="join", status=429)
    return with_session(visit, token, _welcome(visit))


@router.post("/{language}/join/device")
def join_device(visit: PostedDep, door: DoorDep) -> Response:
    """Take in a card that was signed on the device, and log its key in."""
    raw = visit.fields["record"].strip().encode()
    name = " ".join(visit.fields["name"].split())
    with visit.write() as work:
        shared, refused = require_usable(visit, work, visit.fields["invitation"])
        if refused:
            # The words of the card may be on paper already: it can go without an invitation.
            page = _join_page(visit, work, name, FieldErrors(by_field=refused))
            page = replace(page, record=raw.decode())
            return visit.render(page, section="join", status=400)
        try:
            with work.attempt():
                record = records.parse_record(raw)
                if record.type != "Person":
                    raise MalformedError("not a card")
                service.require_free_name(work, record.document["name"])
                # An old card proves nothing: anyone can fetch it. A new one needs the words.
                entrance = door.guarded() if shared else door
                if not entrance.submit(work, raw).is_new:
                    raise StaleCardError("a card that is here already")
                did = record.document[codec.KEYS][0]["id"]
                service.close_session(work, visit.session_token)
                token = service.open_device_session(work, did)
                if shared:
                    service.redeem(work, record.signer, shared)
        except JoinsFullError as error:
            page = _join_page(visit, work, name)
            page = replace(page, wait_minutes=minutes_of(error), record=raw.decode())
            return visit.render(page, section="join", status=429)
        except AppError as error:
            page = _join_page(visit, work, name, explained(visit, "record", error))
            return visit.render(page, section="join", status=status_of(error))
    return with_session(visit, token, _welcome(visit))


@router.get("/{language}/welcome")
def welcome_page(visit: VisitDep, next_path: NextPath = "") -> Response:
    with visit.read() as work:
        viewer = service.find_viewer(work, visit.session_token)
    if viewer is None:
        return visit.see_other(visit.address("/login"))
    page = WelcomePage(
        name=viewer.name,
        fingerprint=viewer.fingerprint,
        custody=viewer.custody.value,
        next_path=wanted(visit, next_path) or visit.address("/boards"),
    )
    return visit.render(page, viewer, section="persona")


def _welcome(visit: Posted) -> str:
    """Return the address of the last step, which leads on to where somebody wanted to go."""
    path = wanted(visit)
    return visit.address("/welcome") + (f"?{urlencode({'next': path})}" if path else "")


def _join_page(
    visit: Visit,
    work: Work,
    name: str,
    errors: FieldErrors | None = None,
    *,
    next_path: str = "",
    invitation: str = "",
) -> JoinPage:
    typed = visit.fields["invitation"] if isinstance(visit, Posted) else ""
    return JoinPage(
        name=name,
        invitation=invitation or typed,
        next_path=wanted(visit, next_path),
        nonce=service.encode_id(work),
        day=day_of(work.now),
        errors=errors or FieldErrors(),
    )


def _words_page(
    visit: Visit,
    work: Work,
    step: _Step,
    positions: tuple[int, int] | None = None,
    errors: FieldErrors | None = None,
) -> WordsPage:
    """Show the words. What the next step needs travels sealed in the page, stored nowhere."""
    new, seed = step.new, Seed(step.new.entropy)
    first, second = positions or rules.choose_positions(work.randomness.token_bytes(2))
    carried = strict_json.encode(
        {
            "invitation": step.invitation,
            "name": new.name,
            "entropy": new.entropy.hex(),
            "stretched": new.stretched.hex(),
            "salt": new.salt.hex(),
            "first": first,
            "second": second,
            "until": work.now // MINUTE_S + JOIN_MINUTES,
        }
    )
    nonce = work.randomness.token_bytes(NONCE_BYTES)
    box = seal(visit.site.form_key, carried, context=_STEP_CONTEXT, nonce=nonce)
    return WordsPage(
        name=new.name,
        fingerprint=fingerprint(seed.root_key().public),
        words=seed.words(),
        first=first,
        second=second,
        sealed=encode_bytes(box),
        next_path=wanted(visit),
        errors=errors or FieldErrors(),
    )


def _open_step(visit: Posted, work: Work) -> tuple[_Step, int, int]:
    """Return what the words page carried.

    Raises:
        LoginNeededError: it is not ours or too old: joining begins anew.

    """
    box = decode_bytes(visit.fields["sealed"])
    try:
        step = strict_json.decode(open_box(visit.site.form_key, box, context=_STEP_CONTEXT))
    except (MalformedError, VerificationError) as error:
        raise JoinExpiredError("not a step of joining") from error
    if step["until"] < work.now // MINUTE_S:
        raise JoinExpiredError("the step of joining is too old")
    new = service.NewPersona(
        name=step["name"],
        entropy=bytes.fromhex(step["entropy"]),
        stretched=bytes.fromhex(step["stretched"]),
        salt=bytes.fromhex(step["salt"]),
    )
    return _Step(new, step["invitation"]), step["first"], step["second"]


class JoinExpiredError(LoginNeededError):
    """A step of joining that is not ours or too old."""

    code = "join-expired"
