"""What the forum refuses."""

from app.kernel.errors import ConflictError, ForbiddenError, NotFoundError


class UnknownBoardError(ConflictError):
    """The record is for a board whose home is elsewhere."""

    code = "unknown-board"


class UnknownTagError(ConflictError):
    """A thread's tag is none of its board's."""

    code = "unknown-tag"


class UnknownPostError(ConflictError):
    """The post that a record answers or changes is not here."""

    code = "unknown-post"


class StaleRevisionError(ConflictError):
    """The post has a newer version, or was erased."""

    code = "stale-revision"


class ThreadClosedError(ForbiddenError):
    """On this board only stewards open threads."""

    code = "thread-closed"


class ThreadLockedError(ForbiddenError):
    """Stewards locked or archived the thread."""

    code = "thread-locked"


class BoardArchivedError(ForbiddenError):
    """The board takes no more posts."""

    code = "board-archived"


class StaleSettingsError(ConflictError):
    """Somebody else changed the settings since they were read."""

    code = "stale-settings"


class BoardTakenError(ConflictError):
    """A board with this short name is here already."""

    code = "board-taken"


class TooManyDraftsError(ConflictError):
    """A persona keeps as many drafts as one may keep."""

    code = "too-many-drafts"


class TooManySavedError(ConflictError):
    """A persona saved as many threads as one may save."""

    code = "too-many-saved"


class NoSuchThreadError(NotFoundError):
    """No such thread, or its tick has not come."""
