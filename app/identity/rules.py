"""What identity decides from values alone."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

from app.crypto.multikey import encode_digest
from app.records.model import Custody

from .errors import (
    CustodyDiffersError,
    HostCustodyError,
    KeyInactiveError,
    MixedNameError,
    StaleCardError,
)
from .model import Author, Card, KeyState, Persona

LEAST_PASSPHRASE_CHARACTERS: Final = 10
MOST_PASSPHRASE_CHARACTERS: Final = 200
IDLE_S: Final = 2 * 3600
ABSOLUTE_S: Final = 12 * 3600
INVITATIONS_A_MONTH: Final = 5
MONTHS_TO_REDEEM: Final = 3
"""The month of an invitation and those after it in which it is good."""
NAMES_A_MONTH: Final = 3
"""Names for one thread that a persona may take: enough to be used, too few to look like a crowd."""
_ORDER: Final = (KeyState.ACTIVE, KeyState.RETIRED, KeyState.REVOKED)
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


def require_successor(card: Card, current: Persona | None) -> None:
    """Refuse a card that does not follow the current one.

    Raises:
        StaleCardError: wrong sequence, or built on another card.

    """
    if not follows(card, current):
        raise StaleCardError("the card does not follow the current one")


def follows(card: Card, current: Persona | None) -> bool:
    """Whether a card is the next in its persona's line."""
    expected = 1 if current is None else current.sequence + 1
    built_on = None if current is None else encode_digest(current.card_digest)
    return card.sequence == expected and card.previous == built_on


def is_revocation(card: Card) -> bool:
    """Whether a card only revokes: it then needs no predecessor, and always wins."""
    return all(key.state is KeyState.REVOKED for key in card.keys)


def require_own_custody(card: Card) -> None:
    """Refuse a card that puts words into the host's mouth: with the host's key only the host signs.

    Keys that are no longer in use may stand on it as they were declared: a revocation always wins.

    Raises:
        HostCustodyError: it declares a key in use as the host's.

    """
    states = {key.state for key in card.keys if key.custody is Custody.INSTANCE}
    if KeyState.ACTIVE in states:
        raise HostCustodyError("a persona's key is declared as the host's")


def later_state(before: KeyState, after: KeyState) -> KeyState:
    """Return the later of two states: a revoked key never comes back."""
    return max(before, after, key=_ORDER.index)


def require_use(author: Author, declared: Custody) -> None:
    """Refuse a record whose key may not sign it this way.

    Raises:
        HostCustodyError: a persona's key is declared as the host's.
        KeyInactiveError: the key was retired or revoked.
        CustodyDiffersError: the record declares another custody than the key's card.

    """
    if author.state is not KeyState.ACTIVE:
        raise KeyInactiveError("the key is no longer in use")
    if declared is not author.custody:
        raise CustodyDiffersError("the record and the card declare different custody")
    if declared is Custody.INSTANCE and author.root is not None:
        # A card from before such cards were refused may say so still.
        raise HostCustodyError("a persona's key is declared as the host's")


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


def choose_positions(random: bytes) -> tuple[int, int]:
    """Return the two words, counted from 1, that are typed back."""
    first = random[0] % 12
    second = (first + 1 + random[1] % 11) % 12
    return min(first, second) + 1, max(first, second) + 1


def cohort_of(day: date) -> str:
    """Return the name of a day's cohort: its month, so that names sort as months do."""
    return f"{day:%Y-%m}"


def oldest_redeemable(today: date) -> str:
    """Return the oldest cohort whose invitations are still good."""
    months = today.year * 12 + today.month - MONTHS_TO_REDEEM
    return cohort_of(date(months // 12, months % 12 + 1, 1))


def start_after(cohort: str) -> date:
    """Return the first day of the month after a cohort's."""
    return _months_on(cohort, 1)


def last_day_of_use(cohort: str) -> date:
    """Return the last day on which a cohort's invitations are good."""
    return _months_on(cohort, MONTHS_TO_REDEEM) - timedelta(days=1)


def _months_on(cohort: str, count: int) -> date:
    year, month = map(int, cohort.split("-"))
    months = year * 12 + month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def is_redeemable(cohort: str, today: date) -> bool:
    """Return whether a cohort is neither too old nor of a month to come."""
    return oldest_redeemable(today) <= cohort <= cohort_of(today)
