"""Whom a name beside an official's could be taken for. It takes nobody's name: it is only told.

So it reads more as one than what keeps two names apart (`identity.fold_name`): signs between words,
accents, what is claimed beside a name, and letters that pass for others at a glance (UTS 39).
"""

import re
import unicodedata
from typing import Final

_WORDS: Final = re.compile(r"\w+")
# Said beside a name, and no part of it.
_CLAIMS: Final = frozenset(
    """
    the le la les dr mr mrs ms mme eng prof h e hon official officiel officielle verified vérifié
    vérifiée real account compte page office
    آقای خانم دکتر مهندس جناب سید رسمی واقعی تاییدشده حساب صفحه دفتر
    """.split()  # noqa: SIM905 (words of a language, not names of things)
)
# Read as one by whoever does not look closely; two letters first.
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_GLANCE: Final = str.maketrans("1i0523γ", "lloszey")
_GLANCE_ARABIC: Final = str.maketrans("ےڳڱݢڪ", "یگگگک")


def skeleton(folded: str) -> str:
    """Return what a name comes to at a glance, of a name as `identity.fold_name` folds it."""
    # A joiner is no space to who folds, and one to who reads: words are put together at last.
    words = [word for word in _WORDS.findall(_bare(folded)) if word not in _CLAIMS]
    joined = "".join(words).replace("_", "")
    for pair, one in _PAIRS:
        joined = joined.replace(pair, one)
    return joined.translate(_GLANCE | _GLANCE_ARABIC) or folded


def _bare(folded: str) -> str:
    apart = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in apart if not unicodedata.combining(c))
