"""What can be changed in an expression: each change is the same expression with one decision turned.

Nothing here knows how a change is switched on: deciders.py puts it beside the original.
"""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy

from tests.mutations import sql
from tests.mutations.calls import changes_of_call
from tests.mutations.change import LARGEST, Change, is_number, negated, short
from tests.mutations.places import name_of

COMPARISONS: dict[type, type] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
TRANSLATED = {"_", "_lazy", "_now", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
# Arguments that decide nothing about data, or that tests can't miss.
IGNORED = {"strict", "flat", "named", "no_key", "microsecond", "batch_size", "max_length", "safe"}


def left_alone(node: ast.AST) -> list[ast.AST]:
    """The parts of a node in which nothing is changed."""
    if isinstance(node, ast.Call):
        found: list[ast.AST] = [one for one in node.keywords if one.arg in IGNORED]
        if name_of(node) in TRANSLATED:
            found += node.args
        if name_of(node) in ("isinstance", "cast"):
            found += node.args[1:] if name_of(node) == "isinstance" else node.args[:1]
        if name_of(node) == "sorted" or name_of(node) == "sort":
            found += [one for one in node.keywords if one.arg == "reverse"]
        return found
    if isinstance(node, ast.JoinedStr):
        return [one for one in node.values if isinstance(one, ast.Constant)]
    if isinstance(node, ast.FormattedValue):
        return [node.format_spec] if node.format_spec else []
    if isinstance(node, ast.BinOp | ast.AugAssign):
        # What is added or subtracted is left out as a whole.
        added = node.right if isinstance(node, ast.BinOp) else node.value
        return [added] if isinstance(node.op, ast.Add | ast.Sub) and is_number(added) else []
    if isinstance(node, ast.AnnAssign):
        return [node.annotation]
    if isinstance(node, ast.While):
        # Many changes of it would never end.
        return [node.test]
    if isinstance(node, ast.match_case):
        return [node.pattern]
    return []


def changes(node: ast.AST) -> Iterator[Change]:
    """All changes of this expression itself, not of its parts."""
    if find := FOUND.get(type(node)):
        yield from find(node)


def changes_within(node: ast.AST) -> Iterator[tuple[Change, ast.AST]]:
    """All changes in the node and its parts: each with the whole that it makes. What is in a function is left out."""
    for place, part in enumerate(_parts(node)):
        for change in changes(part):
            whole = deepcopy(node)
            yield (
                change,
                _with(whole, next(one for at, one in enumerate(_parts(whole)) if at == place), change.node),
            )


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    alone = left_alone(node)
    for part in ast.iter_child_nodes(node):
        if part not in alone and not isinstance(part, ast.Lambda):
            yield from _parts(part)


def _with(whole: ast.AST, old: ast.AST, new: ast.AST) -> ast.AST:
    class Replacing(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else self.generic_visit(node)

    return Replacing().visit(whole)


def skipped(test: ast.expr, action: ast.stmt) -> Change:
    """A guard that lets everything pass; the test is still read, because it may name a value."""
    never = ast.BoolOp(ast.And(), [deepcopy(test), ast.Constant(False)])
    return Change("guard", f"if {short(test)}: {short(action, 40)}", "no guard", never)


def turned(test: ast.expr) -> Change:
    return Change("condition", f"if {short(test)}", f"if not {short(test)}", negated(deepcopy(test)))


def always(test: ast.expr) -> Change:
    """The filter of a comprehension that lets everything pass."""
    everything = ast.BoolOp(ast.Or(), [deepcopy(test), ast.Constant(True)])
    return Change("filter", f"for … if {short(test)}", "for …", everything)


def _compare(node: ast.Compare) -> Iterator[Change]:
    for place, operator in enumerate(node.ops):
        new = deepcopy(node)
        new.ops[place] = COMPARISONS[type(operator)]()
        ends = [node.left, *node.comparators][place : place + 2]
        before, after = (short(ast.Compare(ends[0], [one.ops[place]], [ends[1]]), 100) for one in (node, new))
        yield Change("comparison", before, after, new)


def _bool_op(node: ast.BoolOp) -> Iterator[Change]:
    """One `and` becomes `or`, as if the word were changed: the one binds closer than the other. `super().clean() or
    self.cleaned_data` is the same values twice: the second half says to the type checker that there are some."""
    if ast.unparse(node) == "super().clean() or self.cleaned_data":
        return
    both = isinstance(node.op, ast.And)
    words = ("and", "or") if both else ("or", "and")
    other = ast.Or if both else ast.And
    for place in range(1, len(node.values)):
        values = deepcopy(node.values)
        new = ast.BoolOp(other(), [_joined(node.op, part) for part in (values[:place], values[place:])])
        ends = [short(one, 45) for one in node.values[place - 1 : place + 1]]
        yield Change("and, or", *(f" {word} ".join(ends) for word in words), new)


def _joined(operator: ast.boolop, values: list[ast.expr]) -> ast.expr:
    return ast.BoolOp(operator, values) if len(values) > 1 else values[0]


def _unary_op(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not):
        yield Change("not", short(node, 80), short(node.operand, 80), deepcopy(node.operand))


def _if_exp(node: ast.IfExp) -> Iterator[Change]:
    new = deepcopy(node)
    new.body, new.orelse = new.orelse, new.body
    yield Change("branches", short(node, 100), short(new, 100), new)


def _bin_op(node: ast.BinOp) -> Iterator[Change]:
    if isinstance(node.op, ast.BitOr | ast.BitAnd):
        new = ast.BinOp(deepcopy(node.left), _other_set(node.op), deepcopy(node.right))
        yield Change("set operation", short(node, 100), short(new, 100), new)
    if isinstance(node.op, ast.Sub):
        yield Change("difference", short(node, 100), short(node.left, 100), deepcopy(node.left))
    if isinstance(node.op, ast.Add) and is_number(node.right):
        yield Change("sum", short(node, 100), short(node.left, 100), deepcopy(node.left))


def _other_set(operator: ast.operator) -> ast.operator:
    return ast.BitAnd() if isinstance(operator, ast.BitOr) else ast.BitOr()


def _constant(node: ast.Constant) -> Iterator[Change]:
    if type(node.value) is bool:
        yield Change("constant", str(node.value), str(not node.value), ast.Constant(not node.value))
    elif is_number(node) and 0 <= node.value <= LARGEST:
        yield Change("constant", str(node.value), str(node.value + 1), ast.Constant(node.value + 1))
    elif isinstance(node.value, str):
        for edit in sql.edits(node.value):
            yield Change("SQL", edit.before, edit.after, ast.Constant(edit.whole))


def _joined_str(node: ast.JoinedStr) -> Iterator[Change]:
    """SQL with parts that are computed: only what is written out is changed."""
    whole = "".join(part.value if isinstance(part, ast.Constant) else "%s" for part in node.values)
    for place, part in enumerate(node.values):
        if isinstance(part, ast.Constant):
            for edit in sql.edits(part.value, whole):
                new = deepcopy(node)
                new.values[place] = ast.Constant(edit.whole)
                yield Change("SQL", edit.before, edit.after, new)


FOUND: dict[type, Callable] = {
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary_op,
    ast.IfExp: _if_exp,
    ast.BinOp: _bin_op,
    ast.Constant: _constant,
    ast.JoinedStr: _joined_str,
    ast.Call: changes_of_call,
}
