"""Issuers' keys on the instance's card: everybody sees the same one, and before anything is signed with it."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from app import identity, site, worker
from app.crypto.blind import Issuer
from app.crypto.ed25519 import SigningKey
from app.identity.rules import cohorts
from app.kernel.clock import FixedClock, day_of, start_of
from app.kernel.errors import ConflictError, MalformedError
from app.onion import address_of
from app.records import codec as records_codec
from app.records import registry
from app.site.rules import MOST_CARD_BYTES
from app.site.service import ISSUERS, get_signed_card
from app.wiring import House, announce_onion

from tests.crypto.issuers import KEY, OTHER, PUBLIC
from tests.houses import open_at, open_month

NOVEMBER = Issuer("invitation", "2026-11", PUBLIC)
A_DIGEST = "A" * 43


def lines_of(house: House) -> list[str]:
    with house.db.read() as work:
        return site.list_issuers(work)


def announce(house: House, *issuers: Issuer) -> None:
    with house.db.write() as work:
        site.announce_issuers(work, house.door, house.keys["instance"], issuers)


@pytest.mark.slow
def test_worker_opens_a_month_and_names_its_key_in_one_step(
    house: House, clock: FixedClock
) -> None:
    assert lines_of(house) == []
    worker.step(house, 0)

    with house.db.read() as work:
        cohort, names = identity.find_issuer(work), identity.find_name_issuer(work)
        first = site.get_card(work)
    assert cohort is not None
    assert names is not None
    assert cohort.key != names.key
    assert lines_of(house) == [cohort.issuer.line, names.issuer.line]

    worker.step(house, 0)
    with house.db.read() as work:
        assert site.get_card(work) == first, "nothing new, no new card"
    clock.instant = start_of(cohorts.start_after(cohort.name))
    worker.step(house, 0)
    assert [line.split()[:2] for line in lines_of(house)] == [
        [purpose, month]
        for purpose in ("invitation", "thread-name")
        for month in ("2026-11", "2026-12")
    ]


def test_card_names_the_months_that_are_still_good(house: House, clock: FixedClock) -> None:
    for _ in range(4):
        open_month(house, KEY)
        clock.instant = start_of(cohorts.start_after(cohorts.cohort_of(day_of(clock.now()))))
    open_month(house, KEY)

    assert [line.split()[1] for line in lines_of(house)] == ["2027-01", "2027-02", "2027-03"]


def test_key_and_card_are_one_transaction(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that is full leaves no key behind that it does not name."""
    monkeypatch.setattr("app.site.rules.MOST_CARD_BYTES", 100)

    worker.step(house, 0)

    with house.db.read() as work:
        assert identity.find_issuer(work) is None
    assert lines_of(house) == []


def test_card_with_three_months_of_two_purposes_fits_its_picture(house: House) -> None:
    """With an onion address and mirrors beside them."""
    announce_onion(house, address_of(SigningKey(bytes(32)).public))
    months = ("2026-09", "2026-10", "2026-11")
    announce(house, *(Issuer(p, m, PUBLIC) for p in ("invitation", "thread-name") for m in months))
    with house.db.write() as work:
        for number in range(3):
            site.add_mirror(
                work, house.door, house.door.key, f"https://mirror-{number}.example/goftogu"
            )
        raw = get_signed_card(work)

    assert len(lines_of(house)) == 6
    assert len(raw) <= MOST_CARD_BYTES


def test_months_key_never_changes_on_the_card(house: House) -> None:
    announce(house, NOVEMBER)

    with pytest.raises(ConflictError):
        announce(house, NOVEMBER._replace(key=OTHER))

    assert lines_of(house) == [NOVEMBER.line]
    announce(house, NOVEMBER, NOVEMBER._replace(purpose="thread-name", key=OTHER))
    assert len(lines_of(house)) == 2


def test_mirror_and_onion_keep_the_issuers(house: House) -> None:
    announce(house, NOVEMBER)

    with house.db.write() as work:
        site.add_mirror(work, house.door, house.door.key, "https://mirror.example/copy")

    assert lines_of(house) == [NOVEMBER.line]


def test_host_that_was_restored_opens_no_month(
    house: House, clock: FixedClock, tmp_path: Path
) -> None:
    """Its log holds cards that its database has lost: one may name a key of this month."""
    data = house.settings.data
    house.db.close()
    shutil.copy(data / "goftogu.db", tmp_path / "old.db")
    with closing((later := open_at(data, clock)).db):
        worker.step(later, 0)
        worker.step(later, 1)
        assert lines_of(later)
    shutil.copy(tmp_path / "old.db", data / "goftogu.db")

    with closing((behind := open_at(data, clock)).db):
        worker.step(behind, 0)

        assert lines_of(behind) == []
        with behind.db.read() as work:
            assert identity.find_issuer(work) is None


GOOD = f"invitation 2026-11 {A_DIGEST}"
UNFIT = [
    "invitation", f"invitation 2026-13 {A_DIGEST}", f"Invitation 2026-11 {A_DIGEST}",
    f"invitation 2026-11 {A_DIGEST}=", f"invitation 2026-11 {A_DIGEST[1:]}",
    f"invitation  2026-11 {A_DIGEST}", f"{GOOD}\n", f" 2026-11 {A_DIGEST}", 5, None,
]  # fmt: skip


@pytest.mark.parametrize("line", UNFIT)
def test_unfit_line_is_refused(line: object) -> None:
    registry.issuers([GOOD])
    with pytest.raises(MalformedError):
        registry.issuers([line])


def test_card_with_two_keys_of_a_month_is_refused() -> None:
    other = GOOD[:-1] + "B"
    registry.issuers(
        [GOOD, other.replace("-11", "-12"), other.replace("invitation", "thread-name")]
    )

    with pytest.raises(MalformedError):
        registry.issuers([GOOD, other])
    with pytest.raises(MalformedError):
        registry.issuers([])


def test_line_is_the_digest_of_the_public_key(house: House) -> None:
    announce(house, NOVEMBER)
    with house.db.read() as work:
        document = records_codec.parse_record(get_signed_card(work)).document

    assert document[ISSUERS] == [NOVEMBER.line]
    assert NOVEMBER.line.startswith("invitation 2026-11 ")
    assert len(NOVEMBER.line.split()[2]) == len(A_DIGEST)
