"""A board on which two camps of readers rated what was posted."""

from collections.abc import Iterable
from dataclasses import dataclass

from app import forum, opinion
from app.forum import Post
from app.opinion.jobs.ground import GroundKeeper
from app.opinion.model import Helps
from app.wiring import House

from tests import factories
from tests.houses import invite, release, require_post, submit
from tests.opinion.rater_camps import CLAIM, OF_A, OF_B, SHARED

WRITER = factories.person("Writer")
OF_CAMP_A = tuple(factories.person(f"Reader A{n}") for n in range(12))
OF_CAMP_B = tuple(factories.person(f"Reader B{n}") for n in range(12))
TITLES = (SHARED, *OF_A[:4], *OF_B[:4], CLAIM, "nobody has rated it")


@dataclass
class RatedBoard:
    """The live board: a thread for each title, and one with an answer for each."""

    house: House
    openings: dict[str, bytes]
    """Digests of the openings by their titles."""
    answers: dict[str, bytes]
    """Digests of the answers in the last thread, by their texts."""
    thread: str
    """The id of the last thread, whose title is `all`."""

    def post(self, digest: bytes) -> Post:
        """Return a post."""
        with self.house.db.read() as work:
            found = forum.find_post(work, digest=digest)
        assert found is not None
        return found

    def rate(
        self, people: Iterable[factories.Person], helps: Iterable[str], others: Iterable[str] = ()
    ) -> None:
        """Let people say what helps them, of threads and of answers alike."""
        said = [(name, Helps.YES) for name in helps] + [(name, Helps.NO) for name in others]
        posts = [
            (self.post(place[name]), value)
            for name, value in said
            for place in (self.openings, self.answers)
        ]
        with self.house.db.write() as work:
            for person in people:
                for post, value in posts:
                    opinion.rate(work, self.house.marks_key, person.root, post, value)

    def camps_rate(self) -> None:
        """Let each camp say that its own posts help, the others' do not, and the shared one does."""
        self.rate(OF_CAMP_A, (SHARED, *OF_A[:4]), OF_B[:4])
        self.rate(OF_CAMP_B, (SHARED, *OF_B[:4]), OF_A[:4])

    def order(self) -> bool:
        """Order the board as the worker does; return whether anything changed."""
        changed = [act() for act in GroundKeeper(self.house.db, self.house.marks_key).list_due()]
        return any(changed)


def found_board(house: House) -> RatedBoard:
    """Publish threads and answers on the live board, and let the camps come."""
    invite(house, WRITER, *OF_CAMP_A, *OF_CAMP_B)
    whole = factories.note(WRITER, board=factories.LIVE, title="all")
    threads = {name: factories.note(WRITER, board=factories.LIVE, title=name) for name in TITLES}
    submit(house, whole, *threads.values())
    release(house)
    answers = {
        name: factories.note(WRITER, board=factories.LIVE, reply_to=whole, text=name)
        for name in TITLES
    }
    submit(house, *answers.values())
    release(house)
    return RatedBoard(
        house=house,
        openings={name: factories.digest_of(raw) for name, raw in threads.items()},
        answers={name: factories.digest_of(raw) for name, raw in answers.items()},
        thread=require_post(house, whole).thread,
    )
