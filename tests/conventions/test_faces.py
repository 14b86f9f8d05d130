"""Rooms meet at their faces: `app.<room>`, its model and its errors (ADR-0004)."""

import ast
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"
ROOMS = ("tlog", "records", "identity", "forum", "moderation", "federation", "site")
CLOSED = {"tables", "store", "service", "jobs", "rules"}
# Edges of one room that another room's edge may use: view models, form helpers, the door's addresses.
DOORS = {"main", "furnishing", "wiring", "worker", "cli", "settings"}


def imported_modules(node: ast.AST) -> list[str]:
    """Return the absolute names under `app` that one statement imports."""
    match node:
        case ast.Import(names=aliases):
            return [a.name for a in aliases if a.name.startswith("app.")]
        case ast.ImportFrom(module="app", level=0, names=aliases):
            return [f"app.{a.name}" for a in aliases]
        case ast.ImportFrom(module=str(base), level=0, names=aliases) if base.startswith("app."):
            return [f"{base}.{a.name}" if a.name in CLOSED else base for a in aliases]
    return []


def violations(room: str, source: str) -> list[str]:
    """Return the imports of a file of `room` that reach past another room's face."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for name in imported_modules(node):
            _, other, *inside = name.split(".")
            if other in ROOMS and other != room and inside and inside[0] in CLOSED:
                found.append(f"line {getattr(node, 'lineno', 0)}: {name}")
    return found


def test_every_file_uses_other_rooms_by_their_face_only() -> None:
    files = {path.relative_to(APP): path.read_text(encoding="utf-8") for path in APP.rglob("*.py")}

    found = {
        str(path): violations(path.parts[0].removesuffix(".py"), source)
        for path, source in files.items()
    }

    assert len(found) > 100
    assert {path: lines for path, lines in found.items() if lines} == {}, "see ADR-0004"


def test_reaching_past_a_face_is_seen() -> None:
    assert violations("forum", "from app.identity.store import find_viewer")
    assert violations("forum", "from app.identity import service")
    assert not violations("forum", "from app.identity.model import Author")
