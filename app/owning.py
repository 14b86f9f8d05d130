"""Which room owns which type of record: of this instance's log, and of a partner's."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from app import forum, hearings, identity, listening, moderation, opinion, site
from app.federation import partners
from app.federation.partners import Partner
from app.moderation.files import read_legal_contact
from app.records import Owner

_ACTS: Final = (
    "Remove", "Update/measure", "Block", "Delete/desk", "Undo", "Ignore", "Reject",
)  # fmt: skip

_OFFICES: Final = ("Offer/official", "Accept/official")


def owners(
    instance_did: str, marks_key: bytes, read_contact: Callable[[], str], data: Path
) -> dict[str, Owner]:
    """Return which room owns which type of record."""
    accept_act = Owner(
        accept=partial(
            moderation.accept_act,
            instance_did=instance_did,
            marks_key=marks_key,
            read_contact=read_contact,
        )
    )
    posts = Owner(
        accept=partial(
            forum.accept_post,
            instance_did=instance_did,
            is_under_attack=moderation.is_under_attack,
        )
    )
    said = Owner(accept=partial(hearings.accept_post, of_forum=posts), publish=forum.publish_posts)
    revisions = Owner(accept=forum.accept_revision, publish=forum.publish_revisions)
    erasure = partial(moderation.accept_erasure, read_contact=read_contact)
    below = {
        "Person": Owner(accept=identity.accept_card),
        "Note": Owner(
            accept=partial(opinion.accept_note, of_forum=said),
            publish=partial(opinion.publish_notes, of_forum=said),
        ),
        "Update": Owner(
            accept=partial(opinion.accept_revision, of_forum=revisions),
            publish=forum.publish_revisions,
        ),
        "Delete": Owner(accept=partners.asking(erasure, instance_did)),
        **dict.fromkeys(_ACTS, accept_act),
        **_signed_at_home(instance_did),
        "Move": Owner(accept=partial(partners.accept_move, instance_did=instance_did, data=data)),
        "Application": Owner(
            accept=partial(site.accept_card, instance_did=instance_did), publish=site.publish_card
        ),
        "Update/succession": Owner(accept=partners.accept_order),
    }
    apart = partial(moderation.require_office_apart, marks_key=marks_key)
    found = {**below, **hearings.own_halls(instance_did, below, apart)}
    return {
        kind: replace(owner, accept=forum.at_home(owner.accept, instance_did))
        for kind, owner in found.items()
    }


def _signed_at_home(instance_did: str) -> dict[str, Owner]:
    """Return who takes in what the home's own key signs, or two homes between them."""
    found = {
        "Question": opinion.accept_question,
        "Update/conversation": opinion.accept_change,
        "Update/results": opinion.accept_results,
        "Group": forum.accept_board,
        "Update/board": forum.accept_settings,
        "Update/thread": forum.accept_mark,
        "Announce": moderation.accept_demand,
        "Announce/release": listening.accept_release,
        "Announce/shutdown": hearings.accept_shutdown,
        "Offer": moderation.accept_desk,
        "Page": site.accept_page,
        "Offer/partner": partners.accept_offer,
        "Accept/partner": partners.accept_acceptance,
        "Undo/partner": partners.accept_end,
        "Accept/erasure": partners.accept_erased,
        "Flag": partners.accept_flag,
        "Delete/instance": partners.accept_retirement,
    }
    return {
        kind: Owner(accept=partial(accept, instance_did=instance_did))
        for kind, accept in found.items()
    }


def owners_of(partner: Partner, marks_key: bytes, data: Path) -> dict[str, Owner]:
    """Return which room owns which type of record in a partner's log, where the partner is home."""
    found = owners(partner.did, marks_key, partial(read_legal_contact, data), data)
    as_act = Owner(
        accept=forum.at_home(
            partial(
                moderation.accept_act,
                instance_did=partner.did,
                marks_key=marks_key,
                read_contact=partial(read_legal_contact, data),
                binds=partial(partners.binds, partner=partner),
            ),
            partner.did,
        )
    )
    as_erasure = partial(moderation.accept_erasure, read_contact=partial(read_legal_contact, data))
    as_board = partial(forum.accept_board, instance_did=partner.did, within=partner.name)
    within = partial(moderation.within_home, home=partner.did)
    apart = partial(moderation.require_office_apart, marks_key=marks_key)
    as_move = partial(partners.accept_move, instance_did=partner.did, data=data, must_be_here=False)
    offices = partial(partial, hearings.accept_logged_elsewhere, require_apart=apart)
    return {
        **found,
        **dict.fromkeys(_ACTS, Owner(accept=within(as_act.accept))),
        **{kind: Owner(accept=offices(accept=found[kind].accept)) for kind in _OFFICES},
        # Its own partners are asked by itself.
        "Delete": Owner(accept=forum.at_home(as_erasure, partner.did)),
        "Group": Owner(accept=as_board),
        "Move": Owner(accept=as_move),
        "Application": Owner(accept=partial(partners.accept_card, partner=partner.did)),
    }
