"""Sentences that tell what was refused about officials and the records of their offices."""

from typing import Final

from .sentences import Sentences
from .sentences import gettext_noop as _

OF_OFFICIALS: Final = {
    "attester-unknown": Sentences(
        _("This host does not know the signer"),
        _(
            "It believes the keys on its page of officials, and this is none of them. Ask the host to add the ministry by its domain, or the university by its key, then hand the record in again."
        ),
    ),
    "not-a-university": Sentences(
        _("A ministry cannot sign for both sides"),
        _(
            "The second signature of an office is a partner university’s. Have one of those on the page of officials sign it, then hand that record in."
        ),
    ),
    "not-a-ministry": Sentences(
        _("A university offers no office"),
        _(
            "The first signature of an office is the ministry’s, with the key at its own domain. Have the ministry sign it, then hand that record in."
        ),
    ),
    "wrong-domain-key": Sentences(
        _("The key stands at another domain"),
        _(
            "A ministry offers offices of the domain at which this host read its key. Name that domain in the office, sign it again and hand it in."
        ),
    ),
    "unknown-official": Sentences(
        _("No persona here has this key"),
        _(
            "An office is for a persona that has a card at this host. Take the whole key from its page, sign the office for that one and hand it in."
        ),
    ),
    "no-office": Sentences(
        _("There is no such office"),
        _(
            "The record names an offer that is not here, or not with these words. Hand the ministry’s record in first, then sign the very same one."
        ),
    ),
    "office-over": Sentences(
        _("This office is over"),
        _(
            "One of its two sides ended it, or its last day has passed. A new one begins with a new record of the ministry."
        ),
    ),
    "office-attested": Sentences(
        _("A university has signed for this office already"),
        _("Nothing is left to do: the page of officials shows it."),
    ),
    "not-an-official": Sentences(
        _("This persona holds no office here now"),
        _(
            "An official is one by a ministry’s and a university’s signature, until a day. The page of officials says who is, and what is missing of others."
        ),
    ),
    "office-language": Sentences(
        _("The office does not cover this language"),
        _(
            "Choose one of the languages that the page of officials names for it, or ask the ministry for an office that covers this one."
        ),
    ),
    "queue-missing": Sentences(
        _("Nobody could ask you about this"),
        _(
            "An official opens threads while a hearing takes questions: nobody speaks here without being asked. Answer in a thread, or ask a steward for a hearing first. What you wrote is still here."
        ),
    ),
    "attester-unfit": Sentences(
        _("This names no key"),
        _("A key is one line that begins with did:key:z6Mk. Ask whoever holds it for that line."),
    ),
    "attester-known": Sentences(
        _("This key is believed as something else"),
        _(
            "One key speaks for one ministry at one domain, or for one university. Ask for another key."
        ),
    ),
}
