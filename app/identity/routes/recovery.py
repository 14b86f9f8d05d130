"""What the twelve words and the passphrase can do for their owner: restore, revoke, change."""

from fastapi import APIRouter
from starlette.responses import Response

from app.crypto.multikey import fingerprint
from app.crypto.sealing import Passphrase
from app.crypto.seed import Seed, parse_words
from app.db import Work
from app.identity import forms, service
from app.identity.errors import JoinsFullError, NameTakenError, WrongPassphraseError
from app.identity.model import Viewer
from app.identity.pages.personas import KeysPage, RestorePage, RevokePage
from app.identity.rules import naming
from app.kernel.clock import day_of
from app.kernel.errors import MalformedError
from app.records import Door
from app.records.model import Custody
from app.records.routes import DoorDep
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .common import (
    NAME_TAKEN,
    count_attempt,
    end_session,
    minutes_of,
    require_viewer,
    translated,
    with_session,
)
from .probation import begin_join

router = APIRouter()

_WRONG_WORDS = _("These are not twelve words of the list. Check their spelling and order.")


@router.get("/{language}/restore")
def restore_form(visit: VisitDep) -> Response:
    return visit.render(RestorePage(name=""), section="login")


@router.post("/{language}/restore")
def restore_submit(visit: PostedDep, door: DoorDep) -> Response:
    form = forms.parse_restore(visit.fields)
    try:
        return _restore(visit, door, form)
    except JoinsFullError as error:
        page = RestorePage(name=form.name, wait_minutes=minutes_of(error))
        return visit.render(page, section="login", status=429)


def _restore(visit: Posted, door: Door, form: forms.JoinForm) -> Response:
    """Bring a persona back; one that is not known here comes as if it joined.

    Raises:
        JoinsFullError: too many join without an invitation.

    """
    seed, errors = _parse_words(visit, form.errors)
    with visit.read() as work:
        if seed:
            count_attempt(visit, work, "restore", fingerprint_of(seed))
        known = service.find_persona(work, seed) if seed else None
        if not errors and not form.name and not (known and known.name):
            errors["name"] = _(
                "This host does not know these words yet. Give the name to use here."
            )
        if errors or seed is None:
            page = RestorePage(name=form.name, errors=translated(visit, errors))
            return visit.render(page, section="login", status=400)
    if known is None:
        begin_join(visit.site.gate, visit.site.clock.now())
    with visit.site.gate.stretching(visit.listener.kind):
        stretched = service.stretch_new(visit.site.randomness, form.passphrase)
    with visit.write() as work:
        try:
            with work.attempt():
                day = day_of(work.now)
                token = service.restore_persona(work, door, seed, form.name, stretched, day)
        except NameTakenError:
            page = RestorePage(name=form.name, errors=translated(visit, {"name": NAME_TAKEN}))
            return visit.render(page, section="login", status=409)
        service.close_session(work, visit.session_token)
    return with_session(visit, token, visit.address("/welcome"))


@router.get("/{language}/revoke")
def revoke_form(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = service.find_viewer(work, visit.session_token)
    return visit.render(RevokePage(), viewer, section="persona")


@router.post("/{language}/revoke")
def revoke_submit(visit: PostedDep, door: DoorDep) -> Response:
    """Revoke first; whoever does it may be in a hurry, so nothing but the words is asked."""
    seed, errors = _parse_words(visit, {})
    if seed is None:
        return visit.render(RevokePage(errors=translated(visit, errors)), status=400)
    with visit.write() as work:
        is_known = service.find_persona(work, seed) is not None
        if is_known:
            service.revoke_persona(work, door, seed, day_of(work.now))
    if not is_known:
        errors = {"words": _("This host does not know these words. Revoke at a host that does.")}
        return visit.render(RevokePage(errors=translated(visit, errors)), status=400)
    # Not a page of its own: nobody should read that their keys are revoked who has not done it.
    return end_session(visit, visit.render(RevokePage(is_done=True)))


@router.get("/{language}/keys")
def keys_form(visit: VisitDep, done: str = "") -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        page = _keys_page(visit, work, viewer, done=done)
    return visit.render(page, viewer, section="persona")


@router.post("/{language}/keys/passphrase")
def passphrase_submit(visit: PostedDep) -> Response:
    """Change the passphrase; it needs the old one, and ends every other session."""
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        count_attempt(visit, work, "login", naming.fold_name(viewer.name))
        sealed = service.find_login(work, viewer.name)
    new = visit.fields["new_passphrase"]
    errors = forms.passphrase_errors(new, "new_passphrase")
    opened = None
    try:
        with visit.site.gate.stretching(visit.listener.kind):
            opened = service.unseal_login(sealed, Passphrase(visit.fields["passphrase"]))
    except WrongPassphraseError:
        errors["passphrase"] = _("This is not your passphrase. Capital letters count.")
    if errors or opened is None:
        with visit.read() as work:
            page = _keys_page(visit, work, viewer, errors=translated(visit, errors))
        return visit.render(page, viewer, section="persona", status=400)
    with visit.site.gate.stretching(visit.listener.kind):
        stretched = service.stretch_new(visit.site.randomness, Passphrase(new))
    with visit.write() as work:
        token = service.change_passphrase(work, *opened, stretched)
    return with_session(visit, token, visit.address("/keys?done=passphrase"))


@router.post("/{language}/keys/sessions")
def sessions_submit(visit: PostedDep) -> Response:
    """End every other session of the viewer."""
    with visit.write() as work:
        viewer = require_viewer(work, visit)
        service.end_other_sessions(work, viewer, visit.session_token)
    return visit.see_other(visit.address("/keys?done=sessions"))


@router.get("/{language}/keys/records.jsonl")
def own_records(visit: VisitDep) -> Response:
    """Hand out everything that the viewer's keys signed, each record's exact bytes on a line.

    Records are canonical JSON, which has no line ends.
    """
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        signed = service.list_own_records(work, viewer)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="goftogu-records.jsonl"',
    }
    body = b"".join(raw + b"\n" for raw in signed)
    return Response(body, headers=headers, media_type="application/jsonl")


def fingerprint_of(seed: Seed) -> str:
    """Return what attempts with these words are counted under."""
    return fingerprint(seed.root_key().public)


def _keys_page(
    visit: Visit,
    work: Work,
    viewer: Viewer,
    *,
    errors: FieldErrors | None = None,
    done: str = "",
) -> KeysPage:
    return KeysPage(
        name=viewer.name,
        fingerprint=viewer.fingerprint,
        custody=viewer.custody.value,
        has_passphrase=viewer.custody is Custody.UNLOCKED,
        sessions=tuple(service.list_session_days(work, viewer, visit.session_token)),
        done=done,
        errors=errors or FieldErrors(),
    )


def _parse_words(visit: Posted, errors: dict[str, str]) -> tuple[Seed | None, dict[str, str]]:
    try:
        return parse_words(visit.fields["words"]), dict(errors)
    except MalformedError:
        return None, {"words": _WRONG_WORDS, **errors}
