"""Errors for people: one table of statuses, one of sentences, and the two forms they leave in.

A reader gets a page in their language that says what to do next and keeps what they typed; a
program gets `application/problem+json` (RFC 9457). Neither ever repeats a submitted value.
"""

from typing import Final

from app.kernel import errors

from .answer_sentences import OF_ANSWERS
from .commitment_sentences import OF_COMMITMENTS
from .official_sentences import OF_OFFICIALS
from .partner_sentences import OF_PARTNERS
from .sentences import OF_BALLOTS, OF_HEARINGS, OF_MODERATION, OF_OPINION, Sentences
from .sentences import gettext_noop as _
from .sentences_heard import OF_LISTENING

_STATUSES: Final[tuple[tuple[type[errors.AppError], int], ...]] = (
    (errors.TooLargeError, 413),
    (errors.LimitError, 429),
    (errors.MalformedError, 400),
    (errors.VerificationError, 400),
    (errors.GoneError, 410),
    (errors.NotFoundError, 404),
    (errors.ForbiddenError, 403),
    (errors.ConflictError, 409),
    (errors.UnavailableError, 503),
)


_SENTENCES: Final = {
    **OF_BALLOTS,
    **OF_MODERATION,
    **OF_HEARINGS,
    **OF_COMMITMENTS,
    **OF_ANSWERS,
    **OF_OFFICIALS,
    **OF_LISTENING,
    **OF_OPINION,
    **OF_PARTNERS,
    "not-found": Sentences(
        _("This page was not found"),
        _("Either the address is wrong, or the page is not open to readers yet. The first page and the boards lead on."),
    ),
    "gone": Sentences(
        _("This was erased"),
        _("Its author erased it. The text is no longer on this host; only its place in the thread remains."),
    ),
    "malformed": Sentences(
        _("We could not read that"),
        _("Something in what was sent is not in the form we expect. Go back, look it over and send it again."),
    ),
    "does-not-verify": Sentences(
        _("The signature does not hold"),
        _("The record was changed after it was signed, or was signed with another key. Sign it again and send the new one."),
    ),
    "forbidden": Sentences(
        _("This is not open to you"),
        _("Log in with the name that may do this, or go back to the thread."),
    ),
    "login-needed": Sentences(
        _("Log in again"),
        _("Your session has ended. Log in again; if you wrote a text, it is below, to be copied."),
    ),
    "join-expired": Sentences(
        _("Too much time has passed"),
        _("For your safety nothing was kept. Begin joining anew; you will get other words."),
    ),
    "stale-form": Sentences(
        _("The form is out of date"),
        _("It was made before you logged in or out, or it came from another site. Open the page anew; if you wrote a text, it is below, to be copied."),
    ),
    "conflict": Sentences(
        _("That cannot be done now"),
        _("Something changed in the meantime. Open the thread anew and look."),
    ),
    "id-taken": Sentences(
        _("This was sent before"),
        _("A post from the same form is here already, with another text. Open the thread to see it; to change it, revise it."),
    ),
    "limit": Sentences(
        _("Too much at once"),
        _("Wait a few minutes and try again. If you wrote a text, it is below."),
    ),
    "busy-circuit": Sentences(
        _("Too much comes by your circuit"),
        _("Wait a minute and try again; or choose “New Tor circuit for this site” in Tor Browser. If you wrote a text, it is below."),
    ),
    "fetched-without-tor": Sentences(
        _("This is not the way in"),
        _("You came by a site that fetches Tor pages for browsers without Tor. It sees who you are and all that you read and type, and could change it. So nothing is shown here. Get Tor Browser, and open the address at the end of this page in it; compare its four words."),
    ),
    "too-slow": Sentences(
        _("It took too long to arrive"),
        _("Your connection is slow just now. Go back: what you typed is still there. Shorten it, or send it again."),
    ),
    "too-large": Sentences(
        _("That is too long"),
        _("Shorten it or split it into several posts. What you typed is below."),
    ),
    "too-fast": Sentences(
        _("Too many attempts"),
        _("Wait a few minutes and try again. Nobody can lock you out for longer than that."),
    ),
    "unavailable": Sentences(
        _("Not reachable just now"),
        _("Wait a little and try again. Nothing was lost."),
    ),
    "crowded": Sentences(
        _("Too many people follow live just now"),
        _("Open the thread itself: it shows the same posts, and newer ones when you load it again."),
    ),
    "read-only": Sentences(
        _("This host only reads now"),
        _("Every page can be read; for a while nothing can be written or changed. If you wrote a text, it is below: copy it and send it later."),
    ),
    "invitation-unfit": Sentences(
        _("This invitation is not good here"),
        _("It is from another host, not copied whole, or more than two months old. Look at what you were given, or ask for another one."),
    ),
    "invitation-words-unknown": Sentences(
        _("No invitation here has these words"),
        _("Look at each word again. Words are good once, for two months after their own, and at the host that gave them. The twelve words of your own key are no invitation: never type them here."),
    ),
    "invitation-spent": Sentences(
        _("This invitation was used before"),
        _("Each invitation is good once. If it was not you who used it, tell whoever gave it to you, and ask for another one."),
    ),
    "already-invited": Sentences(
        _("You were invited before"),
        _("You need no second invitation, and this one was not used: give it to somebody else."),
    ),
    "invitations-closed": Sentences(
        _("No invitations just now"),
        _("The host has stopped the invitations of this month, or has not begun with them. Keep yours and try again in some days."),
    ),
    "may-not-invite": Sentences(
        _("You cannot invite yet"),
        _("Whoever came with an invitation may invite others from the first day of the month after it."),
    ),
    "invitations-given": Sentences(
        _("You have given all your invitations of this month"),
        _("New ones come on the first day of the next month. Those that you gave stay good until the end of the second month after this one."),
    ),
    "joins-full": Sentences(
        _("Many join just now"),
        _("Without an invitation, sixty can join in an hour. Try again later, in an hour at most; with an invitation you need not wait."),
    ),
    "posts-of-day": Sentences(
        _("You have sent as much as you may today"),
        _("Nobody answers for you yet, so you can send three posts or revisions a day. Keep this one as a draft and send it after midnight UTC; an invitation takes the limit away at once."),
    ),
    "lone-keys-full": Sentences(
        _("Many posts come from keys without a card"),
        _("Such keys share one limit, and it is used up. Try again later, in an hour at most, or hand in a card that lists the key."),
    ),
    "thread-names-closed": Sentences(
        _("No new names for one thread just now"),
        _("The host has not begun with those of this month. Try again in an hour; if you send this without one, it stands under your own name."),
    ),
    "may-not-take-name": Sentences(
        _("You can take no name for one thread yet"),
        _("Such names are for whoever came with an invitation, or looks after a board. If you send this without one, it stands under your own name."),
    ),
    "thread-names-taken": Sentences(
        _("You have taken all of this month’s names for one thread"),
        _("New ones come on the first day of the next month. If you send this without one, it stands under your own name."),
    ),
    "thread-name-unfit": Sentences(
        _("This right to a name is not good here"),
        _("It is too old, or for another name, another thread or another host. Ask for a new one."),
    ),
    "thread-name-spent": Sentences(
        _("This name is known here already"),
        _("A name for one thread is let in once. If it is yours, go on and post with it."),
    ),
    "name-elsewhere": Sentences(
        _("This name is for another thread"),
        _("It posts in its own thread alone, and opens none. Write here under your own name, or under a name for this thread."),
    ),
    "future-day": Sentences(
        _("The record is dated in the future"),
        _("Set the clock of your device right, sign the text again and send the new record."),
    ),
    "hidden": Sentences(
        _("Hidden by a desk"),
        _("Whoever moderates here keeps these words from readers, and may give them back. The page of the post names the rule, and leads to the reasons."),
    ),
    "unknown-type": Sentences(
        _("We do not know this kind of record"),
        _("This host takes posts, revisions, erasures and persona cards."),
    ),
    "wrong-signer": Sentences(
        _("This key may not do that"),
        _("Only the author’s own keys can change or erase a post. Sign with one of them."),
    ),
    "custody-differs": Sentences(
        _("The way of signing does not fit the key"),
        _("Each post repeats how its key is kept, as the persona’s card declares it. Sign it again with the declared way."),
    ),
    "host-custody": Sentences(
        _("Only the host’s own key signs for others"),
        _("Say that this key is kept on a device, or unlocked on a host, and sign the card again."),
    ),
    "key-inactive": Sentences(
        _("This key is no longer in use"),
        _("Its persona retired or revoked it. Sign with the current key."),
    ),
    "key-taken": Sentences(
        _("This key belongs to another persona"),
        _("Make a new key and a new card."),
    ),
    "stale-card": Sentences(
        _("There is a newer card"),
        _("Fetch the persona’s current card, build on it and sign it again."),
    ),
    "name-taken": Sentences(
        _("The name is taken"),
        _("Choose another one."),
    ),
    "mixed-name": Sentences(
        _("The name mixes scripts"),
        _("Write it in the letters of one script, so that nobody takes it for another name."),
    ),
    "wrong-passphrase": Sentences(
        _("Log in again"),
        _("Your session has ended. Log in again; if you wrote a text, it is below, to be copied."),
    ),
    "locked-key": Sentences(
        _("Your key is locked"),
        _("You logged in with a proof of your key, so this host cannot sign with it. Log in with your passphrase, or come back with your twelve words; what you typed can be kept as a draft until then."),
    ),
    "unknown-key": Sentences(
        _("This key is not known here"),
        _("Join first, or hand in the persona’s card."),
    ),
    "record-too-large": Sentences(
        _("The record is too long"),
        _("A record has at most 65,536 bytes. Shorten the text or split it into several posts."),
    ),
    "board-taken": Sentences(
        _("This board is here already"),
        _("A board with this key or short name was founded before. Choose another short name."),
    ),
    "unknown-board": Sentences(
        _("This board is not here"),
        _("The record is for a board that this host does not keep. Carry it to the board’s own host."),
    ),
    "unknown-tag": Sentences(
        _("The board has no such tag"),
        _("Its stewards choose the tags and may have changed them. Open the page anew and choose again."),
    ),
    "unknown-post": Sentences(
        _("The post it refers to is not here"),
        _("It was never here, it is on another board, or readers cannot see it yet. Open the thread and begin from a post that stands there."),
    ),
    "stale-revision": Sentences(
        _("There is a newer version"),
        _("The post was revised or erased in the meantime. Open it and begin from what it says now."),
    ),
    "hidden-post": Sentences(
        _("A desk hid this post"),
        _("It cannot be revised while it is hidden. Its page leads to the reasons and to the way to appeal; you can still erase it."),
    ),
    "thread-closed": Sentences(
        _("You cannot open a thread here"),
        _("On this board only its stewards open threads. You can answer in any of them."),
    ),
    "thread-locked": Sentences(
        _("This thread takes no more replies"),
        _("The stewards of this board or a desk closed it. You can still read it, or start another thread."),
    ),
    "filtered": Sentences(
        _("This board does not take one of its words"),
        _("The rules of the board list the words and links that posts there may not hold. Leave it out, or say it in another way."),
    ),
    "too-soon": Sentences(
        _("Too soon after your last post here"),
        _("This thread or its board is slowed, so that everybody has the time to read. What you wrote is still in the form: keep it as a draft, and send it later."),
    ),
    "same-place": Sentences(
        _("The thread stands on this board already"),
        _("Choose another board to move it to, or leave it where it is."),
    ),
    "board-archived": Sentences(
        _("This board is archived"),
        _("It can be read, but takes no more posts. Another board may fit."),
    ),
    "stale-settings": Sentences(
        _("Somebody changed this in the meantime"),
        _("Open the page anew, look at what holds now, and make your change again."),
    ),
    "too-many-drafts": Sentences(
        _("You have as many drafts as one may keep"),
        _("Send or delete one of your twenty first. What you typed is still in the form."),
    ),
    "too-many-saved": Sentences(
        _("You have saved as many threads as one may save"),
        _("Open one of your saved threads and take it from the list first; then save this one."),
    ),
    "checkpoint-truncated": Sentences(
        _("The checkpoint ends too early"),
        _("It was cut off on its way, or is another file. Fetch it again."),
    ),
    "wrong-origin": Sentences(
        _("This checkpoint is of another log"),
        _("It says nothing about the log that was asked for. Ask for the right one, or name the right log."),
    ),
    "wrong-log-key": Sentences(
        _("The log did not sign this checkpoint"),
        _("Somebody else made it, or the log has a new key. Believe a new key only from the host’s signed card."),
    ),
    "checkpoint-changed": Sentences(
        _("The checkpoint was changed after it was signed"),
        _("One of its signatures does not hold. Fetch it from another source."),
    ),
    "log-shrunk": Sentences(
        _("The log has fewer entries than before"),
        _("This is an old copy, or entries were taken away. Ask another source."),
    ),
    "split-view": Sentences(
        _("The log signed two histories"),
        _("They do not fit together: it shows different things to different readers. Keep both checkpoints, they prove it."),
    ),
    "not-consistent": Sentences(
        _("It is not shown that the log only grew"),
        _("The proof is damaged, or entries were changed. Ask another source."),
    ),
    "not-included": Sentences(
        _("It is not shown that the log holds this entry"),
        _("The entry or the proof was changed, or the entry was never in the log. Fetch both again."),
    ),
    "tile-differs": Sentences(
        _("A file does not belong to this log"),
        _("This copy is damaged or forged. Take the file from another source."),
    ),
    "too-few-witnesses": Sentences(
        _("Too few witnesses have signed"),
        _("Wait and fetch the checkpoint again. Until then others may be shown another log."),
    ),
    "unknown-log": Sentences(
        _("This witness does not know that log"),
        _("Its host decides which logs it looks after. Ask there."),
    ),
    "stale-size": Sentences(
        _("The witness has seen the log at another size"),
        _("Begin the proof at the size that it names, and ask again."),
    ),
    "witness-forgot": Sentences(
        _("This host cannot say what it signed"),
        _("It was restored or moved, and witnesses no log until its operator makes a new witness key. Nothing of what you read here is affected."),
    ),
    "misdirected": Sentences(
        _("Another host was asked for"),
        _("This host does not answer to that name. Look at the address again."),
    ),
    "failed": Sentences(
        _("Something went wrong here"),
        _("It is our fault, not yours. Go back, and what you typed will still be there; then try again."),
    ),
}  # fmt: skip


def status_of(error: errors.AppError) -> int:
    """Return the HTTP status of an error's family."""
    return next((status for family, status in _STATUSES if isinstance(error, family)), 500)


def sentences_of(code: str, status: int) -> Sentences:
    """Return what to tell a reader about a code; an unknown one reads as its family."""
    families = {404: "not-found", 410: "gone", 403: "forbidden", 409: "conflict", 400: "malformed",
                405: "not-found", 413: "too-large", 429: "limit", 503: "unavailable"}  # fmt: skip
    return _SENTENCES.get(code) or _SENTENCES[families.get(status, "failed")]


def known_codes() -> frozenset[str]:
    """Return every code that has sentences of its own."""
    return frozenset(_SENTENCES)
