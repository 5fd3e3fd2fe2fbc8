"""Runs inside the rewritten copy: each place asks here whether it is the one that is removed or changed now.

`off` is the number of that place, 0 for none; `hits` collects the places that a test has reached. What is evaluated when a
module is loaded can't ask: `exchanged` has the other values of constants and of the defaults of arguments, and `turn` puts
them in place of the original ones.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import Any

off = 0
hits: set[int] = set()
exchanged: dict[int, "Constant | Default"] = {}
# By module and constant: the defaults of arguments that name it.
named: dict[tuple[str, str], list["Default"]] = {}


def is_off(number: int) -> bool:
    hits.add(number)
    return number == off


def reach(*numbers: int) -> None:
    """A function that reads exchanged values was called."""
    hits.update(numbers)


def turn(number: int) -> None:
    """Switch this place off, and every other one on again."""
    global off
    if off in exchanged:
        exchanged[off].take_back()
    off = number
    if off in exchanged:
        exchanged[off].put()


def scope(number: int, rows, name: str, *arguments, **values):
    """rows.visible_to(user), or all the rows."""
    method = getattr(rows, name)
    if not is_off(number):
        return method(*arguments, **values)
    return rows if hasattr(rows, "query") else rows.all()


def decorator(number: int, kept, left):
    """A decorator that the view has or, when it is removed, has not."""

    def decorate(view):
        on, without = kept(view), left(view)

        @wraps(on)
        def asked(*arguments, **values):
            return (without if is_off(number) else on)(*arguments, **values)

        return asked

    return decorate


def plain(view):
    return view


def refusal(number: int, found):
    """A refusal that applies to no record."""
    from django.db.models import Q

    return replace(found, when=Q(pk__in=[])) if is_off(number) else found


def errors(number: int, found: list) -> list:
    return [] if is_off(number) else found


def constant(number: int, names: dict[str, Any], makers: dict[str, Callable[[], Any]]) -> None:
    """A constant of a module and those that are computed from it, as functions that make their other values."""
    exchanged[number] = Constant(names, makers)


def default(number: int, name: str, make: Callable[[], Any]):
    """A decorator for a function with an argument of this name."""

    def registered(function):
        exchanged[number] = Default(function, name, make)
        return function

    return registered


def named_default(constants: tuple[str, ...], name: str, make: Callable[[], Any]):
    """A decorator for a function with an argument of this name, whose default names these constants."""

    def registered(function):
        for constant in constants:
            named.setdefault((function.__module__, constant), []).append(Default(function, name, make))
        return function

    return registered


@dataclass
class Constant:
    """It is exchanged in each module that has imported it under its name, and in the defaults of arguments that name it."""

    names: dict[str, Any]
    makers: dict[str, Callable[[], Any]]
    before: list[tuple[dict[str, Any], str, Any]] = field(default_factory=list)
    defaults: list["Default"] = field(default_factory=list)

    def put(self) -> None:
        for name, make in self.makers.items():
            old, new = self.names[name], make()
            for module in list(sys.modules.values()):
                held = getattr(module, "__dict__", {})
                if held.get(name, self) is old and self._is_read_in(module, name):
                    self.before.append((held, name, old))
                    held[name] = new
        for held, name, _old in self.before:
            for default in named.get((held["__name__"], name), []):
                default.put()
                self.defaults.append(default)

    def _is_read_in(self, module: Any, name: str) -> bool:
        """Two modules may have the same small number under the same name."""
        if module.__dict__ is self.names:
            return True
        file, origin = getattr(module, "__file__", None), self.names["__name__"]
        imported = rf"from {re.escape(origin)} import (\([^)]*|[^\n]*)\b{name}\b"
        return bool(file and file.endswith(".py") and re.search(imported, Path(file).read_text()))

    def take_back(self) -> None:
        while self.defaults:
            self.defaults.pop().take_back()
        while self.before:
            held, name, old = self.before.pop()
            held[name] = old


@dataclass
class Default:
    function: Any
    name: str
    make: Callable[[], Any]
    before: tuple = ()

    def put(self) -> None:
        function, code = self.function, self.function.__code__
        self.before = function.__defaults__, function.__kwdefaults__
        if self.name in (function.__kwdefaults__ or {}):
            function.__kwdefaults__ = function.__kwdefaults__ | {self.name: self.make()}
            return
        values, names = list(function.__defaults__), code.co_varnames[: code.co_argcount]
        values[names.index(self.name) - len(names)] = self.make()
        function.__defaults__ = tuple(values)

    def take_back(self) -> None:
        self.function.__defaults__, self.function.__kwdefaults__ = self.before
