"""What pages of desks show of posts, personas and acts."""

from app import forum, identity
from app.db import Work
from app.forum import Post
from app.moderation import rules, store
from app.moderation.model import Action, Reasons, Subject, SubjectKind
from app.moderation.pages.cases import ActionLine, SubjectLine, WordsLine
from app.moderation.pages.naming import GROUND_NAMES, KIND_NAMES, SCOPE_NAMES
from app.moderation.pages.seconding import ReasonsLine
from app.web.markup import direction_of, render_post
from app.web.rules import LABEL_NAMES, rule_name
from app.web.visit import Visit


def words_line(work: Work, visit: Visit, post: Post) -> WordsLine:
    """Show a post's words as they are, or as they were before they were hidden."""
    text = forum.get_words(work, post)
    state = "erased" if post.erased_on else "hidden" if post.is_hidden else "shown"
    return WordsLine(
        path=f"/p/{post.digest.hex()}",
        title=text.title or "",
        html=render_post(text.markdown),
        language=text.language,
        direction=direction_of(text.markdown),
        author=post.author.name or "",
        fingerprint=post.author.fingerprint,
        day=post.day,
        number=post.number,
        revisions=post.version.number - 1,
        state=state,
        label=visit.translate(LABEL_NAMES[post.label]) if post.label in LABEL_NAMES else "",
    )


def find_post(work: Work, subject: Subject) -> Post | None:
    """Return the post that is a subject, or that opened the thread which is; None for others."""
    if subject.kind is SubjectKind.POST:
        return forum.find_post(work, digest=bytes.fromhex(subject.name))
    if subject.kind is SubjectKind.THREAD:
        opening = forum.get_thread(work, subject.name).opening
        return forum.find_post(work, digest=opening)
    return None


def subject_line(work: Work, visit: Visit, subject: Subject) -> SubjectLine:
    """Show what a case is about."""
    post = find_post(work, subject)
    root = subject.name if subject.kind is SubjectKind.PERSONA else ""
    hand = post.author.hand if post else root
    persona = identity.find_persona(work, root) if root else None
    mark = persona.fingerprint if persona else ""
    return SubjectLine(
        kind=subject.kind.value,
        words=words_line(work, visit, post) if post else None,
        persona=persona.name if persona else "",
        persona_path=f"/persona/{mark.replace(' ', '')}" if mark else "",
        thread_path=f"/t/{post.thread}" if post else "",
        is_limited=bool(hand) and identity.find_limit(work, hand) is not None,
    )


def action_line(work: Work, visit: Visit, action: Action) -> ActionLine:
    """Show an act."""
    desk = store.find_desk(work, action.desk)
    return ActionLine(
        digest=action.digest.hex(),
        kind=visit.translate(KIND_NAMES[action.kind]),
        rule=rule_name(visit.translate, action.rule.value),
        desk=desk.number if desk else 0,
        day=action.day,
        is_undone=action.undoing is not None,
    )


def reasons_line(visit: Visit, reasons: Reasons) -> ReasonsLine:
    """Show a statement of reasons."""
    return ReasonsLine(
        rule=rule_name(visit.translate, reasons.rule.value),
        ground=visit.translate(GROUND_NAMES[reasons.ground]),
        law=reasons.law,
        facts=reasons.facts,
        language=reasons.language,
        scope=visit.translate(SCOPE_NAMES[reasons.scope]),
        until=reasons.until,
    )


def can_be_undone(action: Action) -> bool:
    """Return whether undoing an act would do anything."""
    return action.undoing is None and action.kind not in rules.UNDONE_BY_NOTHING
