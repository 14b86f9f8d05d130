"""What joining, logging in and recovery share: cookies, counting, sentences."""

from typing import Annotated, Final

from fastapi import Query
from starlette.responses import Response

from app.crypto.seed import Seed
from app.db import Work
from app.identity import forms, service
from app.identity.errors import NameTakenError
from app.identity.model import Viewer
from app.identity.model.tokens import Invitation
from app.identity.service import LoginSession
from app.kernel.clock import MINUTE_S
from app.kernel.errors import AppError, LimitError
from app.web.error_pages import sentences_of, status_of
from app.web.forms import safe_path
from app.web.limits import PASSPHRASES_OF_SENDER, TRIES_TO_REDEEM
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import LoginNeededError, Posted, Visit

NextPath = Annotated[str, Query(alias="next", max_length=300)]
NAME_TAKEN: Final = _("This name is taken here. Choose another one.")


def end_session(visit: Visit, response: Response) -> Response:
    """Take the session's cookie, and what the browser kept of these pages, off the device."""
    listener = visit.listener
    response.headers.append("Set-Cookie", listener.set_cookie(listener.cookie_name, "", seconds=0))
    # A key remembered on this device goes as well: the words bring it back. Browsers ignore this
    # on insecure origins; the cookie above is expired either way. Another site that embeds the
    # address must not be able to wipe it.
    if visit.is_from_here():
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def wanted(visit: Visit, asked: str = "") -> str:
    """Return the page of this site that somebody wanted before this one; empty if none.

    A form brings it along; the address that opens the form names it in `asked`.
    """
    return safe_path(visit.fields["next"] if isinstance(visit, Posted) else asked, fallback="")


def with_session(visit: Visit, token: str, path: str) -> Response:
    """Return a redirect that hands a session's cookie over."""
    return hand_over(visit, token, visit.see_other(path))


def hand_over(visit: Visit, token: str, response: Response) -> Response:
    """Let an answer hand a session's cookie over."""
    listener = visit.listener
    # No Max-Age: the cookie ends with the browser and never reaches the disk.
    response.headers.append("Set-Cookie", listener.set_cookie(listener.cookie_name, token))
    return response


def require_viewer(work: Work, visit: Visit) -> Viewer:
    """Return who is logged in; what they send is counted.

    Raises:
        LoginNeededError: nobody is.
        LimitError: the persona sends too much.

    """
    return require_session(work, visit).viewer


def require_session(work: Work, visit: Visit) -> LoginSession:
    """Return the login session of who is logged in; what they send is counted.

    Raises:
        LoginNeededError: nobody is.
        LimitError: the persona sends too much.

    """
    session = service.find_session(work, visit.session_token)
    if session is None:
        raise LoginNeededError("nobody is logged in")
    visit.count_persona(session.viewer.root)
    return session


def count_attempt(visit: Visit, work: Work, bucket: str, key: str) -> None:
    """Count an attempt at something costly or guessable, for what it is at and for who makes it.

    Raises:
        TooFastError, LimitError: too many, at this or by this session or circuit.

    """
    visit.count_for_sender(PASSPHRASES_OF_SENDER)
    visit.site.gate.pass_through(bucket, key, work.now, most=10, per_s=5 * MINUTE_S)


def minutes_of(error: LimitError) -> int:
    """Return in how many whole minutes it can be tried again."""
    return -(-error.wait_s // MINUTE_S)


def translated(visit: Visit, errors: dict[str, str]) -> FieldErrors:
    """Return what is wrong in the reader's language."""
    return FieldErrors(by_field={name: visit.translate(text) for name, text in errors.items()})


def require_usable(
    visit: Posted, work: Work, typed: str
) -> tuple[Invitation | Seed | None, dict[str, str]]:
    """Return what was typed as an invitation, None if nothing was, and what is wrong with it.

    Raises:
        LimitError: too many were tried by this session or circuit.

    """
    form = forms.parse_invitation(typed)
    if form.typed:
        visit.count_for_sender(TRIES_TO_REDEEM)
    if form.error:
        sentence = visit.translate(form.error)
        return None, {"invitation": sentence % {"words": form.wrong} if form.wrong else sentence}
    if form.shared is None:
        return None, {}
    try:
        service.require_usable(work, form.shared)
    except AppError as error:
        return None, explained(visit, "invitation", error).by_field
    return form.shared, {}


def explained(visit: Visit, field: str, error: AppError) -> FieldErrors:
    """Say why the door refused."""
    if isinstance(error, NameTakenError):
        return translated(visit, {"name": NAME_TAKEN})
    title, explanation = sentences_of(error.code, status_of(error))
    return FieldErrors(
        by_field={field: f"{visit.translate(title)}. {visit.translate(explanation)}"}
    )
