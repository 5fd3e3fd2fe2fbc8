"""Nothing depends on which value it is."""

REASONS: dict[str, tuple[str, ...]] = {
    "Both of the states that are compared have marks of the same length.": (
        "accounts/users/edit_conflicts.py _hash_value: 6 → 7",
    ),
    "Any number below the first column says that there is none.": (
        "mailings/suppression/suppression_list.py _read_addresses: 1 → 2",
        "mailings/suppression/suppression_list.py _read_addresses: 1 → 2 (2)",
        "mailings/suppression/suppression_list.py _read_addresses: 1 → 2 (3)",
        "mailings/suppression/suppression_list.py _find_columns: 1 → 2",
    ),
    "PostgreSQL reads both as the same text.": (
        "crm/fields/custom/formulas/available_fields.py _encode_labels: False → True",
    ),
    "The companies were found by their parents, so each has one. The condition says so to the type checker.": (
        "duplicates/merging/parent_companies.py write_parents: for … if parent → for …",
    ),
    "A clean_row that changes a record has one. The condition says so to the type checker.": (
        "crm/transfer/imports/apply/record_steps.py change_records: for … if pk → for …",
    ),
    "Django names the argument, and nothing reads it.": (
        "accounts/roles/forms.py RoleForm.save: commit=True → commit=False",
        "accounts/users/forms.py UserForm.save: commit=True → commit=False",
    ),
    "Any number below the first one says that nothing was answered.": (
        "crm/work/invitations/invitation_answers.py get_undelivered_recipients: 1 → 2",
    ),
    "The index doesn't have the last 18 digits of the time, so it is the same for both.": (
        "crm/work/emails/thread_index.py build_reply_index: 0 → 1",
    ),
    "Any value is counted, whichever it is.": ("reports/engine/measures.py MeasurePart: 1 → 2",),
    "Such a parameter is there or not; its value isn't read.": (
        "crm/records/listing/search/search_results.py get_best_matches: 1 → 2",
        "crm/records/listing/search/search_results.py _build_search_query: 1 → 2 (2)",
        "mailboxes/receiving/personal_messages.py _add_private: True → False",
        "crm/work/activities/moves.py move_activities: True → False",
    ),
    "Only whether there is a record counts; the number says when to stop counting.": (
        "crm/records/listing/search/search_results.py _build_search_query: 1 → 2",
        "crm/api/webhooks/webhook_delivery.py _get_active_webhook_sql: 1 → 2",
    ),
    "Both stand for a reason that is there: only None and an empty text are empty values.": (
        "leads/page/status_path.py WITH_REASON: True → False",
    ),
    "Only that no one guesses the word counts.": (
        "mailings/content/compiled_templates.py TextMergeFields.__init__: 8 → 9",
    ),
}
