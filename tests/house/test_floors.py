"""The floors of the engine: a lower one never imports a higher one, within functions and for type checking neither."""

import ast
import os
import subprocess
import sys

import pytest

from tests.house.module_graph import (
    ROOT,
    build_graph,
    count_imports_in_functions,
    find_circles,
    get_modules,
    read_imports,
)

# The floors from the ground up, with their folders and the modules of the tables that are theirs. The last but one is optional:
# it may import all floors, and none of them imports it. The last one puts the engine together.
FLOORS = {
    "platform": "platform server jobs web files excel audit monitoring push formats templatetags "
    "models.job models.audit_entry models.audit_stream models.installation models.one_row models.notification "
    "models.token models.start_page models.removable models.operation models.kept_periods",
    "fields": "fields custom models.custom_field models.custom_values models.built_in_field models.unique_value "
    "models.record models.retirable models.tag models.change",
    "records": "records models.frozen_set models.saved_view models.merged_record",
    "work": "work tasks activities models.activity models.of_activity models.attached_file models.task "
    "models.template models.invitation",
    "transfer": "transfer imports exports models.import_file models.import_row models.export",
    "api": "api models.webhook models.api_call",
    "scaling": "scaling replicas partitions",
    "assembly": "apps settings urls wsgi management",
}
# Modules in a folder of another floor than theirs, until they move.
ELSEWHERE = {
    "platform": "records.folding records.history records.kept_rows records.readers records.told records.named "
    "records.names records.sql fields.emails fields.html_tags replicas.positions partitions.tables",
    "fields": "records.segments records.scope excel.linked excel.lookups excel.people imports.linked",
    # What administrators do with the definitions of fields: forms, verbs, jobs and their screens.
    "records": "templatetags.kept custom.access_form custom.built_in_form custom.choice_form custom.choices "
    "custom.definition_form custom.deletion custom.listed custom.formulas.preview custom.indexes custom.planned "
    "custom.quick_form custom.retype custom.retype_form custom.retype_jobs custom.retype_preview "
    "custom.retype_undo custom.searched_form custom.searched_jobs custom.tables custom.undo custom.usage "
    "custom.verbs custom.views",
    # The page of a record with its activities and tasks, and the search that finds them too.
    "work": "records.views.record records.views.edit records.views.inline records.views.board_move "
    "records.views.jump",
    "transfer": "tasks.views.export custom.views.field_values",
    "scaling": "exports.sources",
    # The addresses of the screens of a record type, from all floors.
    "assembly": "records.urls",
}
# The imports within functions. They only ever get fewer.
IN_FUNCTIONS = 61


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
    """The imports of a higher floor, like "crm.web.bodies -> crm.api.entrance"."""
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


def test_the_imports_within_functions_get_no_more():
    assert count_imports_in_functions() == IN_FUNCTIONS


def test_a_process_without_replicas_does_not_load_what_reads_from_them():
    """Only how far the database is, which sessions and tokens keep."""
    code = "import django; django.setup(); import crm.urls, sys; print(*(m for m in sys.modules if 'crm.replicas.' in m))"
    own = {"DJANGO_SETTINGS_MODULE": "crm.settings", "DATABASE_REPLICA_URLS": ""}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["crm.replicas.positions"]


@pytest.mark.parametrize(
    ("text", "imported"),
    [
        ("from crm.records.kinds import Kind", "crm.records.kinds"),
        ("from crm.records import kinds", "crm.records.kinds"),
        ("import crm.records.kinds", "crm.records.kinds"),
        ("from crm.models import Job", "crm.models.job"),
        ("def later():\n    from crm.records import kinds", "crm.records.kinds"),
        ("if TYPE_CHECKING:\n    from crm.records.kinds import Kind", "crm.records.kinds"),
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
