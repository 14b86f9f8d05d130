"""A name that passes for an official's is told apart, however it is written (SECURITY.md E5)."""

import pytest
from app.hearings.rules.alike import skeleton
from app.identity.rules.naming import fold_name
from app.wiring import House

from tests import factories
from tests.hearings.officials import make_official
from tests.hearings.test_showing import badges, know

PASSING = [
    ("علی رضایی", "علي رضايي"), ("علی رضایی", "علی‌رضایی"), ("علی رضایی", "علیرضایی"), ("علی رضایی", "عـلی رضـایی"),
    ("علی رضایی", "دکتر علی رضایی"), ("علی رضایی", "علی رضایی (رسمی)"), ("علی رضایی", "علی رضایی."), ("علی رضایی", "عَلِی رِضایی"),
    ("علی رضایی", "علے رضایے"), ("وزارت نیرو", "وزارت‌نیرو"), ("وزارت نیرو", "وزارت نيرو."), ("وزارت نیرو ۱", "وزارت نیرو ١"),
    ("گرگان", "ڳرڳان"), ("Ali Rezaei", "Ali Rezaei."), ("Ali Rezaei", "Ali-Rezaei"), ("Ali Rezaei", "Ali_Rezaei"), ("Ali Rezaei", "AliRezaei"),
    ("Ali Rezaei", "A1i Rezaei"), ("Ali Rezaei", "AIi Rezaei"), ("Ali Rezaei", "Ali Rezaeí"), ("Ali Rezaei", "Ali Rezaei (official)"),
    ("Ali Rezaei", "Ali Rezaei ✓"), ("Ali Rezaei", "@Ali Rezaei"), ("Ali Rezaei", "Dr. Ali Rezaei"), ("Ali Rezaei", "Аli Rezaei"),
    ("Ali Rezaei", "Αli Rezaei"), ("Ali Rezaei", "𝐀𝐥𝐢 𝐑𝐞𝐳𝐚𝐞𝐢"), ("Ministry of Energy", "Ministry of Energγ"), ("Ministry of Energy", "Ministry  of Energy!"),
    ("Ministry of Energy", "The Ministry of Energy"), ("Omid Karimi", "0mid Karimi"), ("Ministère de l'Énergie", "Ministere de l’Energie"),
    ("Bureau moderne", "Bureau modeme"), ("water.example.org", "water․example․org"), ("water.example.org", "water-example-org"),
]  # fmt: skip
APART = [
    ("علی رضایی", "رضا علیی"), ("علی رضایی", "علی رضا"), ("وزارت نیرو", "وزارت نفت"), ("Ali Rezaei", "Ali Razavi"), ("Ali Rezaei", "Ali"),
    ("Ministry of Energy", "Ministry of Water"), ("Ministry of Energy", "Readers of the Ministry of Energy"), ("The", "Official"), ("Kave", "Kaveh"), ("Lucia", "Luda"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "passing"), PASSING)
def test_name_that_passes_for_another_reads_like_it(name: str, passing: str) -> None:
    assert skeleton(fold_name(name)) == skeleton(fold_name(passing))


@pytest.mark.parametrize(("name", "other"), APART)
def test_another_name_reads_otherwise(name: str, other: str) -> None:
    assert skeleton(fold_name(name)) != skeleton(fold_name(other))


def test_reader_is_told_of_a_name_with_a_sign_more(house: House) -> None:
    kave, passing = factories.person("Kave Rahimi"), factories.person("Kave-Rahimi ✓")
    know(house, kave, passing)
    make_official(house, kave)

    (badge,) = badges(house, passing).values()

    assert badge.is_look_alike
    assert badge.official.name == "Kave Rahimi"
