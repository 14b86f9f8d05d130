"""What the closed lists of moderation are called on pages; each is translated where it is shown."""

from typing import Final

from app.moderation.model import ActionKind, Ground, Outcome, Role, Scope, Source
from app.moderation.model.crowds import Evidence
from app.web.sentences import gettext_noop as _

KIND_NAMES: Final = {
    ActionKind.LABEL: _("Label a post"),
    ActionKind.HIDE: _("Hide a post"),
    ActionKind.QUARANTINE: _("Quarantine by law"),
    ActionKind.LOCK: _("Lock a thread"),
    ActionKind.SLOW: _("Slow a thread"),
    ActionKind.MOVE: _("Move a thread"),
    ActionKind.LIMIT: _("Limit a persona to reading"),
    ActionKind.ERASE: _("Erase a post"),
    ActionKind.CLOSE_DESK: _("Close a desk"),
    ActionKind.CLEAR: _("Looked at, nothing to do"),
    ActionKind.UNDO: _("Undo"),
    ActionKind.UPHOLD: _("Uphold after an appeal"),
    ActionKind.ATTACK_MODE: _("Attack mode"),
}
GROUND_NAMES: Final = {Ground.RULE: _("A rule of this place"), Ground.LAW: _("A law")}
SOURCE_NAMES: Final = {
    Source.REPORT: _("Reports"),
    Source.LEGAL_NOTICE: _("A legal notice"),
    Source.OWN: _("The desk came upon it"),
    Source.AUTOMATIC: _("An automatic rule"),
}
SCOPE_NAMES: Final = {
    Scope.POST: _("This post"),
    Scope.THREAD: _("This thread"),
    Scope.BOARD: _("This board"),
    Scope.INSTANCE: _("The whole host"),
}
OUTCOME_NAMES: Final = {
    Outcome.UPHELD: _("Upheld"),
    Outcome.REVERSED: _("Reversed"),
    Outcome.AMENDED: _("Amended"),
}
ROLE_NAMES: Final = {
    Role.MODERATOR: _("Moderator"),
    Role.STEWARD: _("Steward of all boards"),
    Role.SPONSOR: _("Sponsor"),
}
EVIDENCE_NAMES: Final = {
    Evidence.WORDS: _("nearly the same words"),
    Evidence.SUBJECTS: _("nearly the same list of subjects"),
    Evidence.BURST_OF_NEWCOMERS: _("one burst of reports by newcomers of the same days"),
    Evidence.COHORT: _("invitations of one month"),
}
