"""Which names are one to those who read them, and which may be taken at all."""

import re
import unicodedata
from typing import Final

from app.identity.errors import MixedNameError

# Letters that read as another one. Names are casefolded before; where the two cases of a letter
# look like two letters (Greek ny), the small one counts. What is left out is not read at all: the
# joiners, the stretching bar, and marks over Arabic letters, which some write and others do not.
_LOOK_ALIKES: Final = str.maketrans(
    "يىېكڪةۃھہەٱ" + "авекмнорстухіјѕһԁԛԝӏ" + "αβεικνορτυχı",
    "یییککههههها" + "abekmhopctyxijshdqwl" + "abeiknoptuxi",
    "\u200c\u200d\u0640",
)
_arabic_marks = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)
_spaces = re.compile(r"\s+")
# Scripts that one language writes together.
_SCRIPTS_AS_ONE: Final = dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"), "CJK")


def fold_name(name: str) -> str:
    """Return what two names share when people would read them as one.

    Accents of Latin letters keep names apart, as people see them. Rules are only ever added, so
    stored folds need no migration: names that differed stay their owners', and who joined under an
    older fold logs in with the name as its card writes it (see `store.find_login`).
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    # Taken apart, so that marks go and letters are seen; composed again, as accents stay.
    bare = _arabic_marks.sub("", unicodedata.normalize("NFKD", folded)).translate(_LOOK_ALIKES)
    digits = "".join(str(unicodedata.decimal(c, c)) for c in bare)
    return _spaces.sub(" ", unicodedata.normalize("NFKC", digits)).strip()


def require_one_script(name: str) -> None:
    """Refuse a name whose letters come from several scripts; digits and punctuation are neutral.

    Raises:
        MixedNameError: they do: a letter of another script passes for one of this, or turns the
            line's direction.

    """
    letters = [c for c in unicodedata.normalize("NFKC", name) if c.isalpha()]
    scripts = {re.split("[ -]", unicodedata.name(c, "UNKNOWN"), maxsplit=1)[0] for c in letters}
    if len({_SCRIPTS_AS_ONE.get(script, script) for script in scripts - {"MODIFIER"}}) > 1:
        raise MixedNameError("the name mixes scripts")


def propose_name(parts: tuple[tuple[str, ...], tuple[str, ...]], random: bytes) -> str:
    """Return a name to begin with, from two random bytes: nobody should start from their own."""
    first, second = parts
    return f"{first[random[0] % len(first)]} {second[random[1] % len(second)]}"
