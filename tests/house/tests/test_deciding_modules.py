"""What has a table of cases decides something, so `make test-mutations DECIDING=1` changes it too."""

import ast
from pathlib import Path

from tests.mutations.deciding import DECIDING

ROOT = Path(__file__).parents[3]
# Tables only build their cases with these: they carry out, look up, keep or word what others decide.
CARRY_OUT = {
    "accounts/invitations/pasted_lines.py",
    "accounts/scim/filter_parser.py",
    "accounts/scim/group_reading.py",
    "accounts/scim/problems.py",
    "accounts/single_sign_on/failure_reasons.py",
    "accounts/single_sign_on/provider_discovery.py",
    "automations/running/log_cleanup.py",
    "automations/verbs.py",
    "calendars/events/event_values.py",
    "calendars/verbs.py",
    "crm/api/problems.py",
    "crm/fields/custom/definitions/built_in_fields.py",
    "crm/fields/custom/links/incoming_links.py",
    "crm/fields/custom/values/field_registry.py",
    "crm/fields/custom/values/record_form_fields.py",
    "crm/fields/schemas.py",
    "crm/fields/types/field_type.py",
    "crm/platform/configuration/company.py",
    "crm/platform/excel/reading/reader.py",
    "crm/platform/excel/reading/unreadable_cells.py",
    "crm/platform/sql/change_triggers.py",
    "crm/records/kinds/reasons.py",
    "crm/platform/sql/chunks.py",
    "crm/platform/sql/unrecorded_writes.py",
    "crm/platform/web/calendar_files.py",
    "crm/platform/web/rendering/form_rendering.py",
    "crm/platform/web/outgoing_calls.py",
    "crm/platform/web/request_cache.py",
    "crm/records/custom_fields/verbs.py",
    "crm/records/history/change_summary.py",
    "crm/records/history/multi_part_changes.py",
    "crm/records/history/verb_execution.py",
    "crm/records/kinds/erased_persons.py",
    "crm/records/kinds/kind_registry.py",
    "crm/records/listing/filter_alternatives.py",
    "crm/records/listing/record_list.py",
    "crm/transfer/imports/apply/application_state.py",
    "crm/transfer/imports/check/rules_by_kind.py",
    "customers/consent/consent_recording.py",
    "duplicates/verbs.py",
    "leads/assignment/conditions_cache.py",
    "leads/fields.py",
    "leads/kind.py",
    "leads/settings/settings_tables.py",
    "leads/statuses/reference_tables.py",
    "leads/triggers/history_check.py",
    "mailboxes/connections/imap.py",
    "mailboxes/messages/limits.py",
    "mailboxes/receiving/arriving_message.py",
    "mailings/suppression/address_digests.py",
    "reports/engine/dimensions.py",
}
# The tool leaves what is read once at the start alone, and what isn't part of the product.
NEVER_CHANGED = {
    "benchmarks/figures/comparison.py",
    "crm/platform/configuration/setting_catalog.py",
    "crm/platform/configuration/unknown_settings.py",
}


def read_imported_modules() -> dict[str, str]:
    """Each module of the product that a table imports, with one of these tables. The classes of models decide nothing."""
    found = {}
    for table in sorted((ROOT / "tests/decisions").rglob("*.py")):
        for node in ast.walk(ast.parse(table.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                for name in (node.module, *(f"{node.module}.{one.name}" for one in node.names)):
                    path = f"{name.replace('.', '/')}.py"
                    if not path.startswith("tests/") and "/models/" not in path and (ROOT / path).is_file():
                        found[path] = str(table.relative_to(ROOT))
    return found


IMPORTED = read_imported_modules()


def test_each_module_with_a_table_of_cases_is_changed_too():
    missing = IMPORTED.keys() - CARRY_OUT - NEVER_CHANGED - DECIDING.keys()
    assert {path: IMPORTED[path] for path in missing} == {}


def test_each_module_that_is_changed_exists_with_its_tests():
    folders = {folder for folders in DECIDING.values() for folder in folders}
    assert [path for path in DECIDING if not (ROOT / path).is_file()] == []
    assert [folder for folder in sorted(folders) if not (ROOT / folder).is_dir()] == []


def test_each_module_that_decides_nothing_is_still_used_by_a_table():
    assert IMPORTED.keys() >= CARRY_OUT | NEVER_CHANGED
    assert not (CARRY_OUT | NEVER_CHANGED) & DECIDING.keys()
