"""Our raking beside weightipy 0.4.2 (MIT), on people made from hashes.

Its numbers stand in weightipy.json. They were made once, in an environment of its own, by
`weightipy.weight_dataframe(people, scheme_from_dict(targets))` on the people and targets below; so
tests need neither it nor pandas.
"""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from app.listening.maths.raking import Margin, rake

GOLDEN = json.loads((Path(__file__).parent / "weightipy.json").read_text("ascii"))
TARGETS = {
    "side": (0.88, 0.12),
    "age": (0.33, 0.42, 0.25),
    "gender": (0.493, 0.507),
    "region": (0.2, 0.3, 0.35, 0.15),
}


def person(number: int) -> tuple[int, int, int, int]:
    """Return somebody's levels, the same on every machine."""
    drawn = sha256(f"person {number}".encode()).digest()
    age = 0 if drawn[1] < 130 else 1 if drawn[1] < 200 else 2
    region = sum(drawn[3] >= cut for cut in (60, 120, 200))
    return int(drawn[0] >= 125), age, int(drawn[2] >= 100), region


def test_weights_are_those_of_weightipy() -> None:
    people = [person(number) for number in range(GOLDEN["people"])]
    margins = [
        Margin(
            name=name,
            levels=tuple(str(level) for level in range(len(shares))),
            shares=shares,
            source="made up",
            year=2026,
        )
        for name, shares in TARGETS.items()
    ]

    raked = rake(np.array(people), margins)

    theirs = [GOLDEN["weights"]["-".join(map(str, levels))] for levels in people]
    assert np.abs(raked.weights - theirs).max() < 1e-9
    assert abs(raked.effective_size - GOLDEN["effective"]) < 1e-6
