"""Which records this room owns, and which it looks at before the room below takes them in."""

from collections.abc import Mapping
from functools import partial

from app.records import Owner

from .charters import accept_binding, accept_change, accept_charter, accept_event, accept_opening
from .choosing import accept_choice
from .commitments import accept_own, accept_status
from .ledger import accept_outcome
from .lot import accept_draw
from .notes import accept_note, accept_revision
from .offices import RequireApart, accept_attestation, accept_office, accept_office_end
from .questions import accept_appeal, accept_question_change


def own_halls(
    instance_did: str, below: Mapping[str, Owner], require_apart: RequireApart
) -> dict[str, Owner]:
    """Return who takes in what officials and hearings are made of.

    `below` are the owners of consultations; `require_apart` keeps moderators out of offices.
    """
    of_host = {
        "Event": accept_event,
        "Update/charter": accept_charter,
        "Update/question": accept_question_change,
        "Update/choice": accept_choice,
        "Update/commitment": accept_status,
        "Update/outcome": accept_outcome,
    }
    owned = {
        name: Owner(accept=partial(accept, instance_did=instance_did))
        for name, accept in of_host.items()
    }
    first = {
        "Note": accept_note,
        "Update": accept_revision,
        "Question": accept_opening,
        "Update/conversation": accept_change,
    }
    looked_at = {
        name: Owner(accept=partial(accept, of_opinion=below[name]), publish=below[name].publish)
        for name, accept in first.items()
    }
    of_officials = {
        "Offer/official": Owner(accept=accept_office),
        "Accept/official": Owner(accept=partial(accept_attestation, require_apart=require_apart)),
        "Undo/official": Owner(accept=accept_office_end),
        "Accept/charter": Owner(accept=accept_binding),
        "Accept/lot": Owner(accept=accept_draw),
        "Accept/commitment": Owner(accept=accept_own),
        "Update/appeal": Owner(accept=accept_appeal),
    }
    return {**owned, **looked_at, **of_officials}
