"""Templates show what their page holds, and nothing that a page may not carry."""

import importlib
import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

from app.web.pages import Page
from jinja2 import Environment, FileSystemLoader, meta, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
ROOMS = ("forum", "identity", "federation", "moderation", "site")
GLOBALS = {
    "frame", "_", "gettext", "ngettext", "number", "day", "short_day", "iso", "direction_of", "lead_out",
    "short", "numeric_day", "clock", "name_of", "remembered", "range", "namespace", "loop", "caller",
}  # fmt: skip
ALONE = {"site/exit.html", "site/exit_onion.html"}
FORBIDDEN = re.compile(
    r"""\sstyle=|<style|<svg|\son[a-z]+=|(?:href|src|action)="https?://|\|\s*safe\b|@import|url\(""",
    re.IGNORECASE,
)


def pages() -> list[type[Page]]:
    """Return every view model."""
    found = []
    for room in ROOMS:
        module = importlib.import_module(f"app.{room}.pages")
        parts = [info.name for info in iter_modules(getattr(module, "__path__", ()))]
        modules = [
            module,
            *(importlib.import_module(f"{module.__name__}.{part}") for part in parts),
        ]
        found += [
            item
            for part in modules
            for item in vars(part).values()
            if isinstance(item, type)
            and issubclass(item, Page)
            and "__dataclass_fields__" in vars(item)
        ]
    return found


@cache
def parsed(name: str) -> nodes.Template:
    """Return a template as its parts."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    return environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))


def undeclared(name: str) -> set[str]:
    """Return the names that a template expects from outside: not its own, not those of its layout."""
    trees = [parsed(item) for item in (name, "layout/base.html")]
    given: set[str] = set()
    for tree in trees:
        given |= {node.target for node in tree.find_all(nodes.Import)}
        given |= {str(item) for node in tree.find_all(nodes.FromImport) for item in node.names}
        given |= {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
        given |= {node.name for node in tree.find_all(nodes.Macro)}
    return meta.find_undeclared_variables(trees[0]) - given


def test_template_uses_only_the_fields_of_its_page() -> None:
    beyond = {
        page.__name__: undeclared(page.template) - {item.name for item in fields(page)} - GLOBALS  # type: ignore[arg-type]  # a dataclass
        for page in pages()
    }

    assert {page: names for page, names in beyond.items() if names} == {}


def test_every_template_has_a_page() -> None:
    used = {page.template for page in pages()} | ALONE
    folders = [TEMPLATES / room for room in ROOMS]
    present = {str(p.relative_to(TEMPLATES)) for folder in folders for p in folder.glob("*.html")}

    assert present == used


def test_template_has_nothing_inline_or_remote() -> None:
    sources = {
        str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8")
        for path in TEMPLATES.rglob("*.html")
    }

    found = {name: FORBIDDEN.findall(source) for name, source in sources.items()}
    assert {name: parts for name, parts in found.items() if parts} == {}
    scripts = {name: source.count("<script") for name, source in sources.items()}
    assert {name: count for name, count in scripts.items() if count} == {"layout/base.html": 1}


def test_stylesheet_names_no_side_and_nothing_remote() -> None:
    sheet = (ROOT / "static" / "goftogu.css").read_text(encoding="utf-8")
    physical = re.findall(
        r"[;{](?:margin|padding|border)-(?:left|right)|[;{](?:left|right):", sheet
    )

    assert physical == []
    assert "url(" not in sheet
    assert "@import" not in sheet
