"""What can be changed in a call: which end it takes, in which order, and by which conditions."""

import ast
from collections.abc import Iterator
from copy import deepcopy

from tests.mutations.change import LARGEST, Change, is_number, negated, short
from tests.mutations.places import name_of

# Functions and methods that take one end or the other, some or all.
OTHER_CALL = {"min": "max", "Min": "Max", "first": "last", "earliest": "latest", "any": "all", "asc": "desc"}
OTHER_CALL |= {other: name for name, other in OTHER_CALL.items()}
OTHER_LOOKUP = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
NARROWING = {"filter", "exclude"}
LARGEST_OF_DAYS = 1_000
SPANS = {"timedelta", "relativedelta"}


def changes_of_call(node: ast.Call) -> Iterator[Change]:
    name = name_of(node)
    if name in OTHER_CALL and (name[0].isupper() or _is_end(node)):
        yield _renamed(node, OTHER_CALL[name])
    elif name in ("sorted", "sort"):
        yield _reversed(node)
    elif name == "order_by":
        yield from _ordered(node)
    elif name in SPANS:
        yield from _span(node)
    if name in NARROWING and isinstance(node.func, ast.Attribute):
        yield from _widened(node)
    for place, keyword in enumerate(node.keywords):
        start, _underscores, lookup = (keyword.arg or "").rpartition("__")
        if start and lookup in OTHER_LOOKUP:
            new = deepcopy(node)
            new.keywords[place].arg = f"{start}__{OTHER_LOOKUP[lookup]}"
            value = short(keyword.value, 40)
            yield Change("lookup", f"{keyword.arg}={value}", f"{new.keywords[place].arg}={value}", new)


def _is_end(node: ast.Call) -> bool:
    """min(…) as a function, first() as a method without arguments. Of the one row with a primary key, the first is the last."""
    asked = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(asked, ast.Call) and name_of(asked) == "filter":
        given = [*asked.args, *(one.arg for one in asked.keywords)]
        if given == ["pk"]:
            return False
    if name_of(node) in ("asc", "desc"):
        return isinstance(node.func, ast.Attribute)
    if name_of(node) in ("any", "all"):
        # The method all() of a queryset is no end.
        return isinstance(node.func, ast.Name)
    return isinstance(node.func, ast.Name) == bool(node.args or node.keywords)


def _renamed(node: ast.Call, name: str) -> Change:
    new = deepcopy(node)
    if isinstance(new.func, ast.Attribute):
        new.func.attr = name
    else:
        new.func = ast.Name(name, ast.Load())
        if name in ("Min", "Max"):
            # The module may have imported only one of the two.
            new.func = ast.parse(f"__import__('django.db.models').db.models.{name}", mode="eval").body
    return Change("order", short(node, 80), f"{name}(…)", new)


def _reversed(node: ast.Call) -> Change:
    new = deepcopy(node)
    given = next((one for one in new.keywords if one.arg == "reverse"), None)
    if given is None:
        new.keywords.append(ast.keyword("reverse", ast.Constant(True)))
    else:
        given.value = negated(given.value)
    return Change("order", short(node, 80), "the other way round", new)


def _ordered(node: ast.Call) -> Iterator[Change]:
    for place, part in enumerate(node.args):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            new, field = deepcopy(node), part.value
            new.args[place] = ast.Constant(field[1:] if field.startswith("-") else f"-{field}")
            yield Change("order", f"order_by({short(part)})", f"order_by({short(new.args[place])})", new)


def _span(node: ast.Call) -> Iterator[Change]:
    """Longer spans than other numbers may be; those below are constants like any other."""
    for place, part in enumerate(node.args):
        if is_number(part) and LARGEST < part.value <= LARGEST_OF_DAYS:
            new = deepcopy(node)
            new.args[place] = ast.Constant(part.value + 1)
            yield Change("constant", short(node), short(new), new)


def _widened(node: ast.Call) -> Iterator[Change]:
    """Without one of its conditions. Without all of them it is what it narrows."""
    name, several = name_of(node), len(node.args) + len(node.keywords) > 1
    for kind in ("args", "keywords"):
        for place, part in enumerate(getattr(node, kind)):
            if isinstance(part, ast.Starred) or (isinstance(part, ast.keyword) and not part.arg):
                continue
            new = deepcopy(node)
            del getattr(new, kind)[place]
            after = f"{name}(…)" if several else "all()"
            widened = new if several else ast.Call(ast.Attribute(new.func.value, "all", ast.Load()), [], [])
            yield Change("narrowing", f"{name}({short(part)})", after, widened)
