"""Rewrites a copy of the product, so that each place in it can be switched off or changed."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutations.deciders import Decider
from tests.mutations.deciding import DECIDING
from tests.mutations.places import LEFT_OUT, PACKAGES, Place, Rewriter


@dataclass
class Rewritten:
    """All places, by their numbers from 1, and how many decisions of each module aren't among them, because they are made
    when it is loaded."""

    places: list[Place] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)


def rewrite(root: Path) -> Rewritten:
    """Rewrite all files below this folder, which is a copy."""
    found = Rewritten()
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            path = str(file.relative_to(root))
            if any(part in path for part in LEFT_OUT):
                continue
            before, text = len(found.places), file.read_text()
            tree = rewritten(text, path, found)
            if len(found.places) > before:
                file.write_text(ast.unparse(tree))
    return found


def rewritten(text: str, path: str, found: Rewritten) -> ast.Module:
    """One module. Its places are added to those found before."""
    tree = ast.parse(text)
    if path in DECIDING:
        decider = Decider(path, found.places, tree)
        tree = decider.visit(tree)
        if decider.left_out:
            found.left_out[path] = decider.left_out
    else:
        tree = Rewriter(path, found.places).visit(tree)
    start = next((place for place, one in enumerate(tree.body) if not is_head(one)), len(tree.body))
    tree.body.insert(start, ast.parse("from tests.mutations import switch as _switch").body[0])
    return ast.fix_missing_locations(tree)


def is_head(node: ast.stmt) -> bool:
    """The docstring, or an import that has to come first."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
