"""Sentences that tell a reader what was refused and what to do next, of rooms that have many."""

from typing import Final, NamedTuple


def gettext_noop(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


_ = gettext_noop


class Sentences(NamedTuple):
    """What happened, and what to do next."""

    title: str
    explanation: str


OF_BALLOTS: Final = {
    "ballots-closed": Sentences(
        _("No votes are taken here now"),
        _("The consultation has not begun to take votes, or has ended. Its page says which; nothing of this was counted."),
    ),
    "may-not-take-ballot": Sentences(
        _("You cannot vote here with this persona"),
        _("Its keys are no longer in use. Log in with a persona whose keys are, and vote with that one."),
    ),
    "ballot-kind": Sentences(
        _("Your standing here has changed meanwhile"),
        _("Nothing was counted. Open the consultation again and vote once more."),
    ),
    "ballot-taken": Sentences(
        _("You have voted here with another of your keys"),
        _("Each persona has one ballot in a consultation. What you voted with that key stays and is counted; with this one it cannot be seen or changed."),
    ),
    "ballot-unfit": Sentences(
        _("This right to vote is not good here"),
        _("It is for another ballot, another consultation or another host. Ask for a new one."),
    ),
    "ballot-spent": Sentences(
        _("This ballot votes here already"),
        _("It was let in before, with another right. If it is yours, go on and vote with it."),
    ),
}  # fmt: skip

OF_MODERATION: Final = {
    "no-such-case": Sentences(
        _("There is no such case"),
        _("It may be another desk's, or its subject is gone. Go back to the queue."),
    ),
    "case-taken": Sentences(
        _("Another desk has this case"),
        _("It has it for half an hour at most, and nothing was done here. Take the next one from the queue, or come back."),
    ),
    "case-decided": Sentences(
        _("Somebody decided this meanwhile"),
        _("Nothing of yours was done. The log of moderation says what was decided, and why."),
    ),
    "case-changed": Sentences(
        _("The text was revised since you looked at it"),
        _("Nothing was done. Read it again as it is now, then decide."),
    ),
    "not-grouped": Sentences(
        _("Not all of these cases can be decided together any more"),
        _("Nothing was done. Look at the list again as it is now."),
    ),
    "lease-ended": Sentences(
        _("This case is not at your desk any more"),
        _("Half an hour was over, or you let it go. It is in the queue again, and nothing was done now."),
    ),
    "reasons-missing": Sentences(
        _("The reasons say too little"),
        _("Name the rule, and the facts in a sentence. If a law is the ground, name the law; a day on which it ends has to lie ahead."),
    ),
    "quoted-text": Sentences(
        _("The facts repeat the text"),
        _("The log never forgets them, and the text may have to go. Say in your own words what it does."),
    ),
    "not-allowed": Sentences(
        _("This desk may not do that"),
        _("It works on other boards, or its role does not reach this."),
    ),
    "own-matter": Sentences(
        _("This is your own matter"),
        _("You wrote it, reported it, or acted on it yourself. Somebody else has to decide."),
    ),
    "second-needed": Sentences(
        _("This takes two people"),
        _("Somebody else has to agree: another person at another desk, who has been there for ten minutes."),
    ),
    "too-many-actions": Sentences(
        _("That is a great deal for one hour"),
        _("A desk acts thirty times in an hour by itself. Rest, or let another desk look at the others."),
    ),
    "appealed": Sentences(
        _("Somebody appealed against this already"),
        _("There is one appeal for each action. Its answer comes to your notices."),
    ),
    "appeal-late": Sentences(
        _("The time for an appeal is over"),
        _("It could be made within thirty days."),
    ),
    "nothing-to-appeal": Sentences(
        _("There is nothing to appeal against"),
        _("The decision was undone meanwhile, or it takes nothing from you. Your notices say how it stands."),
    ),
    "appeal-open": Sentences(
        _("An appeal on this post is open"),
        _("Nothing is erased before it is answered. Answer it first, or let another desk do so."),
    ),
    "reported": Sentences(
        _("You have reported this already"),
        _("One report of yours counts. What comes of it is told under your reports."),
    ),
    "taken-already": Sentences(
        _("A desk took this from readers already"),
        _("Nothing is left to report here. The log of moderation says what was done, and why."),
    ),
    "too-many-reports": Sentences(
        _("That is a great deal of reports"),
        _("Wait, and send it again: one persona reports thirty times a day, and of legal notices ten are taken in ten minutes. What you wrote is below."),
    ),
    "no-desk": Sentences(
        _("Nobody works at a desk here"),
        _("The number or the passphrase is wrong, the session has ended, or the desk's term is over. Log in at your desk again."),
    ),
    "shielded": Sentences(
        _("The author lets only some people answer for now"),
        _("For a few days only those may answer whom they answered before. You can answer another post of the thread, or come again later. What you typed is still here."),
    ),
    "too-many-muted": Sentences(
        _("You have muted as many as you can"),
        _("Open the list under “Shield and muting”, take one from it, and try again."),
    ),
    "persona-limited": Sentences(
        _("You may read here and not write, for now"),
        _("A desk decided so. Your notices say why, until when, and how to appeal. What you wrote before you can always erase."),
    ),
}  # fmt: skip

OF_OPINION: Final = {
    "no-conversation": Sentences(
        _("This thread has no consultation"),
        _("Go back to the thread. Stewards can open a consultation there."),
    ),
    "conversation-open": Sentences(
        _("This thread has a consultation already"),
        _("Go to it and add your statement there."),
    ),
    "conversation-closed": Sentences(
        _("The consultation is closed"),
        _("It takes no more votes and statements. Its results are there for everyone."),
    ),
    "statement-unfit": Sentences(
        _("This is no statement that people can vote on"),
        _(
            "A statement is one sentence of at most 280 characters, without links and line breaks, and it stays as it is. Shorten it, then send it again; everything else belongs into an answer in the thread."
        ),
    ),
    "statement-known": Sentences(
        _("Somebody has said the same words"),
        _("Vote on that statement, or say something else."),
    ),
    "too-many-statements": Sentences(
        _("This is one statement too many"),
        _(
            "Twenty statements of one name are enough for one consultation. Vote on those that are there."
        ),
    ),
    "no-statement": Sentences(
        _("There is no such statement to vote on any more"),
        _(
            "It was merged with another or withdrawn. Your other votes are as they were; go on with the next statement."
        ),
    ),
    "side-not-asked": Sentences(
        _("This consultation does not ask where you live"),
        _("Go back to it and vote; nothing else is needed."),
    ),
    "side-too-early": Sentences(
        _("You have not voted here yet"),
        _(
            "Vote on a statement first. The question where you live comes after it, and you can skip it."
        ),
    ),
    "side-said": Sentences(
        _("You have answered where you live"),
        _(
            "It is answered once: whoever had several answers of yours could tell the truth from the coins. Your first answer stays; go on voting."
        ),
    ),
    "context-unfit": Sentences(
        _("This cannot stand as context"),
        _(
            "Context is about a post that can be read. It has at most 600 characters and names a source: the address of a page or of a post. It stays as it is, because people rate its words: to change them, erase it and write it anew."
        ),
    ),
    "too-much-context": Sentences(
        _("There is no room for more context here"),
        _(
            "Each name gives one context about a post, and a post has twenty at most. Rate what is there, or erase yours and write it anew."
        ),
    ),
    "rated-words": Sentences(
        _("Translations and summaries are not revised"),
        _(
            "Readers say whether they are faithful, and what they read must stay as it was. Erase it and write another one; what you typed is still here."
        ),
    ),
    "translation-unfit": Sentences(
        _("This is no translation of that post"),
        _(
            "A translation answers a post that readers can read, names the version that it translates, and is in another language; that of a statement is one sentence. Choose another language, or open the form again from the post."
        ),
    ),
    "translation-title": Sentences(
        _("The title is missing"),
        _(
            "This post opened a thread. Write its title in the first line, at most 200 characters, leave an empty line, and then the text."
        ),
    ),
    "translation-known": Sentences(
        _("You have translated this into that language already"),
        _("Erase your translation first, then send the new one."),
    ),
    "summary-unfit": Sentences(
        _("This is no summary of a thread"),
        _("A summary answers the post that opened its thread. Open the form on the thread’s page."),
    ),
    "uncited": Sentences(
        _("A sentence names no post"),
        _(
            "End every sentence with the numbers of the posts that it rests on, in square brackets like [2, 5], or leave the sentence out. Nothing was sent."
        ),
    ),
    "cites-nothing": Sentences(
        _("A sentence names a post that nobody can read here"),
        _(
            "Name posts of this thread by their numbers: not erased or hidden ones, no translations and no other summaries. Nothing was sent."
        ),
    ),
    "no-machine": Sentences(
        _("No machine translates on this host"),
        _("Look for a translation by a reader, or translate it yourself."),
    ),
    "machine-busy": Sentences(
        _("The machine has too much to do"),
        _(
            "As many texts wait as may wait. Try again in an hour, or look for a translation by a reader."
        ),
    ),
    "own-post": Sentences(
        _("This is your own"),
        _("Others rate what you wrote; nothing was kept. Rate what somebody else wrote."),
    ),
    "too-many-ratings": Sentences(
        _("You have rated enough for this week"),
        _(
            "Everybody has the same number of ratings a week, so that no few people decide for all. Nothing of this one was kept. Come back on Monday; you can still change what you rated."
        ),
    ),
    "self-merge": Sentences(
        _("These statements cannot be merged like that"),
        _("Name one that stands for itself and is not merged into another."),
    ),
    "stale-conversation": Sentences(
        _("Somebody else changed the consultation meanwhile"),
        _("Nothing was changed. Look at it as it is now, then decide."),
    ),
    "device-ballot": Sentences(
        _("Your ballot is made on your own device"),
        _(
            "Your key never left it, so this host can make no ballot with it, and nothing was counted now. Switch scripts on and open your ballot on the page of the consultation, or vote with a program that holds the key."
        ),
    ),
    "may-not-manage": Sentences(
        _("You do not look after this consultation"),
        _("Stewards, and whoever opened the thread, open and close consultations."),
    ),
    "no-table": Sentences(
        _("No table of results is published yet"),
        _("It comes when the consultation has closed. Until then look at the results page."),
    ),
    "results-hidden": Sentences(
        _("The results are hidden for now"),
        _(
            "They are shown to you once you have voted on five statements, or to everyone when the consultation closes."
        ),
    ),
}

OF_HEARINGS: Final = {
    "no-hearing": Sentences(
        _("This thread has no hearing"),
        _("Go back to the thread, or look at the list of hearings."),
    ),
    "no-question": Sentences(
        _("There is no such question here"),
        _("Nothing was changed. Look at the questions of the hearing as they are now."),
    ),
    "no-choice": Sentences(
        _("The questions are not chosen yet"),
        _("The charter names the day. Come back then."),
    ),
    "hearing-there": Sentences(
        _("This thread has a hearing or a consultation already"),
        _("Open another thread for this one."),
    ),
    "hearing-not-open": Sentences(
        _("The hearing takes no questions now"),
        _(
            "It has not opened, or its questions are chosen already. Its page names the days; your words are still in the form."
        ),
    ),
    "stale-charter": Sentences(
        _("The charter has changed since you read it"),
        _("Nothing was signed. Open the page again, and read it as it is now."),
    ),
    "mandate-missing": Sentences(
        _("This is no vote for this charter"),
        _(
            "Name a question of this hearing whose first line holds the digest of the charter, and with which more than half of at least ten people drawn by lot agreed. Nothing was changed."
        ),
    ),
    "question-unfit": Sentences(
        _("This is no question that people can vote on"),
        _(
            "The first line is the question: at most 200 characters, without links. Below it stand the reasons, at most 1,000 characters. Shorten it, then send it again."
        ),
    ),
    "question-language": Sentences(
        _("The hearing takes questions in other languages"),
        _("Its charter names them. Write it in one of those, and say which in the form."),
    ),
    "questions-only": Sentences(
        _("This thread has a hearing: it takes questions"),
        _("Ask a question instead, or answer in the thread."),
    ),
    "code-missing": Sentences(
        _("The reason is missing"),
        _("Whoever declines a question chooses one of the published reasons. Nothing was changed."),
    ),
    "appealed-before": Sentences(
        _("There was an appeal already"),
        _(
            "Each declined question has one. Its words stay readable, and you can ask in other words."
        ),
    ),
    "not-the-asker": Sentences(
        _("Only whoever asked a question can appeal"),
        _("Log in with the name under which it was asked."),
    ),
    "own-decline": Sentences(
        _("Somebody else decides about this appeal"),
        _(
            "Whoever declined a question does not decide about its appeal: where the official declined it, stewards do, and the other way round."
        ),
    ),
    "choice-unfit": Sentences(
        _("This choice does not follow from the counts"),
        _("Nothing was chosen. Choose again, by the charter, from the published table."),
    ),
    "not-its-desk": Sentences(
        _("You do not look after this hearing"),
        _("The official who answers and the stewards do. Log in as one of them."),
    ),
    "illegal-change": Sentences(
        _("It cannot go there from where it is"),
        _(
            "Nothing was changed. Look at it as it is now, then choose one of the steps that are offered."
        ),
    ),
    "charter-fixed": Sentences(
        _("The charter holds since the hearing opened"),
        _("It changes only where the participants drawn by lot agree. Nothing was changed."),
    ),
    "charter-unfit": Sentences(
        _("This charter makes no hearing yet"),
        _(
            "It needs days in their order within three months, a language, one to ten aims, and between one and a hundred questions to be answered."
        ),
    ),
    "evidence-missing": Sentences(
        _("The evidence is missing"),
        _("Give the address of a page or of a post that shows it, then send it again."),
    ),
    "aim-open": Sentences(
        _("An aim has no verdict yet"),
        _(
            "Say of each aim whether it was met, not met, or that nobody knows. Then close the hearing."
        ),
    ),
}
