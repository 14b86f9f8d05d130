"""Pages to HTML: one environment, escaping always, nothing undefined."""

from collections.abc import Callable, Hashable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Macro
from markupsafe import Markup  # noqa: TID251 (sentences of the catalogues, as the extension does)

from .languages import Language
from .markup import direction_of, lead_out
from .pages import Frame, Page

_PIECES_REMEMBERED: Final = 1024


class Templates:
    """Renders view models with the messages, numbers and calendar of a language."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environments: dict[tuple[str, str, str], Environment] = {}
        self._memories: list[_Memory] = []

    def source(self, name: str, language: Language) -> str:
        """Return a template that knows of its language alone, and has no frame."""
        template = self._of(language).get_template(name)
        return template.render(language=language.code, direction=language.direction)

    def render(self, page: Page, frame: Frame, language: Language) -> str:
        """Return a page as HTML."""
        values = _fields_of(page)
        return self._of(language).get_template(page.template).render(frame=frame, **values)

    def forget(self) -> None:
        """Forget every piece of a page: words that were erased are not kept in memory either."""
        for memory in self._memories:
            memory.forget()

    def render_piece(self, page: Page, language: Language) -> str:
        """Return a part of a page as HTML; of the frame, its template knows the language alone."""
        values = _fields_of(page)
        template = self._of(language).get_template(page.template)
        return template.render(frame={"language": language.code}, **values)

    def _of(self, language: Language) -> Environment:
        key = (language.code, language.calendar, language.digits)
        if key not in self._environments:
            self._memories.append(_Memory())
            self._environments[key] = _environment(self._folder, language, self._memories[-1])
        return self._environments[key]


def _fields_of(page: Page) -> dict[str, Any]:
    # Every page is a dataclass, which the type of their base cannot say.
    return {item.name: getattr(page, item.name) for item in fields(page)}  # type: ignore[arg-type]


class _Memory:
    """Runs a macro whose values alone decide its output, once for the same values.

    A page made anew differs from the last one by a post or two: the other letters are known.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Hashable, ...], str] = {}

    def __call__(self, macro: Macro, *values: Hashable) -> str:
        key = (macro.name, *values)
        piece = self._known.get(key)
        if piece is None:
            if len(self._known) >= _PIECES_REMEMBERED:
                self.forget()
            self._known[key] = piece = macro(*values)
        return piece

    def forget(self) -> None:
        """Forget every piece."""
        self._known.clear()


def _environment(folder: Path, language: Language, memory: _Memory) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        # Every template, whatever its suffix: the usual helper leaves .txt and .j2 unescaped.
        autoescape=True,
        undefined=StrictUndefined,
        # Each page would ask the disk about its templates, which change with the program alone.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    install: Any = environment
    install.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)
    environment.globals.update(
        _=_translator(language),
        # All that parts need of the frame: without it they are made once, not for each page.
        page_language=language.code,
        number=language.number,
        name_of=language.name_of,
        day=language.day,
        short_day=language.short_day,
        numeric_day=language.numeric_day,
        # A day as it is typed here, for hints; forms take those of both calendars.
        day_like=language.numeric_day(date(2027, 1, 31)),
        clock=language.clock,
        iso=lambda day: day.isoformat(),
        direction_of=direction_of,
        lead_out=lambda html: lead_out(html, language.code),
        remembered=memory,
        short=lambda digest: " ".join(digest[start : start + 4] for start in range(0, 16, 4)),
    )
    return environment


def _translator(language: Language) -> Callable[..., Markup]:
    """Return `_` as the extension has it, with each sentence looked up once.

    The extension calls through two layers and formats what has nothing to format, for each of the
    many sentences of a page.
    """
    known: dict[str, Markup] = {}

    def translate(message: str, /, **values: object) -> Markup:
        sentence = known.get(message)
        if sentence is None:
            # Ours, from the catalogues: what is put into it is escaped.
            sentence = known[message] = Markup(language.gettext(message))  # noqa: S704
        return sentence % values if values or "%" in sentence else sentence

    return translate
