"""The floors of the engine: a lower one never imports a higher one, within functions and for type checking neither."""

import ast
import os
import subprocess
import sys

import pytest

from tests.house.code.module_graph import (
    ROOT,
    build_graph,
    find_circles,
    find_imports_in_functions,
    get_modules,
    read_imports,
)
from tests.house.code.test_files import OURS, short

# The floors from the ground up, with their folders. The last but one is optional: it may import all floors, and none of them
# imports it. The last one puts the engine together.
FLOORS = {
    "platform": "platform formats templatetags",
    "fields": "fields",
    "records": "records",
    "work": "work",
    "transfer": "transfer",
    "api": "api",
    "scaling": "scaling",
    "assembly": "apps contribution settings urls wsgi management models kind_urls",
}
# Modules in a folder of another floor than theirs.
ELSEWHERE = {
    "records": "templatetags.cached_fragments",
}
# The imports within functions of the whole product. They only ever get fewer.
IN_FUNCTIONS = 28


def get_floor(module: str) -> int:
    """The number of a module's floor: that of the longest path that contains it."""
    if module in ("crm", "crm.models"):
        return list(FLOORS).index("assembly")
    floors = {
        f"crm.{path}": list(FLOORS).index(floor)
        for modules in (FLOORS, ELSEWHERE)
        for floor, paths in modules.items()
        for path in paths.split()
    }
    path = module
    while path and path not in floors:
        path = path.rpartition(".")[0]
    assert path, f"{module} is on no floor"
    return floors[path]


def find_upward_imports() -> list[str]:
    """The imports of a higher floor, like "crm.platform.web.middleware.request_body -> crm.api.api_middleware"."""
    graph = build_graph()
    return [
        f"{module} -> {other}"
        for module, imported in graph.items()
        for other in sorted(imported)
        if get_floor(other) > get_floor(module)
    ]


def test_each_module_is_on_one_floor():
    assert all(get_floor(module) >= 0 for module in get_modules())


def test_no_floor_imports_a_higher_one():
    assert find_upward_imports() == []


def test_each_module_that_is_elsewhere_than_its_floor_exists():
    known = get_modules()
    elsewhere = [f"crm.{path}" for paths in ELSEWHERE.values() for path in paths.split()]
    assert [path for path in elsewhere if path not in known] == []


def test_no_modules_import_each_other_in_a_circle():
    assert find_circles(build_graph()) == []


def get_imports_in_functions() -> dict[str, bool]:
    """Each import statement within a function by its place, and whether it says why."""
    return {
        f"{short(path)}:{line}": says
        for path in OURS
        for line, says in find_imports_in_functions(path.read_text())
    }


def test_the_imports_within_functions_get_no_more():
    assert len(get_imports_in_functions()) == IN_FUNCTIONS


def test_each_import_within_a_function_says_why_it_is_there():
    assert [place for place, says in get_imports_in_functions().items() if not says] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def later():\n    import a", [False]),
        ("def later():\n    import a  # noqa: F401", [False]),
        ("def later():\n    import a  # a imports this module", [True]),
        ("def later():\n    # Both import this module.\n    import a\n    from b import c", [True, True]),
        ("def later():\n    # They say nothing.\n    one = 1\n    import a", [False]),
        ("import a\n\ndef now():\n    return a", []),
    ],
)
def test_an_import_within_a_function_without_a_reason_is_detected(text, says):
    assert [reason for _line, reason in find_imports_in_functions(text)] == says


def test_a_process_without_replicas_does_not_load_what_reads_from_them():
    code = "import django; django.setup(); import crm.urls, sys; print(*(m for m in sys.modules if 'crm.scaling.replicas.' in m))"
    own = {"DJANGO_SETTINGS_MODULE": "crm.settings", "DATABASE_REPLICA_URLS": ""}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == []


@pytest.mark.parametrize(
    ("text", "imported"),
    [
        ("from crm.records.kinds.kind_registry import Kind", "crm.records.kinds.kind_registry"),
        ("from crm.records.kinds import kind_registry", "crm.records.kinds.kind_registry"),
        ("import crm.records.kinds.kind_registry", "crm.records.kinds.kind_registry"),
        ("from crm.models import Job", "crm.platform.models.job"),
        ("def later():\n    from crm.records.kinds import kind_registry", "crm.records.kinds.kind_registry"),
        (
            "if TYPE_CHECKING:\n    from crm.records.kinds.kind_registry import Kind",
            "crm.records.kinds.kind_registry",
        ),
    ],
)
def test_an_import_is_found_wherever_it_is(text, imported):
    assert list(read_imports(ast.parse(text))) == [imported]


def test_a_circle_is_found_through_other_modules():
    graph = {
        "a": {"b"},
        "b": {"c"},
        "c": {"b", "d"},
        "d": {"e"},
        "e": {"c"},
        "f": {"a"},
        "g": {"h"},
        "h": {"g"},
    }
    assert find_circles(graph) == [{"b", "c", "d", "e"}, {"g", "h"}]
