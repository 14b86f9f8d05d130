"""What a desk and others do in an instance that is looked at, without their pages."""

from pathlib import Path

from app.forum import service as forum_service
from app.forum.store import shielding
from app.kernel.clock import DAY_S, Instant, SystemClock, day_of
from app.moderation import service
from app.moderation.model import Action, ActionKind, Role, Subject, SubjectKind

from tests import factories
from tests.houses import open_at, submit
from tests.moderation.desks import decision, seat

_MODERATOR = factories.person("Moderator of the gallery")


def hide(data: Path, post: str) -> str:
    """Hide a post, named by its digest, as a steward's desk; return the digest of the act."""
    house = open_at(data, SystemClock())
    submit(house, factories.card(_MODERATOR, day=day_of(house.clock.now())))
    at = seat(house, _MODERATOR, role=Role.STEWARD, boards=()).at(house)
    subject = Subject(kind=SubjectKind.POST, name=post)
    with house.db.write() as work:
        found = service.act_on(work, house.door, at, subject, decision(ActionKind.HIDE))
    house.db.close()
    assert isinstance(found, Action)
    return found.digest.hex()


def shield_opening(data: Path, thread: str) -> str:
    """Give whoever opened a thread, named by its path, a shield; return the opening's digest."""
    house = open_at(data, SystemClock())
    with house.db.write() as work:
        found = forum_service.get_thread(work, thread.rpartition("/")[2])
        author = forum_service.get_post(work, found.opening).author
        assert author.root is not None
        shielding.set_shield(work, author.root, day_of(Instant(house.clock.now() + 7 * DAY_S)))
    house.db.close()
    return found.opening.hex()
