"""The tool behind `make test-mutations` finds each kind of decision, leaves it alone until it is switched, and changes it then."""

import ast
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.examples import one_in
from tests.mutations import places, switch
from tests.mutations.__main__ import LEFT_OUT, TESTS
from tests.mutations.deciding import DECIDING
from tests.mutations.known import KINDS, KNOWN
from tests.mutations.learned import Learned
from tests.mutations.places import Place
from tests.mutations.rewriting import Rewritten, rewritten

ROOT = Path(__file__).parents[3]
# Any module of the list: what is found depends on that only.
DECIDES = "reports/engine/report_periods.py"


def places_of(text: str, path: str = DECIDES) -> list[Place]:
    found = Rewritten()
    rewritten(text, path, found)
    return found.places


def changes_of(text: str) -> list[str]:
    return [place.text for place in places_of(text)]


@pytest.fixture
def loaded():
    """loaded("def asked(): …") is the rewritten module and the numbers of its places by their text."""

    def load(text: str) -> tuple[Any, dict[str, int]]:
        found = Rewritten()
        tree = rewritten(text, DECIDES, found)
        module = sys.modules["mutated_sample"] = ModuleType("mutated_sample")
        exec(compile(ast.unparse(tree), "mutated_sample", "exec"), vars(module))
        return module, {place.text: place.number for place in found.places}

    yield load
    switch.turn(0)
    switch.exchanged.clear()
    switch.named.clear()
    sys.modules.pop("mutated_sample", None)


class Rows:
    """Records what is asked of it, like a queryset."""

    def __init__(self, *asked: Any) -> None:
        self.asked = asked

    def __getattr__(self, name: str):
        return lambda *arguments, **named: Rows(*self.asked, (name, *arguments, *sorted(named.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self.asked == other.asked


ROWS = Rows()
# An expression of `a` and `b`, their values, what is changed, and what it is then.
EXPRESSIONS: list[tuple[str, Any, Any, str, Any]] = [
    ("a < b", 1, 1, "a < b → a <= b", True),
    ("a <= b", 1, 1, "a <= b → a < b", False),
    ("a > b", 1, 1, "a > b → a >= b", True),
    ("a >= b", 1, 1, "a >= b → a > b", False),
    ("a == b", 1, 1, "a == b → a != b", False),
    ("a != b", 1, 1, "a != b → a == b", True),
    ("a in b", 1, [1], "a in b → a not in b", False),
    ("a not in b", 1, [1], "a not in b → a in b", True),
    ("a is None", None, 1, "a is None → a is not None", False),
    ("a is not None", None, 1, "a is not None → a is None", True),
    ("a <= b < a", 1, 1, "b < a → b <= a", True),
    ("a and b", 0, 1, "a and b → a or b", 1),
    ("a or b", 0, 1, "a or b → a and b", 0),
    ("a or b and a", 0, 1, "b and a → b or a", 1),
    ("not a", 0, 1, "not a → a", 0),
    ("a if b else None", 5, 1, "a if b else None → None if b else a", None),
    ("sorted(a)", [2, 1], 0, "sorted(a) → the other way round", [2, 1]),
    ("sorted(a, reverse=b)", [2, 1], True, "sorted(a, reverse=b) → the other way round", [1, 2]),
    ("min(a, b)", 2, 3, "min(a, b) → max(…)", 3),
    ("max(a, b)", 2, 3, "max(a, b) → min(…)", 2),
    ("any(a)", [0, 1], 0, "any(a) → all(…)", False),
    ("all(a)", [0, 1], 0, "all(a) → any(…)", True),
    ("a | b", {1}, {2}, "a | b → a & b", set()),
    ("a & b", {1}, {2}, "a & b → a | b", {1, 2}),
    ("a - b", {1, 2}, {2}, "a - b → a", {1, 2}),
    ("a + 1", 5, 0, "a + 1 → a", 5),
    ("[a, 7]", 1, 0, "7 → 8", [1, 8]),
    ("[a, True]", 1, 0, "True → False", [1, False]),
    ("[x for x in a if x]", [0, 1], 0, "for … if x → for …", [0, 1]),
    ("a.order_by('name')", ROWS, 0, "order_by('name') → order_by('-name')", ROWS.order_by("-name")),
    ("a.order_by('-name')", ROWS, 0, "order_by('-name') → order_by('name')", ROWS.order_by("name")),
    ("a.first()", ROWS, 0, "a.first() → last(…)", ROWS.last()),
    ("a.filter(x=b).first()", ROWS, 5, "a.filter(x=b).first() → last(…)", ROWS.filter(x=5).last()),
    ("a.filter(at__lt=b)", ROWS, 5, "at__lt=b → at__lte=b", ROWS.filter(at__lte=5)),
    ("a.filter(at__gte=b)", ROWS, 5, "at__gte=b → at__gt=b", ROWS.filter(at__gt=5)),
    ("a.filter(x=b)", ROWS, 5, "filter(x=b) → all()", ROWS.all()),
    ("a.filter(b, x=b)", ROWS, 5, "filter(x=b) → filter(…)", ROWS.filter(5)),
    ("a.exclude(x=b)", ROWS, 5, "exclude(x=b) → all()", ROWS.all()),
    ("f'WHERE x < {a}'", 1, 0, "WHERE x < → WHERE x <=", "WHERE x <= 1"),
    (
        "('SELECT 1 WHERE b AND c', a)[0]",
        1,
        0,
        "SELECT 1 WHERE b AND c → SELECT 1 WHERE b OR c",
        "SELECT 1 WHERE b OR c",
    ),
]


def test_of_the_one_row_with_a_primary_key_the_first_is_not_changed_to_the_last(loaded):
    _module, numbers = loaded("def asked(a, b):\n    return a.filter(pk=b).first()")
    assert [*numbers] == ["filter(pk=b) → all()"]


@pytest.mark.parametrize(
    ("source", "a", "b", "change", "then"), EXPRESSIONS, ids=lambda value: str(value)[:40]
)
def test_a_decision_is_as_it_was_until_it_is_switched(loaded, source, a, b, change, then):
    plain = eval(source, {"a": a, "b": b})
    module, numbers = loaded(f"def asked(a, b):\n    return {source}")
    assert module.asked(a, b) == plain
    switch.turn(numbers[change])
    assert module.asked(a, b) == then != plain
    switch.turn(0)
    assert module.asked(a, b) == plain


STATEMENTS = {
    "a guard lets everything pass": (
        "if a:\n        return 1\n    return 2",
        1,
        "if a: return 1 → no guard",
        2,
    ),
    "a guard in a loop lets everything pass": (
        "found = []\n    for x in a:\n        if x:\n            continue\n        found.append(x)\n    return found",
        [0, 1],
        "if x: continue → no guard",
        [0, 1],
    ),
    "a guard still names its value": (
        "if (x := a) == 1:\n        return 1\n    return x",
        1,
        "if (x := a) == 1: return 1 → no guard",
        1,
    ),
    "a condition is turned": ("x = 1\n    if a:\n        x = 2\n    return x", 1, "if a → if not a", 1),
    "what is added is left out": ("x = 1\n    x += a\n    return x", 2, "x += a → nothing", 1),
    "what is joined is left out": ("x = {1}\n    x |= a\n    return x", {2}, "x |= a → nothing", {1}),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_that_decides_is_switched(loaded, name):
    body, a, change, then = STATEMENTS[name]
    module, numbers = loaded(f"def asked(a):\n    {body}")
    plain = module.asked(a)
    switch.turn(numbers[change])
    assert module.asked(a) == then
    switch.turn(0)
    assert module.asked(a) == plain


@pytest.mark.parametrize("words", ["MOST", "asked, MOST", "(\n    asked,\n    MOST,\n)"])
def test_a_constant_and_what_is_computed_from_it_are_exchanged_in_each_module(loaded, tmp_path, words):
    module, numbers = loaded("MOST, OTHER = 20, 5\nBOTH = (MOST, 1)\ndef asked():\n    return BOTH, MOST")
    reader = sys.modules["mutated_reader"] = ModuleType("mutated_reader")
    file = tmp_path / "reader.py"
    file.write_text(f"from mutated_sample import {words}\n")
    stranger = sys.modules["mutated_stranger"] = ModuleType("mutated_stranger")
    for other in (reader, stranger):
        other.MOST = module.MOST
    reader.__file__ = str(file)
    try:
        switch.turn(numbers["20 → 21"])
        assert (module.asked(), reader.MOST, stranger.MOST) == (((21, 1), 21), 21, 20)
        switch.turn(0)
        assert (module.asked(), reader.MOST) == (((20, 1), 20), 20)
    finally:
        del sys.modules["mutated_reader"], sys.modules["mutated_stranger"]
    # Nothing reads the other one.
    assert "5 → 6" not in numbers


@pytest.mark.parametrize("arguments", ["first, locked=True", "first, *, locked=True"])
def test_the_default_of_an_argument_is_exchanged(loaded, arguments):
    module, numbers = loaded(f"def asked({arguments}):\n    return locked")
    switch.turn(numbers["locked=True → locked=False"])
    assert (module.asked(1), module.asked(1, locked=True)) == (False, True)
    switch.turn(0)
    assert module.asked(1) is True


@pytest.mark.parametrize("arguments", ["first, most=MOST", "first, *, most=MOST", "first, most=BOTH[0]"])
def test_the_default_of_an_argument_that_names_a_constant_is_exchanged_with_it(loaded, arguments):
    module, numbers = loaded(f"MOST = 20\nBOTH = (MOST, 1)\ndef asked({arguments}):\n    return most")
    switch.hits.clear()
    assert module.asked(1) == 20
    assert numbers["20 → 21"] in switch.hits
    switch.turn(numbers["20 → 21"])
    assert (module.asked(1), module.asked(1, most=5)) == (21, 5)
    switch.turn(0)
    assert module.asked(1) == 20


def test_only_one_place_is_off_at_a_time(loaded):
    module, numbers = loaded("MOST = 20\ndef asked(a, locked=True):\n    return a < MOST, locked")
    switch.turn(numbers["20 → 21"])
    switch.turn(numbers["locked=True → locked=False"])
    assert module.asked(20) == (False, False)
    switch.turn(numbers["a < MOST → a <= MOST"])
    assert module.asked(20) == (True, True)


def test_a_test_reaches_what_its_functions_read(loaded):
    module, numbers = loaded(
        "MOST = 20\nLEAST = (MOST, 3)\ndef asked(a, b=True):\n    return a < 1\ndef other():\n    return LEAST"
    )
    switch.hits.clear()
    module.asked(1)
    reached = {text for text, number in numbers.items() if number in switch.hits}
    assert reached == {"b=True → b=False", "a < 1 → a <= 1", "1 → 2"}
    switch.hits.clear()
    module.other()
    reached = {text for text, number in numbers.items() if number in switch.hits}
    assert reached == {"20 → 21", "3 → 4"}


@pytest.mark.parametrize(
    "text",
    [
        "def asked(a):\n    return _('Whether a OR b > 1, %(a)s')",
        "def asked(a: int | None = None) -> str | int:\n    'A OR B'\n    return a",
        "def asked(a):\n    return zip(a, a, strict=True)",
        "def asked(a):\n    return isinstance(a, int | str)",
        "def asked(a):\n    return f'{a:>5}'",
        "def clean(self):\n    return super().clean() or self.cleaned_data",
        "def asked(a):\n    return a[:300]",
        "def asked(a):\n    while a < 1:\n        a.pop()",
        "@cache(size=1)\ndef asked(a):\n    return a",
        "class Asked:\n    most: int = 1",
        "MOST = 20",
    ],
)
def test_what_decides_nothing_is_left_alone(text):
    assert changes_of(text) == []


def test_scopes_and_refusals_of_a_deciding_module_are_places_of_their_own():
    text = "def asked(a, b):\n    if a is None:\n        raise PermissionDenied\n    return a.visible_to(b)"
    found = {(place.what, place.decides) for place in places_of(text)}
    assert found == {("comparison", True), ("permission", False), ("scope", False)}
    assert {place.what for place in places_of(text, "leads/views/lead.py")} == {"permission", "scope"}


def test_the_name_of_a_place_survives_lines_above_it():
    text = "def asked(a):\n    return a < 1, a < 1"
    before, after = ({place.name for place in places_of(source)} for source in (text, f"\n\n{text}"))
    assert before == after
    assert "reports/engine/report_periods.py asked: a < 1 → a <= 1 (2)" in before


@pytest.mark.parametrize("path", one_in(5, DECIDING))
def test_a_deciding_module_is_rewritten_with_names_of_its_own(path):
    found = Rewritten()
    tree = rewritten((ROOT / path).read_text(), path, found)
    compile(ast.unparse(tree), path, "exec")
    names = [place.name for place in found.places]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("folder", TESTS)
def test_each_folder_whose_places_are_switched_off_exists_with_its_tests(folder):
    assert all((ROOT / name).is_dir() for name in (folder, *TESTS[folder]))


@pytest.mark.parametrize("test", LEFT_OUT)
def test_each_test_that_is_not_run_in_the_copy_exists(test):
    path, _colons, name = test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text()


def test_what_tests_reach_is_learned_again_after_a_change_of_their_modules(tmp_path):
    names = ["crm/a.py one: a", "crm/a.py one: b", "crm/b.py two: c"]
    learned = Learned(tmp_path / "map.json", names)
    reached = {"tests/x.py::test": (1.5, names[:2])}
    learned.learn("tests/x.py", "state", reached)
    learned.write(without=set())

    def known(names: list[str], state: str = "state", test: str = "tests/x.py::test"):
        return Learned(tmp_path / "map.json", names).of("tests/x.py", state, [test])

    assert known(names) == reached
    assert known([*names, "crm/b.py two: d"]) == reached
    assert known([*names, "crm/a.py one: d"]) is None
    assert known([*names, "crm/c.py three: d"]) is None
    assert known(names, state="other") is None
    assert known(names, test="tests/x.py::other") is None


@pytest.mark.parametrize(
    "name",
    sorted(
        {
            *places.SCOPES,
            *places.LOCKS,
            *places.CHECKS,
            *places.RAISED,
            *places.ANSWERED,
            *places.CALLED,
            "permission_required",
            "of_kind",
            "Refusal",
        }
    ),
)
def test_each_name_that_the_tool_looks_for_is_used_in_the_product(name):
    """A name that was changed there would make the tool pass over what it removes."""
    product = (path for app in places.PACKAGES for path in (ROOT / app).rglob("*.py"))
    assert any(re.search(rf"(?<!def )(?<!class )\b{name}\b", path.read_text()) for path in product)


@pytest.mark.parametrize("path", places.RULES)
def test_each_file_of_rules_exists(path):
    assert (ROOT / path).is_file()


def test_the_places_of_every_package_that_is_checked_are_switched_off():
    (line,) = re.findall(r"^PACKAGES := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert sorted(places.PACKAGES) == sorted(line.split())


def test_each_place_that_may_go_unnoticed_has_one_reason():
    names = [name for kind in KINDS for named in kind.REASONS.values() for name in named]
    assert sorted(names) == sorted(KNOWN)


@pytest.mark.parametrize("path", sorted({name.split()[0] for name in KNOWN}))
def test_each_place_that_may_go_unnoticed_is_still_there(path):
    """A renamed function would otherwise come up as a survivor hours later, and its reason would stay behind."""
    found = Rewritten()
    rewritten((ROOT / path).read_text(), path, found)
    assert {name for name in KNOWN if name.split()[0] == path} <= {place.name for place in found.places}
