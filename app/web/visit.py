"""A visit: one request as handlers see it, and the answer they give.

Language, theme, reader's choices and session come from the path and three cookies, nothing else
from the visitor is kept. `get_visit` and `get_posted` are the only dependencies of handlers: the
first looks up a board's home where any is elsewhere and nothing else, the second reads the body of
a form and refuses it unless this site made it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from typing import Annotated, ClassVar, Final, Protocol, TypeVar

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.crypto.checksum import checksum_words
from app.db import Work
from app.kernel.errors import ForbiddenError, NotFoundError, ReadOnlyError

from .at_home import PARTNERS, localise_home, look_home
from .forms import Fields, parse_fields
from .languages import Language
from .limits import (
    WRITING_OF_CIRCUIT,
    WRITING_OF_PAGE,
    WRITING_OF_PERSONA,
    Bucket,
    BusyCircuitError,
)
from .listener import CIRCUIT, Listener, listener_of
from .middleware import read_body
from .pages import SCRIPT_POLICY, Frame, LanguageLink, Page, ViewerLine
from .reader import READER_COOKIE, parse_reader
from .site import Site
from .tokens import StaleFormError, make_form_token, require_form_token

THEME_COOKIE: Final = "theme"
_NONCE_BYTES: Final = 16


class NamedViewer(Protocol):
    """What the frame shows of whoever is logged in."""

    @property
    def root(self) -> str: ...  # noqa: D102

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def fingerprint(self) -> str: ...  # noqa: D102


class Visit:
    """One request and its language."""

    session_cookie: ClassVar[str] = "cookie_name"
    """Which of the listener's cookies its session and its forms hang on."""

    def __init__(self, request: Request, language: Language) -> None:
        self._request = request
        self.site: Site = request.app.state.site
        self.reader = parse_reader(request.cookies.get(READER_COOKIE, ""))
        self.listener = listener_of(request.scope)
        self.language = language.read_with(self.reader.calendar, self.reader.digits)
        self.path: str = request.scope["path"]
        self.session_token = request.cookies.get(getattr(self.listener, self.session_cookie), "")
        theme = request.cookies.get(THEME_COOKIE, "")
        self._work: Work | None = None
        self.home = localise_home(request, self.reader)
        self.theme = theme if theme in {"light", "dark"} else ""

    @contextmanager
    def read(self) -> Iterator[Work]:
        """Open a unit of work that cannot write.

        A replica may answer somebody without a session: who has one finds what they just did.
        """
        may_lag = not self.session_token and self._request.method == "GET"
        with self.site.db.read(may_lag=may_lag) as work, self._at_hand(work):
            yield work

    @contextmanager
    def write(self) -> Iterator[Work]:
        """Open a unit of work that commits before the answer is made."""
        with self.site.db.write() as work, self._at_hand(work):
            yield work

    @contextmanager
    def _at_hand(self, work: Work) -> Iterator[None]:
        self._work = work
        try:
            yield
        finally:
            self._work = None

    @property
    def form_mark(self) -> bytes:
        """What form tokens of its pages are bound to."""
        return session_mark(self.session_token)

    def count_persona(self, root: str) -> None:
        """Count what a persona does, if it does something: reading is free."""

    def count_for_sender(self, bucket: Bucket) -> None:
        """Count an act of whoever sent this: by session and by circuit, as far as there are any.

        Raises:
            LimitError: the bucket is full for one of them.

        """
        circuit = getattr(self._request.state, CIRCUIT, None)
        for sender in filter(None, (self.session_token, circuit and f"circuit {circuit}")):
            self.site.gate.fill(bucket, sender, self.site.clock.now())

    def address(self, path: str) -> str:
        """Return a path of this site in the visit's language."""
        return f"/{self.language.code}{path}"

    def is_from_here(self) -> bool:
        """Whether a page of this site, or the person themselves, asked; old browsers do not say."""
        site = self._request.headers.get("sec-fetch-site", "same-origin")
        return site in {"same-origin", "none"}

    def translate(self, message: str) -> str:
        """Return a message in the visit's language."""
        return self.language.gettext(message)

    def render(
        self,
        page: Page,
        viewer: NamedViewer | None = None,
        *,
        section: str = "",
        status: int = 200,
    ) -> Response:
        """Return a page as an answer."""
        line = None if viewer is None else self._viewer_line(viewer)
        frame = self._frame(line, section, page.script if page.has_script else "")
        html = self.site.templates.render(page, frame, self.language)
        policy = SCRIPT_POLICY if page.has_script else {}
        headers = {"Content-Language": self.language.code, **policy, **page.headers}
        return HTMLResponse(html, status, headers)

    def share(self, *subjects: str) -> None:
        """Let the page cache keep this answer until one of its subjects changes.

        Only for pages that are the same for everyone who is not logged in.
        """
        also = {PARTNERS} if self.home else set()
        self._request.state.subjects = frozenset({*subjects, *also})

    def see_other(self, path: str) -> Response:
        """Return a redirect after a form: reloading the next page repeats nothing."""
        return RedirectResponse(path, 303)

    def _viewer_line(self, viewer: NamedViewer) -> ViewerLine:
        # A request that waits for a second connection while it holds one could wait for itself.
        with nullcontext(self._work) if self._work else self.read() as work:
            unread = self.site.count_unread(work, viewer.root)
        return ViewerLine(name=viewer.name, fingerprint=viewer.fingerprint, unread=unread)

    def _frame(self, viewer: ViewerLine | None, section: str, script: str) -> Frame:
        query = self._request.scope["query_string"].decode("ascii", "ignore")
        rest = self.path.split("/", 2)[2] if self.path.count("/") > 1 else ""
        is_get = self._request.method in {"GET", "HEAD"}
        links = tuple(
            LanguageLink(
                code=language.code,
                name=language.name,
                direction=language.direction,
                path=f"/{language.code}/{rest}" + (f"?{query}" if query and is_get else ""),
                is_current=language.code == self.language.code,
            )
            for language in self.site.languages.values()
        )
        nonce = self.site.randomness.token_bytes(_NONCE_BYTES)
        static, onion = self.site.static, self.site.onion
        return Frame(
            language=self.language.code,
            direction=self.language.direction,
            path=self.path,
            languages=links,
            theme=self.theme,
            size=self.reader.size,
            viewer=viewer,
            section=section,
            form_token=make_form_token(self.site.form_key, self.form_mark, nonce),
            stylesheet=static.path("goftogu.css"),
            script=static.path(script) if script else "",
            instance_name=self.site.instance_name,
            host_fingerprint=self.site.instance_fingerprint,
            only_reads=self.site.db.is_read_only,
            onion=onion,
            onion_words=" ".join(checksum_words(onion, self.language.code)) if onion else "",
            home=self.home,
            shutdown=self.site.sign.line,
        )


class Posted(Visit):
    """A visit that brought a form which this site made."""

    def __init__(self, request: Request, language: Language, fields: Fields) -> None:
        super().__init__(request, language)
        self.fields = fields
        self._counted = ""

    def count_persona(self, root: str) -> None:
        """Count the form for its persona, once however often its handler asks who it is.

        Raises:
            LimitError: the persona sends too much.

        """
        if self._counted != root:
            self._counted = root
            self.site.gate.fill(WRITING_OF_PERSONA, root, self.site.clock.now())


class OfDesk:
    """Knows the desk's session and no persona's; a form token of the one is none of the other."""

    session_cookie: ClassVar[str] = "desk_cookie_name"
    session_token: str

    @property
    def form_mark(self) -> bytes:
        """What form tokens of its pages are bound to."""
        return session_mark(f"desk {self.session_token}")


class DeskVisit(OfDesk, Visit):
    """A visit of the pages on which desks work."""


class DeskPosted(OfDesk, Posted):
    """A form of those pages."""


_Sent = TypeVar("_Sent", bound=Posted)


def session_mark(session_token: str) -> bytes:
    """Return what form tokens of a session are bound to."""
    return sha256(session_token.encode()).digest()


def find_language(request: Request, code: str) -> Language:
    """Return the language that a path begins with.

    Raises:
        NotFoundError: we have no such language.

    """
    site: Site = request.app.state.site
    language = site.languages.get(code)
    if language is None:
        raise NotFoundError("no such language")
    return language


async def get_visit(request: Request, language: str) -> Visit:
    """Deliver the visit to a handler.

    Raises:
        MadeAtHomeError, HomeEndedError: see `look_home`.

    """
    found = find_language(request, language)
    await look_home(request)
    return Visit(request, found)


async def get_posted(request: Request, language: str) -> Posted:
    """Deliver a form to a handler, after its origin and its token were verified.

    Raises:
        MadeAtHomeError, HomeEndedError: see `look_home`.
        ReadOnlyError: the operator lets this host only read.
        ForbiddenError: the form was sent from another site.
        StaleFormError: its token belongs to another session.

    """
    return await _take_form(request, language, Posted, may_write=True)


async def get_leaving(request: Request, language: str) -> Posted:
    """Deliver a form that is answered by a cookie alone, also where a host only reads.

    Raises:
        ForbiddenError, StaleFormError: as for every form.

    """
    return await _take_form(request, language, Posted, may_write=False)


async def get_desk_visit(request: Request, language: str) -> DeskVisit:
    """Deliver the visit of a page for desks.

    Raises:
        NotFoundError: this listener has none.

    """
    require_staff_pages(listener_of(request.scope))
    return DeskVisit(request, find_language(request, language))


async def get_desk_posted(request: Request, language: str) -> DeskPosted:
    """Deliver a form of a page for desks.

    Raises:
        NotFoundError: this listener has none.
        ReadOnlyError, ForbiddenError, StaleFormError: as for every form.

    """
    require_staff_pages(listener_of(request.scope))
    return await _take_form(request, language, DeskPosted, may_write=True)


async def get_desk_leaving(request: Request, language: str) -> DeskPosted:
    """Deliver the form that leaves a desk, also where a host only reads.

    Raises:
        NotFoundError: this listener has none.
        ForbiddenError, StaleFormError: as for every form.

    """
    require_staff_pages(listener_of(request.scope))
    return await _take_form(request, language, DeskPosted, may_write=False)


def require_staff_pages(listener: Listener) -> None:
    """Refuse what only the listener of the staff has, as if it were nowhere.

    Raises:
        NotFoundError: this is another one.

    """
    if not listener.has_staff_pages:
        raise NotFoundError("the staff has a way in of its own")


async def _take_form(
    request: Request, language: str, sent: type[_Sent], *, may_write: bool
) -> _Sent:
    found = find_language(request, language)
    fields = parse_fields(await read_body(request), request.headers.get("content-type", ""))
    # Whatever goes wrong from here on, the error page gives the typed text back.
    request.state.typed = fields
    site: Site = request.app.state.site
    request.state.kept_text = "\n\n".join(filter(None, map(fields.__getitem__, site.words)))
    if may_write:
        admit_writing(request)
    # Before the token: those of forms that were open when the host was started anew are stale.
    if may_write and site.db.is_read_only:
        raise ReadOnlyError("this host only reads now")
    # Browsers always send Origin with a POST under our referrer policy; other programs may not.
    origin = request.headers.get("origin")
    posted = sent(request, found, fields)
    if origin not in {None, *posted.listener.origins} or not posted.is_from_here():
        raise StaleFormError("a form of another site")
    token = fields.pop("token", "")
    require_form_token(site.form_key, posted.form_mark, token)
    if may_write:
        site.gate.fill(WRITING_OF_PAGE, token, site.clock.now())
        await look_home(request)
        posted.home = localise_home(request, posted.reader)
    return posted


def admit_writing(request: Request) -> None:
    """Count what somebody sends to be kept, by the circuit that it comes by.

    Raises:
        BusyCircuitError: it sends too much.

    """
    circuit = getattr(request.state, CIRCUIT, None)
    if circuit is None:
        return
    site: Site = request.app.state.site
    count = site.gate.count(WRITING_OF_CIRCUIT, str(circuit), site.clock.now())
    if count > WRITING_OF_CIRCUIT.most or getattr(request.state, "is_busy", False):
        raise BusyCircuitError("too much is sent by a circuit")


VisitDep = Annotated[Visit, Depends(get_visit)]
PostedDep = Annotated[Posted, Depends(get_posted)]
LeavingDep = Annotated[Posted, Depends(get_leaving)]
DeskDep = Annotated[DeskVisit, Depends(get_desk_visit)]
DeskPostedDep = Annotated[DeskPosted, Depends(get_desk_posted)]
DeskLeavingDep = Annotated[DeskPosted, Depends(get_desk_leaving)]


class LoginNeededError(ForbiddenError):
    """The viewer is not logged in, or no longer."""

    code = "login-needed"
