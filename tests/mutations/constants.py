"""The constants of a module: what they are computed from, and whether any function reads them."""

import ast
from copy import deepcopy

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Constants:
    """`values` are those that are given once, at the top of the module: name, value, line. `read` are the names that its
    functions mention."""

    def __init__(self, tree: ast.Module) -> None:
        self.values: list[tuple[str, ast.expr, int]] = []
        for node in deepcopy(tree).body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._add(node.targets[0], node.value, node.lineno)
            elif isinstance(node, ast.AnnAssign) and node.value:
                self._add(node.target, node.value, node.lineno)
        functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
        self.read = {name for node in functions for name in names_in(node) - names_in_types(node)}

    def _add(self, target: ast.expr, value: ast.expr, line: int) -> None:
        if isinstance(target, ast.Name):
            self.values.append((target.id, value, line))
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, part in zip(target.elts, value.elts, strict=True):
                self._add(one, part, line)

    def computed_from(self, name: str) -> list[tuple[str, ast.expr]]:
        """The constants that follow from this one, in their order."""
        found: list[tuple[str, ast.expr]] = []
        for other, value, _line in self.values:
            if names_in(value) & {name, *(one for one, _value in found)} and other != name:
                found.append((other, deepcopy(value)))
        return found

    def readers_of(self, name: str) -> set[str]:
        return {name, *(other for other, _value in self.computed_from(name))}


def names_in_types(node: ast.AST) -> set[str]:
    """What is named as a type only says something to the type checker."""
    types = [getattr(one, kind, None) for one in ast.walk(node) for kind in ("annotation", "returns")]
    return {name for one in types if one for name in names_in(one)}


def names_in(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
