"""Officials: an office stands on two signatures until a day, and either of the two ends it."""

from datetime import date, timedelta

import pytest
from app import hearings
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.hearings import store
from app.hearings.errors import (
    AttesterKnownError,
    AttesterUnknownError,
    NoOfficeError,
    NotMinistryError,
    NotOfficialError,
    NotUniversityError,
    OfficeAttestedError,
    OfficeLanguageError,
    OfficeOverError,
    UnknownOfficialError,
    WrongDomainKeyError,
)
from app.hearings.model import AttesterKind, Office
from app.kernel.clock import DAY_S
from app.kernel.errors import NotFoundError
from app.records.errors import WrongSignerError
from app.wiring import House

from tests import factories
from tests.factories import TODAY
from tests.hearings.officials import (
    DOMAIN,
    UNTIL,
    attest,
    believe,
    believe_both,
    end,
    make_official,
    offer,
)
from tests.hearings_records import MINISTRY, UNIVERSITY
from tests.houses import advance, submit

KAVE = factories.person("Kave")
STRANGER = SigningKey(bytes(range(32)))


@pytest.fixture
def known(house: House) -> House:
    """A house that knows Kave, a ministry and a university."""
    submit(house, factories.card(KAVE))
    believe_both(house)
    return house


def find(house: House, root: str = KAVE.root) -> Office | None:
    with house.db.read() as work:
        return hearings.find_office(work, root)


def require(house: House, day: date = TODAY, language: str = "") -> Office:
    with house.db.read() as work:
        return hearings.require_office(work, KAVE.root, day, language=language)


def test_office_holds_by_two_signatures_until_the_earlier_last_day(known: House) -> None:
    offered = offer(KAVE)
    earlier = UNTIL - timedelta(days=30)
    submit(known, offered, attest(offered, until=earlier))

    office = require(known)

    assert (office.title, office.domain) == ("Deputy minister for water", DOMAIN)
    assert office.attested_by == "A university"
    assert office.until == earlier
    assert office.holds(earlier - timedelta(days=1))
    assert not office.holds(earlier)


def test_one_signature_makes_no_official(known: House) -> None:
    submit(known, offer(KAVE))

    office = find(known)

    assert office is not None
    assert not office.holds(TODAY)
    with pytest.raises(NotOfficialError):
        require(known)


@pytest.mark.parametrize("domain", ["other.example.org", "example.org", f"sub.{DOMAIN}"])
def test_ministry_offers_offices_of_its_own_domain_alone(known: House, domain: str) -> None:
    with pytest.raises(WrongDomainKeyError):
        submit(known, offer(KAVE, domain=domain))

    assert find(known) is None


def test_key_that_nobody_believes_offers_and_attests_nothing(known: House) -> None:
    offered = offer(KAVE)
    with pytest.raises(AttesterUnknownError):
        submit(known, offer(KAVE, key=STRANGER))
    with pytest.raises(AttesterUnknownError):
        submit(known, offered, attest(offered, key=STRANGER))

    with pytest.raises(NotOfficialError):
        require(known)


def test_each_side_signs_its_own_half(known: House) -> None:
    other = SigningKey(b"m" * 32)
    believe(known, other, AttesterKind.MINISTRY, "other.example.org")
    offered = offer(KAVE)
    submit(known, offered)
    with pytest.raises(NotUniversityError):
        submit(known, attest(offered, key=MINISTRY))
    with pytest.raises(NotUniversityError):
        submit(known, attest(offered, key=other))
    with pytest.raises(NotMinistryError):
        submit(known, offer(KAVE, key=UNIVERSITY, domain=DOMAIN))

    with pytest.raises(NotOfficialError):
        require(known)


def test_office_of_nobody_is_refused(known: House) -> None:
    with pytest.raises(UnknownOfficialError):
        submit(known, offer(factories.person("Nobody")))


def test_attestation_names_an_offer_that_is_here_with_these_bytes(known: House) -> None:
    offered, other = offer(KAVE), offer(KAVE, title="Minister")
    with pytest.raises(NoOfficeError):
        submit(known, attest(offered))
    submit(known, offered)
    swapped = factories.forged(
        attest(offered),
        UNIVERSITY,
        lambda document: document["object"].update(
            digestMultibase=factories.decode(attest(other))["object"]["digestMultibase"]
        ),
    )

    with pytest.raises(NoOfficeError):
        submit(known, swapped)


def test_expired_office_is_refused_and_holds_no_more(known: House) -> None:
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(OfficeOverError):
        submit(known, offer(KAVE, until=TODAY, day=yesterday))
    offered = offer(KAVE)
    submit(known, offered)
    with pytest.raises(OfficeOverError):
        submit(known, attest(offered, until=TODAY))
    submit(known, attest(offered, until=TODAY + timedelta(days=2)))
    assert require(known).holds(TODAY)

    advance(known, 2 * DAY_S)

    with pytest.raises(NotOfficialError):
        require(known, TODAY + timedelta(days=2))


def test_office_covers_its_languages_alone(known: House) -> None:
    offered = offer(KAVE, languages=["fa", "en-GB"])
    submit(known, offered, attest(offered))

    assert require(known, language="fa").root == KAVE.root
    assert require(known, language="en").root == KAVE.root
    with pytest.raises(OfficeLanguageError):
        require(known, language="fr")


def test_language_of_one_office_is_none_of_another(known: House) -> None:
    offered, other = offer(KAVE, languages=["fa"]), offer(KAVE, title="Envoy", languages=["fr"])
    submit(known, offered, attest(offered), other, attest(other))

    assert require(known, language="fr").title == "Envoy"
    assert require(known, language="fa").title == "Deputy minister for water"


@pytest.mark.parametrize("key", [MINISTRY, UNIVERSITY], ids=["ministry", "university"])
def test_either_signer_ends_an_office_at_once(known: House, key: SigningKey) -> None:
    offered = offer(KAVE)
    submit(known, offered, attest(offered))

    submit(known, end(offered, key=key))

    office = find(known)
    assert office is not None
    assert (office.ended_on, office.ended_why) == (TODAY, "Left the office.")
    with pytest.raises(NotOfficialError):
        require(known)


@pytest.mark.parametrize(
    "key", [STRANGER, KAVE.root_key, KAVE.key], ids=["stranger", "root", "own"]
)
def test_nobody_else_ends_an_office(known: House, key: SigningKey) -> None:
    offered = offer(KAVE)
    submit(known, offered, attest(offered))

    with pytest.raises(WrongSignerError):
        submit(known, end(offered, key=key))

    assert require(known).ended_on is None


def test_university_that_did_not_sign_does_not_end_an_office(known: House) -> None:
    other = SigningKey(b"u" * 32)
    believe(known, other, AttesterKind.UNIVERSITY)
    offered = offer(KAVE)
    submit(known, offered, attest(offered))

    with pytest.raises(WrongSignerError):
        submit(known, end(offered, key=other))


def test_replay_revives_nothing(known: House) -> None:
    offered = offer(KAVE)
    attested = attest(offered)
    first = submit(known, offered, attested)
    submit(known, end(offered, key=UNIVERSITY))

    again = submit(known, offered, attested)

    assert not again.is_new
    assert again.raw == first.raw
    with pytest.raises(NotOfficialError):
        require(known)
    with pytest.raises(OfficeAttestedError):
        submit(known, attest(offered))
    unattested = offer(KAVE)
    submit(known, unattested, end(unattested, key=MINISTRY))
    with pytest.raises(OfficeOverError):
        submit(known, attest(unattested))


def test_office_that_ended_stays_as_it_ended(known: House) -> None:
    offered = offer(KAVE)
    submit(known, offered, attest(offered), end(offered, key=MINISTRY))
    advance(known, DAY_S)

    submit(known, end(offered, key=UNIVERSITY, day=TODAY + timedelta(days=1)))

    office = find(known)
    assert office is not None
    assert office.ended_on == TODAY


def test_new_office_counts_before_one_that_is_over(known: House) -> None:
    make_official(known, KAVE, title="Envoy")
    offered = offer(KAVE, until=TODAY + timedelta(days=9))
    submit(known, offered, attest(offered))
    assert require(known).title == "Envoy"
    with known.db.read() as work:
        envoy = hearings.find_office(work, KAVE.root)
    assert envoy is not None
    with known.db.write() as work:
        store.end_office(work, envoy.offer, TODAY, "")

    assert require(known).title == "Deputy minister for water"


def test_doubt_ends_what_stands_on_a_key(known: House) -> None:
    offered = offer(KAVE)
    submit(known, offered, attest(offered))

    with known.db.write() as work:
        hearings.doubt(work, encode_did(UNIVERSITY.public))

    with pytest.raises(NotOfficialError):
        require(known)
    again = offer(KAVE)
    with pytest.raises(AttesterUnknownError):
        submit(known, again, attest(again))
    with known.db.write() as work, pytest.raises(NotFoundError):
        hearings.doubt(work, encode_did(STRANGER.public))


def test_key_is_believed_as_one_thing(known: House) -> None:
    with pytest.raises(AttesterKnownError):
        believe(known, MINISTRY, AttesterKind.UNIVERSITY)
    with pytest.raises(AttesterKnownError):
        believe(known, MINISTRY, AttesterKind.MINISTRY, "other.example.org")
    believe_both(known)

    with known.db.read() as work:
        assert [each.kind for each in hearings.list_attesters(work)] == list(AttesterKind)
