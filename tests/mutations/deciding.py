"""The modules that decide about data, each with the folders of tests that would notice another decision.

In these, the tool also changes comparisons, conditions, constants and the like (changes.py).
"""

# Tables of cases with their outcomes. They are quick, so they are run first, for every module.
TABLES = "tests/decisions"

# What the engine does with records; most of its tests do it with leads.
ENGINE = ("tests/crm/fields", "tests/crm/records", "tests/crm/work", "tests/crm/transfer")
IMPORTS = (*ENGINE, "tests/leads", "tests/customers", "tests/crm/platform/excel")
UNDO = (*ENGINE, "tests/leads", "tests/customers", "tests/duplicates", "tests/crm/scaling")
MERGING = ("tests/duplicates", "tests/crm/fields/custom/links")
MAILINGS, REPORTS = ("tests/mailings",), ("tests/reports",)
SCOPES = ("tests/accounts", *ENGINE, "tests/leads", "tests/customers")
CONVERSION = ("tests/customers", "tests/intake")
INTAKE, RIGHTS = ("tests/intake",), ("tests/accounts",)
LEADS = ("tests/leads", "tests/intake", *ENGINE)
QUEUE = ("tests/leads", "tests/crm/work")
AUTOMATIONS = ("tests/automations", "tests/sequences")
BOOKINGS = ("tests/bookings", "tests/automations", "tests/accounts/free_busy", "tests/calendars")
MAILBOXES = ("tests/mailboxes", "tests/calendars")
WORK = ("tests/crm/work", "tests/leads", "tests/mailboxes", "tests/bookings")
PRIVACY, ASSISTANTS = ("tests/privacy",), ("tests/assistants",)
SCORES, PROGRAMS = ("tests/leads", "tests/automations"), ("tests/api", "tests/accounts")

# Below the folders of their tests, by their own folder.
MODULES: dict[tuple[str, ...], dict[str, str]] = {
    SCOPES: {
        "accounts": "scope",
        "accounts/ownership": "reassignment_effects",
        "accounts/users": "undo_check",
        "crm/fields": "scope",
        "crm/work/activities": "scope",
        "crm/work/tasks": "scope",
    },
    ENGINE: {
        "crm/fields": "percentages person_name_parts sort_segments",
        "crm/fields/conditions": "field_filters operators periods ranges",
        "crm/fields/custom/definitions": "field_visibility",
        "crm/fields/custom/unique": "taken_values",
        "crm/fields/custom/formulas": "available_fields syntax_tree type_checker value_replacement",
        "crm/fields/custom/values": "stored_values",
        "crm/fields/types": "websites",
        "crm/fields/widgets": "lookup_widgets person_widgets value_widgets",
        "crm/platform/text": "country_names day_words html_to_text text_folding",
        "crm/platform/web": "responses",
        "crm/platform/web/rendering": "address_breaks day_input",
        "crm/records/editing": "bulk_actions set_field",
        "crm/records/listing": "personal_filters saved_view_replacement stored_conditions tabs way_back",
        "crm/records/listing/search": "search_results",
    },
    IMPORTS: {
        "crm/fields/widgets": "link_resolution",
        "crm/platform/excel/parsing": "day_order emails_and_phones name_lists number_parsing yes_no",
        "crm/platform/excel/reading": "cell_links document_links html_rows xml_rows",
        "crm/transfer/exports": "approval selection",
        "crm/transfer/imports": "import_access sheet_contents",
        "crm/transfer/imports/activities": "row_judgment",
        "crm/transfer/imports/apply": "choice_creation plan_application record_steps",
        "crm/transfer/imports/check": (
            "cell_cleaning cell_comparison error_groups import_rules namesakes owner_check "
            "plan_building recheck record_check record_matching row_judgment unique_values "
            "value_decisions"
        ),
        "crm/transfer/imports/columns": (
            "cell_evidence column_day_orders column_guessing field_suggestion file_columns header_words "
            "id_columns import_options opt_out_columns saved_mappings value_suggestion"
        ),
        "crm/transfer/imports/plan": "corrections value_mapping",
        "crm/transfer/imports/read": "rows_without_records staging",
        "crm/transfer/imports/tasks": "row_judgment task_check",
        "crm/transfer/imports/work": "work_check work_judgment",
        "crm/work/activities": "requirements",
        "customers/companies": "excel",
        "customers/deals": "excel",
        "leads": "excel",
        "leads/imports": "lead_import pipeline_import",
    },
    UNDO: {
        "crm/records/custom_fields": "undo",
        "crm/records/editing": "edit_conflicts",
        "crm/records/history": "merged_records operation_results timeline value_sources visible_operations",
        "crm/records/history/undo": (
            "field_reversal later_links reversal_sql row_restoration undo_permission undo_result unreverted_rows"
        ),
        "crm/records/kinds": "record_uses",
    },
    WORK: {
        "accounts/working_time": "calendar",
        "crm/work/activities": "moves",
        "crm/work/emails": "email_addresses email_replies quotations thread_index",
        "crm/work/grouped_timeline": "email_threads entry_descriptions shared_operations",
        "crm/work/invitations": "invitation_answers itip_replies",
        "crm/work/tasks": "call_backs due_times verbs",
        "crm/work/tasks/listing": "filters task_list",
        "crm/work/templates": "merge_fields template_filling",
    },
    LEADS: {
        "intake": "value_replacement",
        "leads/assignment": "assignment_plan candidates rule_conditions rule_matching",
        "leads/page": "newsletter_fact status_path",
        "leads/queue": "outcomes",
        "leads/ready_pipelines": "row_fate",
        "leads/settings": "merge pipeline_retirement retirement",
        "leads/settings/forms": "pipelines",
    },
    SCORES: {
        "leads/scores": "fading_dates score_statement scoring",
        "leads/scores/proposal": "points_from_counts",
    },
    CONVERSION: {
        "customers": "record_matching",
        "customers/conversion": (
            "conversion_plan conversion_verb custom_value_copy displayed_matches field_mapping "
            "lead_deals new_companies"
        ),
        "customers/deals": "verbs",
        "customers/related_items": "scope",
        "customers/requests": "sender_matches",
    },
    MERGING: {
        "duplicates": "record_details record_graph similar_records similarity visible_records",
        "duplicates/exact": "group_search",
        "duplicates/merging": (
            "emails_and_phones field_values merge_sql merge_verb parent_companies received_newsletters "
            "reference_transfer undo"
        ),
    },
    MAILINGS: {
        "mailings/audience": "audience recipient_counts recipient_lines",
        "mailings/content": "compiled_templates content_checks markdown",
        "mailings/responses": "bounce_handling mailing_results response_conditions",
        "mailings/sending": "batch_claim last_minute_exclusion",
        "mailings/suppression": "address_erasure blocks rule_recipients suppression_list unsubscribe",
    },
    MAILBOXES: {
        "mailboxes/messages": "automatic_messages html_to_markdown message_parser received_message",
        "mailboxes/receiving": (
            "bounces known_addresses loop_detection personal_messages record_lookup signed_addresses"
        ),
    },
    BOOKINGS: {
        "accounts/free_busy": "busy_times free_times time_spans",
        "bookings": "free_slots lead_moves meeting_booking",
        "bookings/public": "offered_times",
        "calendars": "busy_times",
        "calendars/syncing": "event_storing meeting_import own_items pair_decision sync_period",
    },
    AUTOMATIONS: {
        "automations/day_undo": "day_reversal",
        "automations/definition": "trigger_types wait_step",
        "automations/running": (
            "clock_days due_meetings due_records mailing_responses quiet_records step_plan "
            "waiting_steps waking waking_queue woken_records"
        ),
        "sequences/coming_steps": "coming_step_check",
        "sequences/lists": "filters",
        "sequences/running": "daily_limit enrollment_ends judgment pauses schedule stop_sweep turns",
        "sequences/verbs": "edit_coming_email",
    },
    INTAKE: {
        "intake": "form_and_webhook_uses",
        "intake/forms": "questions",
        "intake/forms/public": "visit_counts",
        "intake/forms/submissions": "gap_sentences incomplete_leads",
        "intake/webhooks": "call_verification",
    },
    PRIVACY: {
        "privacy": "person person_erasure repeated_erasure",
        "privacy/retention": "deletion_periods due_leads rule_erasure shared_persons",
    },
    REPORTS: {
        "reports": "standard_reports",
        "reports/bi": "role_limits",
        "reports/display": "report_groups value_texts",
        "reports/engine": (
            "counted_leads drill_down measures question report_answer report_periods source_costs"
        ),
        "reports/subjects": "subject",
    },
    ASSISTANTS: {
        "assistants": "limits rights untrusted_text",
        "assistants/sign_in": "authorization_request connection_state redirect_uris registration",
    },
    PROGRAMS: {
        "accounts/authentication": "guess_rules guess_throttling",
        "accounts/scim": "patch_parser requested_changes scim_querysets",
        "accounts/tokens": "forms",
        "crm/api": "existing_records idempotency token_scopes",
        "crm/api/v2": "form_values",
        "crm/api/v2/batch": "record_matching",
        "crm/api/v2/changes": "changed_rows feed_position former_rows",
        "crm/api/webhooks": "replay webhook_delivery",
        "crm/platform/sql": "transaction_numbers",
    },
    ("tests/customers", "tests/mailings"): {
        "customers/consent": "current_consent",
    },
    ("tests/crm/platform", "tests/command_line"): {
        "crm/platform/files": "orphaned_files",
    },
    # What users may see, change and grant, and who may sign in.
    RIGHTS: {
        "accounts": "visibility_reasons",
        "accounts/authentication": "password_links pending_sign_in",
        "accounts/invitations": "invitation_plan",
        "accounts/models": "department role user",
        "accounts/ownership": "owners",
        "accounts/ownership/verbs": "assign reassign_records reassign_tasks",
        "accounts/roles": "forms permissions",
        "accounts/scim": "group_membership user_changes",
        "accounts/second_factor": "enforcement",
        "accounts/single_sign_on": "claim_mapping sign_in_policy user_matching",
        "accounts/users": "deactivation edit_conflicts forms last_administrator page_viewing user_access",
    },
    ("tests/crm/work", "tests/leads"): {
        "crm/work/tasks": "snooze",
    },
    (*MERGING, "tests/intake", *ENGINE, "tests/leads", "tests/api"): {
        "duplicates": "existing_record_policies",
    },
    QUEUE: {
        "leads/queue": "outcome_recording priority_reasons waiting_leads",
    },
    (*LEADS, "tests/api", "tests/customers"): {
        "leads/statuses": "status_contract",
    },
}

DECIDING: dict[str, tuple[str, ...]] = {
    f"{folder}/{name}.py": tests
    for tests, folders in MODULES.items()
    for folder, names in folders.items()
    for name in names.split()
}
