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


def owners(
    instance_did: str, marks_key: bytes, read_contact: Callable[[], str]
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
    notes = Owner(accept=partial(hearings.accept_post, of_forum=posts), publish=forum.publish_posts)
    of_opinion = Owner(
        accept=partial(opinion.accept_note, of_forum=notes),
        publish=partial(opinion.publish_notes, of_forum=notes),
    )
    question = Owner(accept=partial(opinion.accept_question, instance_did=instance_did))
    change = Owner(accept=partial(opinion.accept_change, instance_did=instance_did))
    revisions = Owner(accept=forum.accept_revision, publish=forum.publish_revisions)
    revisions_of_opinion = Owner(
        accept=partial(opinion.accept_revision, of_forum=revisions),
        publish=forum.publish_revisions,
    )
    found = {
        "Person": Owner(accept=identity.accept_card),
        "Note": Owner(
            accept=partial(hearings.accept_note, of_opinion=of_opinion),
            publish=of_opinion.publish,
        ),
        "Update": Owner(
            accept=partial(hearings.accept_revision, of_opinion=revisions_of_opinion),
            publish=forum.publish_revisions,
        ),
        "Question": Owner(accept=partial(hearings.accept_opening, of_opinion=question)),
        "Update/conversation": Owner(accept=partial(hearings.accept_change, of_opinion=change)),
        "Update/outcome": Owner(accept=partial(hearings.accept_outcome, instance_did=instance_did)),
        "Accept/commitment": Owner(accept=hearings.accept_own),
        "Update/commitment": Owner(
            accept=partial(hearings.accept_status, instance_did=instance_did)
        ),
        "Update/results": Owner(accept=partial(opinion.accept_results, instance_did=instance_did)),
        "Event": Owner(accept=partial(hearings.accept_event, instance_did=instance_did)),
        "Accept/charter": Owner(accept=hearings.accept_binding),
        "Update/charter": Owner(accept=partial(hearings.accept_charter, instance_did=instance_did)),
        "Update/question": Owner(
            accept=partial(hearings.accept_question_change, instance_did=instance_did)
        ),
        "Update/choice": Owner(accept=partial(hearings.accept_choice, instance_did=instance_did)),
        "Delete": Owner(accept=partial(moderation.accept_erasure, read_contact=read_contact)),
        "Group": Owner(accept=partial(forum.accept_board, instance_did=instance_did)),
        "Update/board": Owner(accept=partial(forum.accept_settings, instance_did=instance_did)),
        "Update/thread": Owner(accept=partial(forum.accept_mark, instance_did=instance_did)),
        **dict.fromkeys(_ACTS, accept_act),
        "Announce": Owner(accept=partial(moderation.accept_demand, instance_did=instance_did)),
        "Announce/release": Owner(
            accept=partial(listening.accept_release, instance_did=instance_did)
        ),
        "Offer": Owner(accept=partial(moderation.accept_desk, instance_did=instance_did)),
        **hearings.own_offices(partial(moderation.require_office_apart, marks_key=marks_key)),
        "Application": Owner(
            accept=partial(site.accept_card, instance_did=instance_did), publish=site.publish_card
        ),
        "Page": Owner(accept=partial(site.accept_page, instance_did=instance_did)),
        "Offer/partner": Owner(accept=partial(partners.accept_offer, instance_did=instance_did)),
        "Accept/partner": Owner(
            accept=partial(partners.accept_acceptance, instance_did=instance_did)
        ),
        "Update/succession": Owner(accept=partners.accept_order),
        "Move": Owner(accept=partial(partners.accept_move, instance_did=instance_did)),
        "Undo/partner": Owner(accept=partial(partners.accept_end, instance_did=instance_did)),
    }
    return {
        kind: replace(owner, accept=forum.at_home(owner.accept, instance_did))
        for kind, owner in found.items()
    }


def owners_of(partner: Partner, marks_key: bytes, data: Path) -> dict[str, Owner]:
    """Return which room owns which type of record in a partner's log, where the partner is home."""
    found = owners(partner.did, marks_key, partial(read_legal_contact, data))
    as_board = partial(forum.accept_board, instance_did=partner.did, within=partner.name)
    return {
        **found,
        "Group": Owner(accept=as_board),
        "Application": Owner(accept=partial(partners.accept_card, partner=partner.did)),
    }
