"""One decision of an expression, turned."""

import ast
from dataclasses import dataclass

# Larger ones are limits of length and size.
LARGEST = 100


@dataclass(frozen=True)
class Change:
    what: str
    before: str
    after: str
    node: ast.expr

    @property
    def text(self) -> str:
        return f"{self.before} → {self.after}"


def short(node: ast.AST, most: int = 60) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def negated(node: ast.expr) -> ast.UnaryOp:
    return ast.UnaryOp(ast.Not(), node)
