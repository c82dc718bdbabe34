"""The house drawn from its imports: which room builds on which. Used by `make docs`."""

import ast
from collections.abc import Mapping
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "nnlab"
EVERYWHERE = {"errors", "console", "files", "interrupts", "machine", "options", "programs"}
EVERYWHERE |= {"versions"}
"""The two lowest floors: nearly every room builds on them; their arrows would hide the others."""


def house() -> str:
    """Return a Mermaid graph: an arrow from each room to the rooms it imports.

    An arrow is left out where the same follows from others (transitive reduction).
    """
    direct = imports_by_room()
    reached = {room: _reached(room, direct) for room in direct}
    lines = ["```mermaid", "graph TD"]
    for room in sorted(direct):
        for other in sorted(direct[room]):
            if not any(other in reached[between] for between in direct[room] - {other}):
                lines.append(f"    {room} --> {other}")
    return "\n".join([*lines, "```"])


def imports_by_room() -> Mapping[str, set[str]]:
    """Return the rooms that each room imports, without itself and the lowest floors."""
    rooms: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0].startswith("__"):
            continue
        room = room_of(".".join(("nnlab", *parts)))
        found = rooms.setdefault(room, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if names == ["nnlab"]:
                names = [f"nnlab.{alias.name}" for alias in node.names]  # type: ignore[attr-defined]
            found |= {room_of(name) for name in names if name.startswith("nnlab.")}
    kept = {room: others - {room} - EVERYWHERE for room, others in rooms.items()}
    return {room: others for room, others in kept.items() if room not in EVERYWHERE}


def room_of(module: str) -> str:
    """Return the room of a module: its first folder; the contract is a room of its own."""
    first, *rest = module.split(".")[1:]
    return "contract" if first == "experiments" and rest[:1] == ["contract"] else first


def _reached(room: str, direct: Mapping[str, set[str]]) -> set[str]:
    """Return all rooms below a room."""
    seen: set[str] = set()
    waiting = [room]
    while waiting:
        for other in direct[waiting.pop()] - seen:
            seen.add(other)
            waiting.append(other)
    return seen
