"""The modules that decide about data, each with the folders of tests that would notice another decision.

In these, the tool also changes comparisons, conditions, constants and the like (changes.py).
"""

# Tables of cases with their outcomes. They are quick, so they are run first, for every module.
TABLES = "tests/decisions"

IMPORTS = ("tests/leads", "tests/customers", "tests/crm")
UNDO = ("tests/crm", "tests/leads", "tests/customers", "tests/duplicates")
MERGING = ("tests/duplicates",)
MAILINGS = ("tests/mailings",)
REPORTS = ("tests/reports",)
SCOPES = ("tests/accounts", "tests/leads", "tests/customers", "tests/crm")
CONVERSION = ("tests/customers", "tests/intake")
LEADS = ("tests/leads", "tests/intake")

DECIDING: dict[str, tuple[str, ...]] = {
    "accounts/scope.py": SCOPES,
    "crm/records/scope.py": SCOPES,
    "crm/activities/scope.py": SCOPES,
    "crm/tasks/scope.py": SCOPES,
    "crm/activities/rules.py": IMPORTS,
    "crm/imports/again.py": IMPORTS,
    "crm/imports/answers.py": IMPORTS,
    "crm/imports/apply.py": IMPORTS,
    "crm/imports/assigned.py": IMPORTS,
    "crm/imports/check.py": IMPORTS,
    "crm/imports/clean.py": IMPORTS,
    "crm/imports/decisions.py": IMPORTS,
    "crm/imports/judge.py": IMPORTS,
    "crm/imports/linked.py": IMPORTS,
    "crm/imports/match.py": IMPORTS,
    "crm/imports/own.py": IMPORTS,
    "crm/imports/planning.py": IMPORTS,
    "crm/imports/rules.py": IMPORTS,
    "crm/imports/unique.py": IMPORTS,
    "crm/imports/activities/judge.py": IMPORTS,
    "crm/imports/tasks/judge.py": IMPORTS,
    "crm/records/conflicts.py": UNDO,
    "crm/records/undo.py": UNDO,
    "crm/records/undo_rest.py": UNDO,
    "crm/records/undo_rows.py": UNDO,
    "crm/records/undo_sql.py": UNDO,
    "crm/records/undoable.py": UNDO,
    "crm/records/undone.py": UNDO,
    "crm/custom/undo.py": UNDO,
    "crm/tasks/snooze.py": ("tests/crm", "tests/leads"),
    "customers/matching.py": CONVERSION,
    "customers/conversion/deals.py": CONVERSION,
    "customers/conversion/mapping.py": CONVERSION,
    "customers/conversion/new_companies.py": CONVERSION,
    "customers/conversion/plan.py": CONVERSION,
    "duplicates/matching.py": MERGING,
    "duplicates/policies.py": (*MERGING, "tests/intake", "tests/leads", "tests/api"),
    "duplicates/merging/addresses.py": MERGING,
    "duplicates/merging/fields.py": MERGING,
    "duplicates/merging/newsletters.py": MERGING,
    "duplicates/merging/parents.py": MERGING,
    "duplicates/merging/references.py": MERGING,
    "duplicates/merging/undoing.py": MERGING,
    "duplicates/merging/writing.py": MERGING,
    "leads/contract.py": (*LEADS, "tests/api", "tests/customers"),
    "leads/assignment/conditions.py": LEADS,
    "leads/assignment/matching.py": LEADS,
    "leads/assignment/people.py": LEADS,
    "leads/assignment/plan.py": LEADS,
    "leads/queue/outcomes.py": LEADS,
    "mailings/audience.py": MAILINGS,
    "mailings/taking.py": MAILINGS,
    "mailings/unsubscribing.py": MAILINGS,
    "mailings/unwanted.py": MAILINGS,
    "reports/behind.py": REPORTS,
    "reports/counted.py": REPORTS,
    "reports/periods.py": REPORTS,
}
