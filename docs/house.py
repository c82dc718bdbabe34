"""The floors of the house and what its rooms import; drawn by `make docs`, checked by a test."""

import ast
from collections.abc import Mapping
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "nnlab"
FLOORS = (
    {"errors"},
    {
        "console",
        "files",
        "interrupts",
        "machine",
        "options",
        "programs",
        "records",
        "versions",
        "wording",
    },
    {"datasets", "inference", "checkpoint", "metrics"},
    {"models", "plots", "results", "training"},
    {"contract"},
    {"experiments"},
    {"runs"},
    {"exporting", "report"},
    {"doctor", "serving", "sweeps"},
    {"api", "reproduction"},
    {"cli"},
)
"""The rooms of each floor, from the lowest."""
EVERYWHERE = FLOORS[0] | FLOORS[1]
"""The two lowest floors: nearly every room builds on them; their arrows would hide the others."""
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if (path.parent != PACKAGE or path.stem[0] != "_") and path.parent.name != "examples"
)


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
    for path in MODULES:
        found = rooms.setdefault(room_of(module_of(path)), set())
        found |= {room_of(name) for name, _ in imports_of(path) if name.startswith("nnlab.")}
    kept = {room: others - {room} - EVERYWHERE for room, others in rooms.items()}
    return {room: others for room, others in kept.items() if room not in EVERYWHERE}


def room_of(module: str) -> str:
    """Return the room of a module: its first folder; the contract is a room of its own."""
    first, *rest = module.split(".")[1:]
    return "contract" if first == "experiments" and rest[:1] == ["contract"] else first


def module_of(path: Path) -> str:
    """Return the name by which a file is imported."""
    return ".".join(["nnlab", *path.relative_to(PACKAGE).with_suffix("").parts])


def imports_of(path: Path) -> list[tuple[str, bool]]:
    """Return the imported names, and whether the import is outside of all functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
    }
    checked_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    found = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "nnlab":
                names = [f"nnlab.{alias.name}" for alias in node.names]
        found += [(name, id(node) not in inside | checked_only) for name in names]
    return found


def _reached(room: str, direct: Mapping[str, set[str]]) -> set[str]:
    """Return all rooms below a room."""
    seen: set[str] = set()
    waiting = [room]
    while waiting:
        for other in direct[waiting.pop()] - seen:
            seen.add(other)
            waiting.append(other)
    return seen
