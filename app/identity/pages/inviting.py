"""View models of invitations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.identity.model import Limit
from app.web.pages import ASKING_POLICY, FieldErrors, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationsPage(Page):
    """Give an invitation, on the device or by the host, or come with one."""

    template: ClassVar[str] = "identity/invitations.html"
    has_script: ClassVar[bool] = True
    script: ClassVar[str] = "invite.js"
    headers: ClassVar[Mapping[str, str]] = ASKING_POLICY

    can_make: bool
    left: int
    may_from: date | None
    """From when the viewer may invite; None for whoever was not invited here."""
    has_begun: bool
    """Whether that day has come."""
    is_invited: bool
    next_month: date
    month: str
    """This month as invitations name it; empty where the viewer cannot make any."""
    issuer: str
    """The month's public key in base64url (DER), which its holder's device blinds for."""
    instance_did: str
    invitation: str
    """What was typed into the field of whoever comes with one."""
    limit: Limit | None
    """What keeps the viewer from inviting for now; None for nothing."""
    is_done: bool = False
    """The viewer has just come with one."""
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage(Page):
    """An invitation, shown once: as words, as a picture and as text."""

    template: ClassVar[str] = "identity/invitation.html"

    text: str
    words: tuple[str, ...]
    """Empty if they were not wanted."""
    picture: str
    """A QR code of the words, or of the text where there are none, as a data URL."""
    good_until: date
    origin: str
    """The host's address."""
