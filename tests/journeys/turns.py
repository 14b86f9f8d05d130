"""Who walks a journey in which language: both browsers and both languages in the gate, all pairs by night.

Words and their direction are the pages', the same for every browser (`test_pages.py` looks at each);
what a browser does with a form is the same in every language.
"""

from itertools import product
from typing import Final

import pytest

_IN_THE_GATE: Final = {("scripted", "en"), ("safest", "fa")}
"""With scripts and without, in both languages and in both browsers."""

in_turn: Final = pytest.mark.parametrize(
    ("window", "language"),
    [
        pytest.param(*pair, marks=[] if pair in _IN_THE_GATE else pytest.mark.nightly)
        for pair in product(("scripted", "unscripted", "safest"), ("fa", "en"))
    ],
    indirect=["window"],
)
