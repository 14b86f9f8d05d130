"""The tools of the web process, built once, by hand."""

import secrets
from functools import partial

from app import (
    forum,
    hearings,
    moderation,
    opinion,
    site,
)
from app.crypto.multikey import fingerprint
from app.db import EVERYTHING, Work
from app.federation.partners.homes import (
    Homes,
    find_carried_line,
    find_former_home,
    list_erased_lines,
)
from app.federation.publishing import log_size
from app.hearings.pages import boxes, notes, officials, reminders
from app.hearings.pages.sign import Sign
from app.moderation.files import read_legal_contact
from app.opinion.routes.showing import find_summary, find_translations
from app.settings import ROOT
from app.web.forms import REPORT
from app.web.languages import load_languages
from app.web.sharing import forget_words, open_limits
from app.web.site import Site
from app.web.static import StaticFiles
from app.web.streams import Streams
from app.web.templating import Templates
from app.wiring import House


def build_site(house: House) -> Site:
    """Build the tools of the web process."""
    languages = load_languages(ROOT / "translations")
    templates = Templates(ROOT / "templates")

    def hear(changed: set[str]) -> None:
        if EVERYTHING in changed:
            # Whatever it was, such as an erasure that a command brought.
            forget_words(templates)

    house.db.removal_listeners.append(lambda _digests: forget_words(templates))
    with house.db.read() as work:
        address = site.get_card(work).onion
    gate, circuits, form_key = open_limits(house.shared, house.marks_key)
    homes = Homes(house.door.instance_did, house.db.read)
    sign = Sign(house.door.instance_did, house.db.read, house.clock)
    house.db.listeners += [hear, homes.hear, sign.hear]
    return Site(
        db=house.db,
        clock=house.clock,
        randomness=secrets,
        languages=languages,
        templates=templates,
        static=StaticFiles(ROOT / "static"),
        onion=address,
        form_key=form_key,
        instance_name=house.settings.name,
        contact=house.settings.contact,
        instance_did=house.door.instance_did,
        instance_fingerprint=fingerprint(house.keys["instance"].public),
        gate=gate,
        circuits=circuits,
        streams=Streams(house.db, log_size, secrets),
        count_unread=_count_unread,
        count_acts_unread=moderation.count_unread,
        list_reminders=reminders.list_reminders,
        instance_key=house.keys["instance"],
        list_issuers=site.list_issuers,
        marks_key=house.marks_key,
        words=(*forum.LINES, "text", REPORT),
        keep_words=forum.keep_words,
        show_consultations=partial(boxes.list_boxes, house.door.instance_did),
        look_beside=partial(boxes.look_beside, house.door.instance_did),
        find_ratings=partial(opinion.find_own_ratings, house.marks_key),
        find_translations=find_translations,
        has_hearing=boxes.has_hearing,
        find_hearing_notes=notes.find_hearing_notes,
        find_summary=find_summary,
        find_offices=officials.find_offices,
        has_machine=bool(house.settings.translate_url),
        keeps_copy=partial(
            moderation.keeps_copy, read_contact=partial(read_legal_contact, house.settings.data)
        ),
        find_carried=find_carried_line,
        list_erased=list_erased_lines,
        sign=sign,
        find_home=homes.find,
        find_former_home=find_former_home,
        has_replicas=lambda: homes.has_replicas(house.clock.now()),
    )


def _count_unread(work: Work, root: str) -> int:
    """Return how much a persona has not read: answers, actions on what it wrote, reminders."""
    counts = (forum.count_unread, moderation.count_unread, hearings.count_reminders)
    return sum(count(work, root) for count in counts)
