"""Words put into the host's mouth: custody `instance` is the host's own key's, and nobody else's."""

import pytest
from app.forum.errors import ThreadClosedError
from app.identity.errors import CustodyDiffersError, HostCustodyError
from app.identity.tables import PostingKeyRow
from app.records.errors import WrongSignerError
from app.records.model import CUSTODY, IMPORTED, Custody
from app.wiring import House
from sqlalchemy import update

from tests import factories
from tests.houses import count_records, find_record, publish, require_post, submit

MALLORY = factories.person("Mallory", Custody.INSTANCE)
ORIGIN = {"day": "2009-06-15", "source": "elsewhere"}


def as_host(house: House, board: factories.BoardKey, **members: object) -> bytes:
    """Return an opening that the host's own key signs in its own name."""
    note = factories.note(factories.person("Mallory"), board=board)
    host = house.keys["instance"]
    signer = house.door.instance_did
    return factories.forged(
        note,
        host,
        lambda document: (
            document.update(
                {CUSTODY: "instance", "attributedTo": f"ap://{signer}/actor", **members}
            ),
            document.update(id=f"ap://{signer}/objects/{factories.nonce()}"),
            document["proof"].update(
                verificationMethod=f"{signer}#{signer.removeprefix('did:key:')}"
            ),
        ),
    )


def test_card_that_claims_the_hosts_custody_is_refused(house: House) -> None:
    before = count_records(house)

    with pytest.raises(HostCustodyError):
        submit(house, factories.card(MALLORY))

    assert count_records(house) == before


def test_later_card_that_turns_a_key_into_the_hosts_is_refused(house: House) -> None:
    ava = factories.person("Ava")
    first = factories.card(ava)
    turned = {**factories.key_line(ava), CUSTODY: "instance"}
    submit(house, first)

    with pytest.raises(HostCustodyError):
        submit(house, factories.card(ava, after=first, keys=[turned]))


def test_revocation_of_such_a_key_still_wins(house: House) -> None:
    revocation = factories.card(MALLORY, keys=[factories.key_line(MALLORY, state="revoked")])

    submit(house, revocation)

    assert find_record(house, revocation) is not None


def test_key_that_an_old_card_declared_so_signs_nothing(house: House) -> None:
    """As in a database that took such a card before it was refused."""
    ava = factories.person("Ava")
    submit(house, factories.card(ava))
    with house.db.write() as work:
        work.session.execute(
            update(PostingKeyRow).where(PostingKeyRow.did == ava.did).values(custody="instance")
        )

    with pytest.raises(HostCustodyError):
        submit(house, factories.note(MALLORY, key=ava.key))


def test_lone_key_that_claims_the_hosts_custody_is_refused(house: House) -> None:
    with pytest.raises(CustodyDiffersError):
        submit(house, factories.note(MALLORY))


def test_import_opens_a_thread_where_only_stewards_do(house: House) -> None:
    post = as_host(house, factories.NOTICES, **{IMPORTED: ORIGIN})

    publish(house, post)

    assert require_post(house, post).number == 1


def test_host_without_the_mark_of_an_import_opens_nothing_there(house: House) -> None:
    with pytest.raises(ThreadClosedError):
        submit(house, as_host(house, factories.NOTICES))


@pytest.mark.parametrize("custody", list(Custody))
def test_forged_mark_of_an_import_opens_no_thread_where_only_stewards_do(
    house: House, custody: Custody
) -> None:
    ava = factories.person("Ava")
    submit(house, factories.card(ava))
    note = factories.note(ava, board=factories.NOTICES)
    marked = factories.forged(
        note, ava.key, lambda document: document.update({IMPORTED: ORIGIN, CUSTODY: custody.value})
    )

    with pytest.raises(WrongSignerError):
        submit(house, marked)
