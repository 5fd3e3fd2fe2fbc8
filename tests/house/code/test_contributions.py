"""What each app adds to the product: declared once, in its contribution.py, and handed out in one place."""

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

from accounts.settings_pages import SettingsPage
from leads.assignment.assignment_rule_uses import find_rules_using
from product.contribution import Contribution, Navigation
from product.registration import get_named_modules, load_contributions
from tests.house.code.test_files import OURS, ROOT, short

# The whole product as its apps add to it. A new row or word here is what a new contribution looks like.
CONTRIBUTED = {
    "crm": "jobs notifications start_page verbs checks operation_followers undo_followers used_rows purge_followers field_uses "
    "value_replacements rebuild_checks webhook_content database_functions after_migrations connection_receivers named_files "
    "timeline_lines restore_followers",
    "accounts": "jobs notifications start_page setup_steps verbs checks sign_in_receivers reasons undo_remedies edit_followers work_openings busy_times people_days undo_followers uses palette_pages "
    "webhook_events view_audiences field_roles notification_followers database_functions after_all_migrations demo_parts first_users "
    "first_user_checks",
    "leads": "jobs notifications start_page setup_steps verbs checks record_types:lead import_rules program_exports activity_exports "
    "operation_followers lead_cards list_filters filter_pages reasons uses stored_amounts base_currency_followers field_uses value_replacements rebuild_checks token_resources webhook_events permission_rows "
    "company_manager_permissions rail first_sales_settings rule_settings new_settings weekly_reminders database_functions after_all_migrations demo_parts",
    "customers": "verbs record_types:company,contact,deal,request import_rules program_exports record_links record_parts "
    "list_filters reasons counted_reasons field_reasons purge_followers uses stored_amounts token_resources webhook_events permission_rows "
    "rule_settings security_settings new_settings bulk_actions lead_cards won_lead_followers company_finders company_converters company_lists contact_cards contact_lists deal_lists demo_parts",
    "duplicates": "jobs verbs form_warnings selection_pages reasons counted_reasons undo_followers first_import_choice "
    "token_resources webhook_events existing_records permission_rows manager_permissions rail rule_settings demo_parts",
    "intake": "jobs notifications setup_pages verbs record_parts purge_followers merged_references uses value_replacements webhook_events "
    "existing_record_settings permission_rows sales_settings program_settings new_settings lead_cards named_files public_forms demo_parts",
    "mailboxes": "jobs notifications start_page setup_pages verbs operation_followers uses webhook_events last_permission_rows profile "
    "program_settings new_settings email_routes own_addresses email_threads thread_records lead_activity_verbs demo_parts",
    "calendars": "jobs notifications verbs busy_times uses webhook_events profile followed_meetings lead_activity_verbs",
    "bookings": "jobs notifications verbs uses value_replacements token_resources webhook_events permission_rows sales_settings new_settings invitation_readers followed_meetings lead_activity_verbs recipient_links public_forms demo_parts",
    "mailings": "jobs notifications start_page token_resources verbs list_filters selection_pages reasons purge_followers merged_references "
    "merge_undo_followers uses value_replacements opt_out_notes webhook_events permission_rows manager_permissions rail "
    "database_functions settings_groups new_settings email_warnings email_obstacles recipient_links thread_records received_email_followers bounced_records complaint_records "
    "timeline_lines mailing_recipients mailing_checks named_files demo_parts demo_lead_followers",
    "sequences": "jobs verbs triggers list_filters list_columns bulk_actions page_links lead_cards contact_cards reasons purge_followers uses value_replacements token_resources webhook_events "
    "permission_rows company_manager_permissions demo_parts rule_settings new_settings email_obstacles rebuild_checks timeline_lines task_origins email_footers recipient_links",
    "automations": "jobs notifications verbs triggers filter_pages reasons purge_followers uses value_replacements token_resources webhook_events permission_rows company_manager_permissions rule_settings new_settings demo_parts",
    "reports": "jobs start_page verbs report_subjects triggers list_filters uses stored_amounts stored_queries rebuild_checks webhook_events "
    "token_resources permission_rows manager_permissions rail new_settings palette_pages database_functions before_migrations long_reads "
    "demo_parts demo_lead_followers",
    "assistants": "jobs permission_rows manager_permissions profile new_settings",
    "privacy": "jobs notifications verbs list_filters page_links webhook_events permission_rows security_settings new_settings lead_cards restore_followers demo_parts",
}
# Only installations with replicas, metrics or lines of JSON in their log have these.
SELDOM, SELDOM_MODULES = {"read_ways", "at_start"}, {"crm.scaling.replicas.health"}
# What registers a part of a module, by the field that names the module.
REGISTERING = {
    "jobs": {
        "every_hour",
        "every_hour_on_each_machine",
        "every_minute",
        "every_minute_in_each_worker",
        "every_moment",
        "register_job_kind",
        "task",
    },
    "notifications": {"register_notice_kind"},
    "start_page": {"register_start_part", "register_health_check"},
    "checks": {"register"},
    "sign_in_receivers": {"receiver"},
}
ADDING = {"append", "extend", "insert", "update", "setdefault", "add", "register", "register_kind"}


@cache
def read_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def get_parts(one: Contribution) -> Iterator[tuple[str, object]]:
    """The fields in which an app contributes something, those of its navigation among them."""
    for part in (one, one.navigation):
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name != "navigation" and value and value is not tuple:
                yield field.name, value


def describe(name: str, value: object) -> str:
    if name == "record_types":
        return f"{name}:{','.join(kind.name for kind in value)}"
    return name


def test_each_app_contributes_what_the_table_says():
    for app, one in load_contributions().items():
        names = {describe(name, value) for name, value in get_parts(one)} - SELDOM
        assert names == set(CONTRIBUTED[app].split()), app
    assert list(CONTRIBUTED) == settings.PRODUCT_APPS


def test_each_field_is_used_by_an_app():
    used = {word.partition(":")[0] for words in CONTRIBUTED.values() for word in words.split()}
    known = {field.name for part in (Contribution, Navigation) for field in fields(part)}
    assert known - {"navigation"} - SELDOM == used


def flatten(value: object) -> Iterator[object]:
    """What a field has, one by one, by its name or identity; what belongs to a record type with the type's name."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            inner = list(flatten(part)) if isinstance(part, Mapping | list | tuple) else []
            yield from ((name, one) for one in inner) if inner else [name]
    elif isinstance(value, list | tuple) and not isinstance(value, SettingsPage):
        for part in value:
            yield from flatten(part)
    else:
        yield value.url if isinstance(value, SettingsPage) else value if isinstance(value, str) else id(value)


def find_repeated(contributions: Mapping[str, Contribution]) -> list[str]:
    """The fields in which something is contributed twice."""
    found = Counter(
        (name, part)
        for one in contributions.values()
        for name, value in get_parts(one)
        for part in flatten(value)
    )
    return [name for (name, _part), count in found.items() if count > 1]


def test_nothing_is_contributed_twice():
    assert find_repeated(load_contributions()) == []


@pytest.mark.parametrize(
    "twice",
    [
        {"jobs": ("leads.jobs",)},
        {"reasons": {"converted": "It was converted."}},
        {"record_parts": {"deal": {"contacts": object()}}},
        {"uses": (find_rules_using,)},
        {"navigation": Navigation(rail=[SettingsPage("Line", "leads:queue", "leads.change_lead")])},
    ],
)
def test_what_two_apps_contribute_is_detected(twice):
    contributions = load_contributions() | {"made_up": Contribution(**twice)}
    assert len(find_repeated(contributions)) == 1, list(twice)


def get_registered_fields(path: Path) -> set[str]:
    """The fields in which a module must be named, because something in it registers itself by a decorator."""
    tree = read_tree(path)
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names |= {
                get_last_name(one)
                for one in node.decorator_list
                if "Tags" in ast.unparse(one) or not is_register(one)
            }
    return {field for field, registering in REGISTERING.items() if names & registering}


def is_register(decorator: ast.expr) -> bool:
    return get_last_name(decorator) == "register"


def get_last_name(node: ast.AST) -> str:
    while isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_each_module_that_registers_something_is_named_and_no_other():
    """So what a process knows doesn't depend on which of its modules import which."""
    needed = {(field, name_of(path)) for path in OURS for field in get_registered_fields(path)}
    named = {
        (field, module)
        for one in load_contributions().values()
        for field in REGISTERING
        for module in getattr(one, field)
    }
    assert {pair for pair in needed - named if pair[1] not in SELDOM_MODULES} == set()
    assert named - needed == set()


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_an_app_names_only_modules_of_its_own():
    for app, one in load_contributions().items():
        assert [name for name in get_named_modules(one) if not name.startswith(f"{app}.")] == []


def test_no_apps_file_does_more_than_name_its_app():
    for app in settings.PRODUCT_APPS:
        (config,) = [
            node
            for node in ast.parse((ROOT / app / "apps.py").read_text()).body
            if isinstance(node, ast.ClassDef)
        ]
        assert all(isinstance(node, ast.Assign) for node in config.body), app
        assert {node.targets[0].id for node in config.body} <= {"name", "label", "verbose_name"}


def find_places() -> set[tuple[str, str]]:
    """The places that the registration fills: modules with the names of their lists, or of functions that fill these."""
    tree = ast.parse((ROOT / "product" / "registration.py").read_text())
    modules = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return {
        (modules[node.value.id], node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and modules.get(node.value.id, "").partition(".")[0] in settings.PRODUCT_APPS
    }


def get_imported(tree: ast.Module) -> dict[str, str]:
    """The full names of what a module imports, by the names that it uses: {"FUNCTIONS": "crm…trigger_installation.FUNCTIONS"}."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def find_writes(tree: ast.Module, places: set[tuple[str, str]]) -> list[str]:
    """What a module adds to these places."""
    imported = get_imported(tree)
    known = {f"{module}.{name}" for module, name in places}

    def is_place(node: ast.AST) -> bool:
        while isinstance(node, ast.Subscript | ast.Call):
            node = node.value if isinstance(node, ast.Subscript) else node.func
            if isinstance(node, ast.Attribute) and node.attr in ADDING:
                node = node.value
        if isinstance(node, ast.Name):
            return imported.get(node.id) in known
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return f"{imported.get(node.value.id)}.{node.attr}" in known
        return False

    found = []
    for node in ast.walk(tree):
        written: list[ast.AST] = []
        if isinstance(node, ast.AugAssign):
            written = [node.target]
        elif isinstance(node, ast.Assign):
            written = [target for target in node.targets if isinstance(target, ast.Subscript | ast.Attribute)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ADDING:
            written = [node.func.value, node.func]
        elif isinstance(node, ast.Call) and get_last_name(node).startswith(("register", "add_part", "use")):
            written = [node.func]
        found += [ast.unparse(node) for target in written if is_place(target)]
    return found


def test_only_the_registration_fills_the_places_of_lower_floors():
    places = find_places()
    assert len(places) > 70
    writes = {short(path): found for path in OURS if (found := find_writes(read_tree(path), places))}
    assert writes == {"product/registration.py": writes["product/registration.py"]}


@pytest.mark.parametrize(
    "text",
    [
        "from crm.records.history import history_check\nhistory_check.CHECKS.append(check)",
        "from crm.records.history.history_check import CHECKS\nCHECKS += [check]",
        "from crm.records.kinds import reasons\nreasons.REASONS |= {}",
        "from crm.records.kinds.reasons import COUNTED_REASONS as counted\ncounted['x'] = words",
        "from crm.records.kinds import linked_records\nlinked_records.LINKS.setdefault('lead', []).append(link)",
        "from crm.records.kinds import kind_registry\nkind_registry.register_kind(LEAD)",
        "from crm.records.kinds.kind_registry import register_kind\nregister_kind(LEAD)",
        "from crm.transfer.imports.check import rules_by_kind\nrules_by_kind.register_import_rules('lead', LeadImport)",
        "def later():\n    from accounts import settings_pages\n    settings_pages.SALES[:0] = TABS",
    ],
)
def test_a_write_to_such_a_place_is_detected(text):
    assert find_writes(ast.parse(text), find_places())


# Loads all apps, with contributions and modules imported in the order given, and prints what is in each place.
LOADED = """
import json, sys
from functools import cache
from importlib import import_module

from django.conf import settings

import product.apps

if sys.argv[1] == "backwards":
    def ready(self):
        from product.registration import get_named_modules, register_contributions
        for app in reversed(settings.PRODUCT_APPS):
            one = import_module(f"{app}.contribution").CONTRIBUTION
            for module in reversed(get_named_modules(one)):
                import_module(module)
        register_contributions()
    product.apps.ProductConfig.ready = ready

import django
from django.utils.functional import Promise

django.setup()

def name(part):
    if isinstance(part, Promise):
        return "text"
    if isinstance(part, (list, tuple)):
        return [name(one) for one in part]
    if isinstance(part, dict):
        return [[str(key), name(value)] for key, value in part.items()]
    if isinstance(part, (set, frozenset)):
        return sorted(map(str, map(name, part)))
    if hasattr(part, "__qualname__"):
        return f"{part.__module__}.{part.__qualname__}"
    if isinstance(part, str):
        return part
    return [type(part).__name__, *(value for value in getattr(part, "__dict__", {}).values() if type(value) is str)]

found = {}
for module, place in json.loads(sys.argv[2]):
    value = getattr(import_module(module), place)
    if isinstance(value, (list, dict, set)):
        found[f"{module}.{place}"] = name(value)
from crm.platform.jobs import housekeeping, job_kinds
from crm.platform.web import notifications
from crm.platform.web.start_page import start_page_parts
from reports.engine import measures

for value in (housekeeping.STEPS, housekeeping.EACH_MINUTE, job_kinds.JOB_KINDS, notifications.NOTICE_KINDS, measures.MEASURES):
    found[f"registered {len(found)}"] = sorted(map(str, name(value)))
found["parts"] = [str(name(part)) for part in sorted(start_page_parts.SOURCES, key=lambda source: source.place)]
print(json.dumps(found))
"""


def load_in_order(order: str) -> dict[str, object]:
    found = subprocess.run(
        [sys.executable, "-c", LOADED, order, json.dumps(sorted(find_places()))],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "crm.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(found.stdout)


def test_the_order_in_which_modules_are_imported_changes_nothing():
    assert load_in_order("backwards") == load_in_order("forwards")


def test_only_contributions_import_the_declaration_and_no_app_the_registration():
    for path in OURS:
        if path.relative_to(ROOT).parts[0] == "product":
            continue
        imported = {name.rpartition(".")[0] for name in get_imported(read_tree(path)).values()}
        of_product = {name for name in imported if name.partition(".")[0] == "product"}
        assert of_product <= ({"product.contribution"} if path.name == "contribution.py" else set()), short(
            path
        )


def test_each_field_says_what_it_is_for():
    """In a comment above it, of one sentence or two."""
    lines = (ROOT / "product" / "contribution.py").read_text().splitlines()
    classes = [node for node in ast.parse("\n".join(lines)).body if isinstance(node, ast.ClassDef)]
    silent = [
        node.target.id
        for one in classes
        for node in one.body
        if isinstance(node, ast.AnnAssign) and not lines[node.lineno - 2].strip().endswith(".")
    ]
    assert silent == []


def test_each_contribution_is_a_table_of_contents():
    """It declares, and computes little: what needs more lines is beside the code that it is about."""
    for app in settings.PRODUCT_APPS:
        tree = ast.parse((ROOT / app / "contribution.py").read_text())
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        assert sum(node.end_lineno - node.lineno for node in functions) < 20, app
        assert isinstance(import_module(f"{app}.contribution").CONTRIBUTION, Contribution)
