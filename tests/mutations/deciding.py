"""The modules that decide about data, each with the folders of tests that would notice another decision.

In these, the tool also changes comparisons, conditions, constants and the like (changes.py).
"""

# Tables of cases with their outcomes. They are quick, so they are run first, for every module.
TABLES = "tests/decisions"

# What the engine does with records; most of its tests do it with leads.
ENGINE = ("tests/crm/fields", "tests/crm/records", "tests/crm/work", "tests/crm/transfer")
IMPORTS = (*ENGINE, "tests/leads", "tests/customers", "tests/crm/platform/excel")
UNDO = (*ENGINE, "tests/leads", "tests/customers", "tests/duplicates", "tests/crm/scaling")
MERGING = ("tests/duplicates",)
MAILINGS = ("tests/mailings",)
REPORTS = ("tests/reports",)
SCOPES = ("tests/accounts", *ENGINE, "tests/leads", "tests/customers")
CONVERSION = ("tests/customers", "tests/intake")
LEADS = ("tests/leads", "tests/intake", *ENGINE)

DECIDING: dict[str, tuple[str, ...]] = {
    "accounts/scope.py": SCOPES,
    "crm/fields/scope.py": SCOPES,
    "crm/work/activities/scope.py": SCOPES,
    "crm/work/tasks/scope.py": SCOPES,
    "crm/work/activities/requirements.py": IMPORTS,
    "crm/transfer/imports/check/recheck.py": IMPORTS,
    "crm/transfer/imports/plan/corrections.py": IMPORTS,
    "crm/transfer/imports/apply/plan_application.py": IMPORTS,
    "crm/transfer/imports/apply/record_steps.py": IMPORTS,
    "crm/transfer/imports/check/owner_check.py": IMPORTS,
    "crm/transfer/imports/check/record_check.py": IMPORTS,
    "crm/transfer/imports/check/cell_cleaning.py": IMPORTS,
    "crm/transfer/imports/check/value_decisions.py": IMPORTS,
    "crm/transfer/imports/check/row_judgment.py": IMPORTS,
    "crm/fields/widgets/link_resolution.py": IMPORTS,
    "crm/transfer/imports/check/record_matching.py": IMPORTS,
    "crm/transfer/imports/import_access.py": IMPORTS,
    "crm/transfer/imports/check/plan_building.py": IMPORTS,
    "crm/transfer/imports/check/import_rules.py": IMPORTS,
    "crm/transfer/imports/check/unique_values.py": IMPORTS,
    "crm/transfer/imports/activities/row_judgment.py": IMPORTS,
    "crm/transfer/imports/tasks/row_judgment.py": IMPORTS,
    "crm/transfer/imports/check/cell_comparison.py": IMPORTS,
    "crm/transfer/imports/work/work_check.py": IMPORTS,
    "crm/transfer/imports/work/work_judgment.py": IMPORTS,
    "crm/records/editing/edit_conflicts.py": UNDO,
    "crm/records/history/undo/field_reversal.py": UNDO,
    "crm/records/history/undo/unreverted_rows.py": UNDO,
    "crm/records/history/undo/row_restoration.py": UNDO,
    "crm/records/history/undo/reversal_sql.py": UNDO,
    "crm/records/history/undo/undo_permission.py": UNDO,
    "crm/records/history/undo/undo_result.py": UNDO,
    "crm/records/custom_fields/undo.py": UNDO,
    "crm/work/tasks/snooze.py": ("tests/crm/work", "tests/leads"),
    "customers/record_matching.py": CONVERSION,
    "customers/conversion/lead_deals.py": CONVERSION,
    "customers/conversion/field_mapping.py": CONVERSION,
    "customers/conversion/new_companies.py": CONVERSION,
    "customers/conversion/conversion_plan.py": CONVERSION,
    "duplicates/similarity.py": MERGING,
    "duplicates/existing_record_policies.py": (*MERGING, "tests/intake", *ENGINE, "tests/leads", "tests/api"),
    "duplicates/merging/emails_and_phones.py": MERGING,
    "duplicates/merging/field_values.py": MERGING,
    "duplicates/merging/received_newsletters.py": MERGING,
    "duplicates/merging/parent_companies.py": MERGING,
    "duplicates/merging/reference_transfer.py": MERGING,
    "duplicates/merging/undo.py": MERGING,
    "duplicates/merging/merge_sql.py": MERGING,
    "leads/statuses/status_contract.py": (*LEADS, "tests/api", "tests/customers"),
    "leads/assignment/rule_conditions.py": LEADS,
    "leads/assignment/rule_matching.py": LEADS,
    "leads/assignment/candidates.py": LEADS,
    "leads/assignment/assignment_plan.py": LEADS,
    "leads/queue/outcomes.py": LEADS,
    "mailings/audience/audience.py": MAILINGS,
    "mailings/sending/batch_claim.py": MAILINGS,
    "mailings/suppression/unsubscribe.py": MAILINGS,
    "mailings/sending/last_minute_exclusion.py": MAILINGS,
    "reports/engine/drill_down.py": REPORTS,
    "reports/engine/counted_leads.py": REPORTS,
    "reports/engine/report_periods.py": REPORTS,
}
