"""Puts each change of a deciding module beside the original: `changed if is_off(7) else original`.

That is for what runs when a function does. A constant of a module and the default of an argument are evaluated when the
module is loaded, so the switch exchanges their values (switch.py). Values in the bodies of classes are left as they are.
"""

import ast
from collections.abc import Iterable
from copy import deepcopy

from tests.mutations.change import Change, short
from tests.mutations.changes import always, changes, changes_within, left_alone, skipped, turned
from tests.mutations.constants import Constants, names_in
from tests.mutations.places import Rewriter, switched

# An `if` whose body ends with one of these is a guard.
LEAVES = (ast.Return, ast.Continue, ast.Raise, ast.Break)
# Their own changes turn the whole test of an `if`.
OWN = (ast.Compare, ast.BoolOp, ast.UnaryOp)


class Decider(Rewriter):
    def __init__(self, path: str, places: list, tree: ast.Module) -> None:
        super().__init__(path, places)
        self.constants = Constants(tree)
        # Whether the visited code runs when a function is called, and the nodes in which nothing is changed.
        self.running = False
        self.alone: dict[int, ast.AST] = {}
        self.left_out = 0
        # By name of a constant: the numbers of the places that a function reaches that reads it.
        self.reached: dict[str, list[int]] = {}

    def changed(self, node: ast.AST, change: Change) -> ast.Constant:
        """The number of a new place."""
        return self.place(node, change.what, change.text, decides=True)

    def visit(self, node: ast.AST) -> ast.AST:
        if not self.running:
            return super().visit(node)
        if id(node) in self.alone:
            return self._at_rest(super().visit, node)
        self.alone |= {id(part): part for part in left_alone(node)}
        found = list(changes(node)) if isinstance(node, ast.expr) else []
        return self._beside(node, found, super().visit)

    def _beside(self, node: ast.expr, found: Iterable[Change], visit) -> ast.AST:
        numbered = [(self.changed(node, change), change.node) for change in found]
        done = visit(node)
        for number, changed in reversed(numbered):
            done = ast.IfExp(switched("is_off", number), changed, done)
        return done

    def _at_rest(self, visit, node: ast.AST) -> ast.AST:
        """The rest of the rewriting goes on in it."""
        before, self.running = self.running, False
        node = visit(node)
        self.running = before
        return node

    def visit_Module(self, node: ast.Module) -> ast.Module:
        added = []
        for name, value, line in self.constants.values:
            found = list(changes_within(value))
            readers = self.constants.readers_of(name)
            if not readers & self.constants.read:
                self.left_out += len(found)
                continue
            self.within.append(name)
            for change, whole in found:
                whole.lineno = line
                number = self.changed(whole, change)
                for reader in readers:
                    self.reached.setdefault(reader, []).append(number.value)
                added.append(self._exchange(number, name, whole))
            self.within.pop()
        node = self.generic_visit(node)
        node.body += added
        return node

    def _exchange(self, number: ast.Constant, name: str, whole: ast.expr) -> ast.stmt:
        """The other value of a constant, and the constants that are computed from it."""
        values = [(name, whole), *self.constants.computed_from(name)]
        makers = ast.Dict(
            [ast.Constant(one) for one, _value in values], [_later(one) for _name, one in values]
        )
        names = ast.Call(ast.Name("globals", ast.Load()), [], [])
        return ast.Expr(switched("constant", number, names, makers))

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        for part in node.body:
            if isinstance(part, ast.Assign | ast.AnnAssign) and part.value:
                self.left_out += sum(1 for _change in changes_within(part.value))
        return self._at_rest(super()._definition, node)

    def _function_of(self, node):
        read = sorted({one.id for one in ast.walk(node) if isinstance(one, ast.Name)} & self.reached.keys())
        reached = [number for name in read for number in self.reached[name]]
        self.within.append(node.name)
        defaults = [] if self.running else list(self._defaults(node))
        named = [] if self.running else list(self._named_defaults(node))
        self.within.pop()
        body = len(node.body) > 1 and _is_docstring(node.body[0])
        node = self._runs(super()._definition, node)
        numbers = [*reached, *(number for number, _decorator in defaults)]
        # The switch of a default gets the function itself, before its other decorators.
        node.decorator_list += [*(decorator for _number, decorator in defaults), *named]
        if numbers:
            given = [ast.Constant(number) for number in dict.fromkeys(numbers)]
            node.body.insert(int(body), ast.Expr(switched("reach", *given)))
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = _function_of

    def decorator(self, node: ast.expr) -> ast.expr:
        done = super().decorator(node)
        self.alone[id(done)] = done
        return done

    def _defaults(self, node: ast.FunctionDef) -> Iterable[tuple[int, ast.expr]]:
        for argument, value in _arguments_with_defaults(node):
            for change, whole in changes_within(value):
                before, after = (f"{argument.arg}={short(one)}" for one in (value, whole))
                number = self.changed(argument, Change("default", before, after, change.node))
                yield number.value, switched("default", number, ast.Constant(argument.arg), _later(whole))

    def _named_defaults(self, node: ast.FunctionDef) -> Iterable[ast.expr]:
        """They have their values from constants, whose other values they get with these."""
        for argument, value in _arguments_with_defaults(node):
            if names := sorted(names_in(value)):
                constants = ast.Tuple([ast.Constant(name) for name in names], ast.Load())
                yield switched(
                    "named_default", constants, ast.Constant(argument.arg), _later(deepcopy(value))
                )

    def _runs(self, visit, node):
        """Its body runs; its defaults and annotations have run."""
        heads = [one.annotation for one in ast.walk(node.args) if isinstance(one, ast.arg)]
        heads += [getattr(node, "returns", None)]
        if not self.running:
            heads += [*node.args.defaults, *node.args.kw_defaults]
        self.alone |= {id(part): part for part in heads if part}
        before, self.running = self.running, True
        node = visit(node)
        self.running = before
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        return self._runs(self.generic_visit, node)

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        return node if _is_docstring(node) else super().visit_Expr(node)

    def visit_If(self, node: ast.If) -> ast.If:
        return self._if(node, self.generic_visit) if self.running else self.generic_visit(node)

    def _if(self, node: ast.If, visit) -> ast.If:
        last, found = node.body[-1], []
        if isinstance(last, LEAVES) and not self._is_refusal(node):
            found = [skipped(node.test, last)]
        elif not isinstance(last, LEAVES) and not isinstance(node.test, OWN):
            found = [turned(node.test)]
        numbered = [(self.changed(node.test, change), change.node) for change in found]
        node = visit(node)
        for number, changed in numbered:
            node.test = ast.IfExp(switched("is_off", number), changed, node.test)
        return node

    def _is_refusal(self, node: ast.If) -> bool:
        """What it raises can be removed already."""
        return len(node.body) == 1 and isinstance(node.body[0], ast.Raise) and self.refuses(node.body[0])

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        if not self.running:
            return self.generic_visit(node)
        found = [always(one) for one in node.ifs]
        numbers = [self.changed(one, change) for one, change in zip(node.ifs, found, strict=True)]
        node = self.generic_visit(node)
        node.ifs = [
            ast.IfExp(switched("is_off", number), change.node, one)
            for number, change, one in zip(numbers, found, node.ifs, strict=True)
        ]
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        kept = isinstance(node.op, ast.Add | ast.Sub | ast.BitOr | ast.BitAnd)
        if not self.running or not kept:
            return self.generic_visit(node)
        number = self.changed(node, Change("change", short(node, 80), "nothing", node.value))
        return ast.If(ast.UnaryOp(ast.Not(), switched("is_off", number)), [self.generic_visit(node)], [])


def _arguments_with_defaults(node: ast.FunctionDef) -> list[tuple[ast.arg, ast.expr]]:
    places = [*node.args.posonlyargs, *node.args.args]
    given = list(zip(places[len(places) - len(node.args.defaults) :], node.args.defaults, strict=True))
    keywords = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return given + [(argument, value) for argument, value in keywords if value]


def _later(value: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), value)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
