"""The floors of the engine: a lower one never imports a higher one, within functions and for type checking neither."""

import ast

import pytest

from tests.house.module_graph import (
    build_graph,
    count_imports_in_functions,
    find_circles,
    get_modules,
    read_imports,
)

# The floors from the ground up, with their folders and the modules of the tables that are theirs. The last one is optional: it
# may import all others, and none of them imports it.
FLOORS = {
    "platform": "platform server jobs web files excel audit monitoring push formats templatetags management "
    "models.job models.audit_entry models.audit_stream models.installation models.one_row models.notification "
    "models.token models.start_page models.removable",
    "fields": "fields custom models.custom_field models.built_in_field models.unique_value models.retirable",
    "records": "records models.record models.change models.operation models.frozen_set models.saved_view models.tag "
    "models.merged_record models.kept_periods",
    "work": "work tasks activities models.activity models.of_activity models.attached_file models.task "
    "models.template models.invitation",
    "transfer": "transfer imports exports models.import_file models.import_row models.export",
    "api": "api models.webhook models.api_call",
    "scaling": "scaling replicas partitions",
}
# What puts the engine together imports all floors.
ASSEMBLY = ("crm", "crm.apps", "crm.models", "crm.settings", "crm.urls", "crm.wsgi")
# The largest group of modules that all import each other, directly or through others, and the imports within functions.
# They only ever shrink.
LARGEST_CIRCLE = 128
IN_FUNCTIONS = 106
# Imports of a higher floor that are still to be cut. The list only ever shrinks.
KNOWN = """
crm.api.calls -> crm.replicas.positions
crm.api.entrance -> crm.replicas.positions
crm.api.rows -> crm.replicas.place
crm.api.rows -> crm.replicas.reading
crm.api.view -> crm.replicas.place
crm.api.view -> crm.replicas.positions
crm.api.view -> crm.replicas.reading
crm.audit.filters -> crm.fields.periods
crm.audit.filters -> crm.records.kinds
crm.audit.filters -> crm.records.operation_filters
crm.audit.lines -> crm.records.kinds
crm.audit.operations -> crm.models.operation
crm.audit.receivers -> crm.api.webhooks
crm.audit.views.log -> crm.exports.answer
crm.custom.access_form -> crm.records.kinds
crm.custom.access_form -> crm.records.names
crm.custom.built_in_form -> crm.models.change
crm.custom.built_in_form -> crm.models.operation
crm.custom.built_in_form -> crm.records.kinds
crm.custom.built_in_form -> crm.records.planned_change
crm.custom.built_in_form -> crm.records.settings_change
crm.custom.built_in_form -> crm.records.settings_form
crm.custom.built_in_form -> crm.records.uses
crm.custom.choice_form -> crm.records.folding
crm.custom.choice_types -> crm.records.folding
crm.custom.choice_types -> crm.records.names
crm.custom.choice_types -> crm.records.segments
crm.custom.choices -> crm.models.operation
crm.custom.choices -> crm.records.folding
crm.custom.choices -> crm.records.kinds
crm.custom.choices -> crm.records.rewritten_views
crm.custom.choices -> crm.records.settings_change
crm.custom.conversion -> crm.records.folding
crm.custom.definition_form -> crm.models.operation
crm.custom.definition_form -> crm.records.folding
crm.custom.definition_form -> crm.records.kinds
crm.custom.definition_form -> crm.records.planned_change
crm.custom.definition_form -> crm.records.settings_form
crm.custom.deletion -> crm.models.operation
crm.custom.deletion -> crm.records.kinds
crm.custom.deletion -> crm.records.settings_change
crm.custom.earlier -> crm.models.change
crm.custom.field_labels -> crm.records.folding
crm.custom.field_labels -> crm.records.kinds
crm.custom.field_labels -> crm.records.resource
crm.custom.forms -> crm.records.names
crm.custom.formulas.book -> crm.records.folding
crm.custom.formulas.book -> crm.records.kinds
crm.custom.formulas.check -> crm.records.folding
crm.custom.formulas.definition -> crm.records.kinds
crm.custom.formulas.definition -> crm.records.listing
crm.custom.formulas.rewriting -> crm.records.folding
crm.custom.formulas.rewriting -> crm.records.kinds
crm.custom.formulas.sources -> crm.records.names
crm.custom.history -> crm.records.history
crm.custom.indexes -> crm.models.operation
crm.custom.indexes -> crm.records.kinds
crm.custom.listed -> crm.records.folding
crm.custom.listed -> crm.records.kinds
crm.custom.planned -> crm.records.uses
crm.custom.quick -> crm.records.sql
crm.custom.repeated -> crm.records.kinds
crm.custom.retype -> crm.models.operation
crm.custom.retype -> crm.records.kinds
crm.custom.retype -> crm.records.settings_change
crm.custom.retype_jobs -> crm.models.operation
crm.custom.retype_jobs -> crm.records.kinds
crm.custom.retype_preview -> crm.models.saved_view
crm.custom.retype_preview -> crm.records.groups
crm.custom.retype_preview -> crm.records.kinds
crm.custom.retype_undo -> crm.models.change
crm.custom.retype_undo -> crm.models.operation
crm.custom.retype_undo -> crm.records.kinds
crm.custom.retype_undo -> crm.records.undoable
crm.custom.searched_jobs -> crm.models.operation
crm.custom.searched_jobs -> crm.records.kinds
crm.custom.searched_sql -> crm.records.history
crm.custom.sections -> crm.records.kinds
crm.custom.shown_if -> crm.records.kinds
crm.custom.shown_if -> crm.records.names
crm.custom.tables -> crm.records.order
crm.custom.tables -> crm.records.tables
crm.custom.undo -> crm.models.change
crm.custom.undo -> crm.models.operation
crm.custom.undo -> crm.records.undo_sql
crm.custom.unique_sql -> crm.records.history
crm.custom.usage -> crm.models.import_row
crm.custom.usage -> crm.models.saved_view
crm.custom.usage -> crm.records.kinds
crm.custom.values -> crm.records.kinds
crm.custom.verbs -> crm.records.change
crm.custom.verbs -> crm.records.kinds
crm.custom.views.built_in_field -> crm.records.kinds
crm.custom.views.built_in_field -> crm.records.settings_change
crm.custom.views.choices -> crm.records.folding
crm.custom.views.choices -> crm.records.kinds
crm.custom.views.choices -> crm.records.settings_change
crm.custom.views.field_delete -> crm.records.kinds
crm.custom.views.field_delete -> crm.records.settings_change
crm.custom.views.field_delete -> crm.records.uses
crm.custom.views.field_type -> crm.records.kinds
crm.custom.views.field_type -> crm.records.settings_change
crm.custom.views.field_type -> crm.records.uses
crm.custom.views.field_values -> crm.exports.selection
crm.custom.views.field_values -> crm.exports.views.new
crm.custom.views.field_values -> crm.models.export
crm.custom.views.field_values -> crm.records.kinds
crm.custom.views.field_values -> crm.records.views.of_kind
crm.custom.views.fields -> crm.records.kinds
crm.custom.views.fields -> crm.records.settings_change
crm.excel.linked -> crm.imports.linked
crm.excel.linked -> crm.records.kinds
crm.excel.linked -> crm.records.named
crm.excel.lookups -> crm.fields.places
crm.excel.lookups -> crm.models.tag
crm.excel.lookups -> crm.records.folding
crm.excel.lookups -> crm.records.names
crm.excel.people -> crm.records.folding
crm.excel.plain_text -> crm.fields.html_tags
crm.excel.text_widgets -> crm.fields.emails
crm.excel.widgets -> crm.records.folding
crm.excel.yes_no -> crm.records.folding
crm.exports.sources -> crm.replicas.place
crm.exports.sources -> crm.replicas.positions
crm.exports.sources -> crm.replicas.reading
crm.exports.sources -> crm.replicas.watch
crm.exports.views.file -> crm.replicas.place
crm.exports.views.list -> crm.replicas.place
crm.fields.choices -> crm.models.record
crm.fields.choices -> crm.models.tag
crm.fields.choices -> crm.records.folding
crm.fields.choices -> crm.records.names
crm.fields.choices -> crm.records.segments
crm.fields.country_names -> crm.records.folding
crm.fields.dates -> crm.records.segments
crm.fields.filters -> crm.records.names
crm.fields.keys -> crm.records.history
crm.fields.links -> crm.records.kinds
crm.fields.links -> crm.records.named
crm.fields.numbers -> crm.records.segments
crm.fields.row_names -> crm.records.names
crm.fields.texts -> crm.records.segments
crm.fields.type -> crm.models.record
crm.fields.type -> crm.records.segments
crm.files.jobs -> crm.models.attached_file
crm.files.sweep -> crm.models.attached_file
crm.files.sweep -> crm.models.export
crm.files.sweep -> crm.models.import_file
crm.imports.views.columns -> crm.replicas.place
crm.imports.views.left_out -> crm.replicas.place
crm.imports.views.list -> crm.replicas.place
crm.imports.views.page -> crm.replicas.place
crm.imports.views.plan -> crm.replicas.place
crm.imports.views.sheets -> crm.replicas.place
crm.imports.views.values -> crm.replicas.place
crm.jobs.housekeeping -> crm.models.frozen_set
crm.jobs.kinds -> crm.models.operation
crm.jobs.queue -> crm.models.operation
crm.jobs.views.jobs -> crm.replicas.place
crm.management.commands.check_history -> crm.records.rebuild
crm.models.audit_entry -> crm.records.history
crm.models.audit_entry -> crm.records.sql
crm.models.built_in_field -> crm.records.history
crm.models.built_in_field -> crm.records.kinds
crm.models.custom_field -> crm.models.change
crm.models.custom_field -> crm.records.history
crm.models.notification -> crm.models.kept_periods
crm.models.one_row -> crm.records.kept_rows
crm.monitoring.each -> crm.models.operation
crm.records.kept_changes -> crm.partitions.tables
crm.records.kinds -> crm.api.v2.parts
crm.records.kinds -> crm.imports.rules
crm.records.rebuild -> crm.models.activity
crm.records.urls -> crm.activities.views.activity
crm.records.urls -> crm.activities.views.add
crm.records.urls -> crm.activities.views.email
crm.records.urls -> crm.activities.views.file
crm.records.urls -> crm.activities.views.mention
crm.records.urls -> crm.exports.views.new
crm.records.urls -> crm.imports.views.new
crm.records.urls -> crm.tasks.views.add
crm.records.urls -> crm.tasks.views.task
crm.records.verbs.delete -> crm.models.activity
crm.records.verbs.delete -> crm.models.task
crm.records.views.jump -> crm.activities.search
crm.records.views.record -> crm.activities.email
crm.records.views.record -> crm.activities.forms
crm.records.views.record -> crm.activities.stream
crm.records.views.record -> crm.activities.template_choice
crm.records.views.record -> crm.models.template
crm.records.views.record -> crm.tasks.forms
crm.records.views.record -> crm.tasks.lines
crm.server.backup -> crm.records.kinds
crm.server.state -> crm.models.export
crm.tasks.sheet -> crm.imports.words
crm.tasks.views.export -> crm.exports.answer
crm.tasks.views.export -> crm.exports.approval
crm.tasks.views.export -> crm.exports.tasks
crm.tasks.views.export -> crm.models.export
crm.tasks.views.tasks -> crm.imports.own
crm.templatetags.kept -> crm.records.bulk
crm.templatetags.kept -> crm.records.kinds
crm.templatetags.kept -> crm.records.pages
crm.templatetags.kept -> crm.records.place
crm.templatetags.kept -> crm.records.set_pages
crm.templatetags.kept -> crm.records.tabs
crm.templatetags.look -> crm.records.kinds
crm.templatetags.look -> crm.tasks.clocks
crm.web.bodies -> crm.api.entrance
crm.web.notices -> crm.models.operation
crm.web.notices -> crm.records.kinds
crm.web.transactions -> crm.models.custom_field
crm.web.transactions -> crm.replicas.place
crm.web.transactions -> crm.replicas.positions
crm.web.transactions -> crm.replicas.reading
crm.web.views.arrange -> crm.records.kinds
crm.web.views.errors -> crm.api.entrance
crm.web.views.errors -> crm.api.problems
crm.web.views.errors -> crm.api.v2.view
crm.web.views.errors -> crm.records.moved
crm.web.views.health -> crm.replicas.watch
crm.web.views.home -> crm.records.kinds
crm.web.views.today -> crm.records.kinds
"""


def get_floor(module: str) -> int:
    """The number of a module's floor: that of the longest path that contains it."""
    floors = {f"crm.{path}": floor for floor, paths in enumerate(FLOORS.values()) for path in paths.split()}
    path = module
    while path and path not in floors:
        path = path.rpartition(".")[0]
    assert path, f"{module} is on no floor"
    return floors[path]


def find_upward_imports() -> list[str]:
    """The imports of a higher floor, like "crm.web.bodies -> crm.api.entrance"."""
    graph = build_graph(ASSEMBLY)
    return [
        f"{module} -> {other}"
        for module, imported in graph.items()
        for other in sorted(imported)
        if get_floor(other) > get_floor(module)
    ]


def test_each_module_is_on_one_floor():
    assert all(get_floor(module) >= 0 for module in set(get_modules()) - set(ASSEMBLY))


def test_no_floor_imports_a_higher_one():
    assert sorted(set(find_upward_imports()) - set(KNOWN.split("\n"))) == []


def test_the_list_of_known_upward_imports_contains_no_import_that_has_been_cut():
    known = [line for line in KNOWN.split("\n") if line]
    assert sorted(set(known) - set(find_upward_imports())) == []
    assert known == sorted(set(known))


def test_modules_import_each_other_in_no_larger_circle_than_today():
    largest = [*find_circles(build_graph(ASSEMBLY)), set()][0]
    assert len(largest) == LARGEST_CIRCLE, sorted(largest)


def test_no_more_imports_are_within_functions_than_today():
    assert count_imports_in_functions() == IN_FUNCTIONS


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
