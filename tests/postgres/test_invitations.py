"""PostgreSQL notes in each row which transaction wrote it: what that tells of who invited whom."""

import pytest
from app import identity, site
from app.identity import service
from app.wiring import House

from tests.identity.test_invitations import AVA, BABAK, CELINE, DARIA, redeem, settle
from tests.postgres.conftest import DATABASES
from tests.postgres.test_thread_names import writers

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("house", DATABASES[1:], indirect=True)
def test_rows_of_inviting_soon_bear_a_transaction_that_invited_nobody(house: House) -> None:
    settle(house, AVA, CELINE)
    for inviter, invited in ((AVA, BABAK), (CELINE, DARIA)):
        with house.db.write() as work:
            named, key = site.list_issuers(work), house.keys["instance"]
            made = identity.make_invitation(work, key, inviter.root, named=named)
            service.keep_in_words(work, made)
        redeem(house, invited, made)
    assert set(writers(house, "invitations_given")) == set(writers(house, "invitation_box"))
    assert set(writers(house, "spent_invitation")) == set(writers(house, "invited"))

    with house.db.write() as work:
        identity.forget_old_invitations(work)

    for table in ("invitations_given", "spent_invitation"):
        rows = writers(house, table)
        assert len(rows) == 2
        assert len(set(rows)) == 1
        assert not set(rows) & {*writers(house, "invited"), *writers(house, "invitation_box")}
