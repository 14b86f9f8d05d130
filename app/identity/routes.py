"""HTTP of joining, logging in and out, and a persona's page."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import records
from app.crypto.multikey import fingerprint
from app.crypto.sealing import NONCE_BYTES, Passphrase, open_box, seal
from app.crypto.seed import Seed
from app.db import Work
from app.kernel import strict_json
from app.kernel.clock import MINUTE_S, Instant, day_of
from app.kernel.errors import AppError, MalformedError, VerificationError
from app.records.routes import DoorDep
from app.web.error_pages import gettext_noop as _
from app.web.error_pages import sentences_of, status_of
from app.web.forms import safe_path
from app.web.pages import FieldErrors
from app.web.tokens import decode_bytes, encode_bytes, make_challenge, require_challenge
from app.web.visit import LoginNeededError, Posted, PostedDep, Visit, VisitDep

from . import codec, forms, rules, service
from .errors import NameTakenError, UnknownKeyError, WrongPassphraseError
from .pages import JoinPage, LoggedOutPage, LoginPage, WelcomePage, WordsPage

router = APIRouter()

JOIN_MINUTES: Final = 60
CHALLENGE_S: Final = 15 * MINUTE_S
_STEP_CONTEXT: Final = "goftogu/v1/join-step"
NextPath = Annotated[str, Query(alias="next", max_length=300)]


@router.get("/{language}/join")
def join_form(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = service.find_viewer(work, visit.session_token)
        name = rules.propose_name(visit.language.name_parts, work.randomness.token_bytes(2))
        page = _join_page(work, name)
    return visit.render(page, viewer, section="join")


@router.post("/{language}/join")
def join_submit(visit: PostedDep) -> Response:
    """Make the persona's secrets and show the words. Nothing is stored yet."""
    form = forms.parse_join(visit.fields)
    errors = dict(form.errors)
    with visit.read() as work:
        try:
            if not errors:
                _count(visit, work, "join", form.name)
                with visit.site.gate.stretching:
                    new = service.prepare_persona(work, form.name, form.passphrase)
                return visit.render(_words_page(visit, work, new), section="join")
            service.require_free_name(work, form.name)
        except NameTakenError:
            errors["name"] = _("This name is taken here. Choose another one.")
        page = _join_page(work, form.name, _translated(visit, errors))
    return visit.render(page, section="join", status=400)


@router.post("/{language}/join/words")
def join_words_again(visit: PostedDep) -> Response:
    """Show other words for the same name and passphrase."""
    with visit.read() as work:
        old, _, _ = _open_step(visit, work)
        new = service.NewPersona(
            name=old.name,
            entropy=work.randomness.token_bytes(16),
            stretched=old.stretched,
            salt=old.salt,
        )
        return visit.render(_words_page(visit, work, new), section="join")


@router.post("/{language}/join/confirm")
def join_confirm(visit: PostedDep, door: DoorDep) -> Response:
    """Compare two words, then bring the persona into being."""
    with visit.write() as work:
        new, first, second = _open_step(visit, work)
        words = Seed(new.entropy).words()
        errors = {
            name: _("This is not the word with that number. Look at your paper again.")
            for name, number in (("word_first", first), ("word_second", second))
            if visit.fields[name].strip().lower() != words[number - 1]
        }
        if errors:
            page = _words_page(visit, work, new, (first, second), _translated(visit, errors))
            return visit.render(page, section="join", status=400)
        try:
            with work.session.begin_nested():
                token = service.register_persona(work, door, new, day_of(work.now))
                service.close_session(work, visit.session_token)
        except NameTakenError:
            errors = {"name": _("This name is taken here. Choose another one.")}
            page_ = _join_page(work, new.name, _translated(visit, errors))
            return visit.render(page_, section="join", status=409)
    return _with_session(visit, token, visit.address("/welcome"))


@router.post("/{language}/join/device")
def join_device(visit: PostedDep, door: DoorDep) -> Response:
    """Take in a card that was signed on the device, and log its key in."""
    raw = visit.fields["record"].strip().encode()
    with visit.write() as work:
        try:
            with work.session.begin_nested():
                record = records.parse_record(raw)
                if record.type != "Person":
                    raise MalformedError("not a card")
                service.require_free_name(work, record.document["name"])
                door.submit(work, raw)
                did = record.document[codec.KEYS][0]["id"]
                service.close_session(work, visit.session_token)
                token = service.open_device_session(work, did)
        except AppError as error:
            name = " ".join(visit.fields["name"].split())
            page = _join_page(work, name, _explained(visit, "record", error))
            return visit.render(page, section="join", status=status_of(error))
    return _with_session(visit, token, visit.address("/welcome"))


@router.get("/{language}/welcome")
def welcome_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = service.find_viewer(work, visit.session_token)
    if viewer is None:
        return visit.see_other(visit.address("/login"))
    page = WelcomePage(
        name=viewer.name,
        fingerprint=viewer.fingerprint,
        custody=viewer.custody.value,
        next_path=visit.address("/boards"),
    )
    return visit.render(page, viewer, section="persona")


@router.get("/{language}/login")
def login_form(visit: VisitDep, next_path: NextPath = "") -> Response:
    with visit.read() as work:
        viewer = service.find_viewer(work, visit.session_token)
        page = _login_page(visit, work, next_path=next_path)
        if viewer is None and visit.session_token:
            page = replace(page, is_expired=True)
    return visit.render(page, viewer, section="login")


@router.post("/{language}/login")
def login_submit(visit: PostedDep) -> Response:
    name = visit.fields["name"]
    with visit.read() as work:
        _count(visit, work, "login", rules.fold_name(name))
        sealed = service.find_login(work, name)
    try:
        with visit.site.gate.stretching:
            login, posting = service.unseal_login(sealed, Passphrase(visit.fields["passphrase"]))
    except WrongPassphraseError:
        errors = {
            "passphrase": _(
                "No name here has this passphrase. Look at both again; capital letters count."
            )
        }
        with visit.read() as work:
            page = _login_page(visit, work, name=name, errors=_translated(visit, errors))
        return visit.render(page, section="login", status=403)
    with visit.write() as work:
        service.close_session(work, visit.session_token)
        token = service.open_session(work, login, posting)
    return _with_session(visit, token, _next(visit))


@router.post("/{language}/login/key")
def login_key_submit(visit: PostedDep) -> Response:
    """Log in a device key by its proof, made by the page's script or on the command line."""
    raw = (visit.fields["proof"] or visit.fields["pasted"]).strip().encode()
    with visit.write() as work:
        try:
            proof = codec.verify_login_proof(raw)
            if proof.domain != visit.site.instance_did:
                raise VerificationError("a proof for another instance")
            require_challenge(visit.site.form_key, proof.challenge, work.now)
            visit.site.gate.use_once("challenge", proof.challenge, work.now, per_s=2 * CHALLENGE_S)
            token = service.open_device_session(work, proof.did)
            # A session that somebody may have planted before the log-in dies with it.
            service.close_session(work, visit.session_token)
        except AppError as error:
            errors = {
                "proof": _(
                    "The proof does not hold, or is too old. Make a new one for the challenge below."
                )
            }
            if isinstance(error, UnknownKeyError):
                errors = {
                    "proof": _("No persona here has this key. Join first, or hand in its card.")
                }
            page = _login_page(visit, work, errors=_translated(visit, errors))
            return visit.render(page, section="login", status=status_of(error))
    return _with_session(visit, token, _next(visit))


@router.post("/{language}/logout")
def logout_submit(visit: PostedDep) -> Response:
    with visit.write() as work:
        service.close_session(work, visit.session_token)
    return end_session(visit, visit.see_other(visit.address("/logged-out")))


@router.get("/{language}/logged-out")
def logged_out_page(visit: VisitDep) -> Response:
    return visit.render(LoggedOutPage())


def end_session(visit: Visit, response: Response) -> Response:
    """Take the session's cookie, and what the browser kept of these pages, off the device."""
    listener = visit.site.listener
    response.headers.append("Set-Cookie", listener.set_cookie(listener.cookie_name, "", seconds=0))
    # A key remembered on this device goes as well: the words bring it back. Browsers ignore this
    # on insecure origins; the cookie above is expired either way. Another site that embeds the
    # address must not be able to wipe it.
    if visit.is_from_here():
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _with_session(visit: Visit, token: str, path: str) -> Response:
    response = visit.see_other(path)
    listener = visit.site.listener
    # No Max-Age: the cookie ends with the browser and never reaches the disk.
    response.headers.append("Set-Cookie", listener.set_cookie(listener.cookie_name, token))
    return response


def _join_page(work: Work, name: str, errors: FieldErrors | None = None) -> JoinPage:
    return JoinPage(
        name=name,
        nonce=service.encode_id(work),
        day=day_of(work.now),
        errors=errors or FieldErrors(),
    )


def _words_page(
    visit: Visit,
    work: Work,
    new: service.NewPersona,
    positions: tuple[int, int] | None = None,
    errors: FieldErrors | None = None,
) -> WordsPage:
    """Show the words. What the next step needs travels sealed in the page, stored nowhere."""
    seed = Seed(new.entropy)
    first, second = positions or rules.choose_positions(work.randomness.token_bytes(2))
    step = strict_json.encode(
        {
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
    box = seal(visit.site.form_key, step, context=_STEP_CONTEXT, nonce=nonce)
    return WordsPage(
        name=new.name,
        fingerprint=fingerprint(seed.root_key().public),
        words=seed.words(),
        first=first,
        second=second,
        sealed=encode_bytes(box),
        errors=errors or FieldErrors(),
    )


def _open_step(visit: Posted, work: Work) -> tuple[service.NewPersona, int, int]:
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
    return new, step["first"], step["second"]


class JoinExpiredError(LoginNeededError):
    """A step of joining that is not ours or too old."""

    code = "join-expired"


def _login_page(
    visit: Visit,
    work: Work,
    *,
    name: str = "",
    next_path: str = "",
    errors: FieldErrors | None = None,
) -> LoginPage:
    expires_at = Instant(work.now - work.now % MINUTE_S + CHALLENGE_S)
    nonce = work.randomness.token_bytes(16)
    typed = visit.fields["next"] if isinstance(visit, Posted) else next_path
    return LoginPage(
        name=name,
        next_path=safe_path(typed, fallback=""),
        instance_did=visit.site.instance_did,
        challenge=make_challenge(visit.site.form_key, nonce, expires_at),
        expires=datetime.fromtimestamp(expires_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        day=day_of(work.now),
        errors=errors or FieldErrors(),
    )


def _next(visit: Posted) -> str:
    return safe_path(visit.fields["next"], fallback=visit.address("/boards"))


def _count(visit: Visit, work: Work, bucket: str, key: str) -> None:
    visit.site.gate.pass_through(bucket, key, work.now, most=10, per_s=5 * MINUTE_S)


def _translated(visit: Visit, errors: dict[str, str]) -> FieldErrors:
    return FieldErrors(by_field={name: visit.translate(text) for name, text in errors.items()})


def _explained(visit: Visit, field: str, error: AppError) -> FieldErrors:
    if isinstance(error, NameTakenError):
        return _translated(visit, {"name": _("This name is taken here. Choose another one.")})
    title, explanation = sentences_of(error.code, status_of(error))
    return FieldErrors(
        by_field={field: f"{visit.translate(title)}. {visit.translate(explanation)}"}
    )
