"""Logging in by passphrase or by key, and out."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.crypto.sealing import Passphrase
from app.db import Work
from app.identity import service
from app.identity.codec import login_proofs
from app.identity.errors import UnknownKeyError, WrongPassphraseError
from app.identity.pages import GoOnPage, LoggedOutPage, LoginPage
from app.identity.rules import naming
from app.kernel.clock import MINUTE_S, Instant, day_of
from app.kernel.errors import AppError, ReadOnlyError, VerificationError
from app.web.error_pages import status_of
from app.web.forms import REPORT, carried_words
from app.web.listener import Kind
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.tokens import make_challenge, require_challenge
from app.web.visit import LeavingDep, Posted, PostedDep, Visit, VisitDep

from .common import NextPath, count_attempt, end_session, hand_over, translated, wanted

router = APIRouter()

CHALLENGE_S: Final = 15 * MINUTE_S


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
        count_attempt(visit, work, "login", naming.fold_name(name))
        sealed = service.find_login(work, name)
    try:
        with visit.site.gate.stretching(visit.listener.kind):
            login, posting = service.unseal_login(sealed, Passphrase(visit.fields["passphrase"]))
    except WrongPassphraseError:
        errors = {
            "passphrase": _(
                "No name here has this passphrase. Look at both again; capital letters count. If the keys were revoked, come back with the twelve words."
            )
        }
        with visit.read() as work:
            page = _login_page(visit, work, name=name, errors=translated(visit, errors))
        return visit.render(page, section="login", status=403)
    with visit.write() as work:
        service.close_session(work, visit.session_token)
        token = service.open_session(work, login, posting)
        return hand_over(visit, token, _go_on(visit, work, token))


@router.post("/{language}/login/again")
def login_again(visit: PostedDep) -> Response:
    """Show the log-in with what somebody was writing when their session ended."""
    with visit.read() as work:
        return visit.render(_login_page(visit, work), section="login")


@router.post("/{language}/login/key")
def login_key_submit(visit: PostedDep) -> Response:
    """Log in a device key by its proof, made by the page's script or on the command line."""
    field = "proof" if visit.fields["proof"] else "pasted"
    raw = visit.fields[field].strip().encode()
    with visit.write() as work:
        try:
            proof = login_proofs.verify_login_proof(raw)
            if proof.domain != visit.site.instance_did:
                raise VerificationError("a proof for another instance")
            until = require_challenge(visit.site.form_key, proof.challenge, work.now)
            if proof.expires != _write_instant(until):
                raise VerificationError("the proof and its challenge end at different times")
            visit.site.gate.use_once(proof.challenge, work.now, until=until)
            token = service.open_device_session(work, proof.did)
            # A session that somebody may have planted before the log-in dies with it.
            service.close_session(work, visit.session_token)
        except AppError as error:
            errors = {
                field: _(
                    "The proof does not hold, or is too old. Make a new one for the challenge below."
                )
            }
            if isinstance(error, UnknownKeyError):
                errors = {
                    "proof": _("No persona here has this key. Join first, or hand in its card.")
                }
            page = _login_page(visit, work, errors=translated(visit, errors))
            return visit.render(page, section="login", status=status_of(error))
        return hand_over(visit, token, _go_on(visit, work, token))


@router.post("/{language}/logout")
def logout_submit(visit: LeavingDep) -> Response:
    # Where the host only reads, the session ends with its cookie.
    with suppress(ReadOnlyError), visit.write() as work:
        service.close_session(work, visit.session_token)
    return end_session(visit, visit.see_other(visit.address("/logged-out")))


@router.get("/{language}/logged-out")
def logged_out_page(visit: VisitDep) -> Response:
    return visit.render(LoggedOutPage(is_onion=visit.listener.kind is Kind.ONION))


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
    return LoginPage(
        name=name,
        next_path=wanted(visit, next_path),
        instance_did=visit.site.instance_did,
        challenge=make_challenge(visit.site.form_key, nonce, expires_at),
        expires=_write_instant(expires_at),
        day=day_of(work.now),
        errors=errors or FieldErrors(),
        carried=carried_words(visit.fields, visit.site.words) if isinstance(visit, Posted) else {},
    )


def _go_on(visit: Posted, work: Work, token: str) -> Response:
    """Return where a log-in leads: to the words that came along, else to the page that was wanted.

    Those of a report are in the page alone: no row may hold them beside who wrote them.
    """
    words = carried_words(visit.fields, visit.site.words)
    viewer = service.find_viewer(work, token)
    if REPORT in words and viewer is not None:
        visit.session_token = token
        page = GoOnPage(action=visit.address(words.pop("place")), carried=words)
        return visit.render(page, viewer)
    if words and viewer is not None:
        return visit.see_other(visit.address(visit.site.keep_words(work, viewer.root, words)))
    return visit.see_other(wanted(visit) or visit.address("/boards"))


def _write_instant(moment: Instant) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
