"""Pages to HTML: one environment, escaping always, nothing undefined."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .languages import Language
from .markup import direction_of
from .pages import Frame, Page


class Templates:
    """Renders view models with the messages, numbers and calendar of a language."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environments: dict[tuple[str, str, str], Environment] = {}

    def source(self, name: str, language: Language) -> str:
        """Return a template that has no variables, as it stands."""
        return self._of(language).get_template(name).render()

    def render(self, page: Page, frame: Frame, language: Language) -> str:
        """Return a page as HTML."""
        values = {item.name: getattr(page, item.name) for item in fields(page)}  # type: ignore[arg-type]
        return self._of(language).get_template(page.template).render(frame=frame, **values)

    def _of(self, language: Language) -> Environment:
        key = (language.code, language.calendar, language.digits)
        if key not in self._environments:
            self._environments[key] = _environment(self._folder, language)
        return self._environments[key]


def _environment(folder: Path, language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        # Every template, whatever its suffix: the usual helper leaves .txt and .j2 unescaped.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    install: Any = environment
    install.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)
    environment.globals.update(
        number=language.number,
        day=language.day,
        short_day=language.short_day,
        numeric_day=language.numeric_day,
        iso=lambda day: day.isoformat(),
        direction_of=direction_of,
        short=lambda digest: " ".join(digest[start : start + 4] for start in range(0, 16, 4)),
    )
    return environment
