"""Places that may be removed without a test noticing it, each with its reason.

A name is what the tool prints. One that no longer names a place is reported.
"""

A_DAY = "The time only names the months to read: it is a day before the operation, and no change has exactly this time."
MORE_ROUNDS = (
    "It only says how far one round of a loop reads: with another end, further rounds read the rest."
)
AS_LONG = "It is only a shorter way to the same result: what it leaves out is left out again afterwards, or is empty."
LOCKED = "The view has checked and locked this record already, so no one can change it before it is written."

KNOWN: dict[str, str] = {
    "accounts/users/views/user_sees.py user_sees: permission_required('accounts.change_user', raise_exception=True)": (
        "The view is for administrators only, who have every permission; everyone else gets the same 403 from it."
    ),
    "crm/work/screens/views/edit.py save_record: type(record).objects.present().changeable_by(request.user)": LOCKED,
    "crm/work/screens/views/inline_edit.py carry_out_and_respond: type(record).objects.present().changeable_by(request.user)": LOCKED,
    "leads/views/move_lead.py move: kind.model.objects.present().changeable_by(request.user)": LOCKED,
    "crm/records/screens/views/kind_access.py get_changeable_record: kind.model.objects.changeable_by(user)": (
        "It only decides which row is locked. The check that follows refuses a record that the user can't change."
    ),
    "crm/api/v2/records.py _find_changeable_record: present.changeable_by(user)": (
        "It only decides which row is locked. The checks that follow refuse a record that the user can't change."
    ),
    "crm/records/listing/value_filters.py build_page_value_filters: rows.visible_to(listing.viewer)": (
        "The ids are those of a page of the user's list, which has only records that they see."
    ),
    **dict.fromkeys(
        (
            "crm/records/history/undo/field_reversal.py _get_touched_rows: HERE operation_id = %s AND at >= %s GROUP BY 1 → HERE operation_id = %s AND at > %s GROUP BY 1",
            "crm/records/history/undo/field_reversal.py _get_touched_rows: HERE operation_id = %s AND at >= %s AND kind = 'update' ORDER → HERE operation_id = %s AND at > %s AND kind = 'update' ORDER",
            "crm/records/history/undo/row_restoration.py get_created_rows: later.id > c.id AND later.at >= %s AND later.operation_id IS → later.id > c.id AND later.at > %s AND later.operation_id IS",
            'crm/records/history/undo/row_restoration.py get_created_rows: c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c.k → c.operation_id = %s AND c.at > %s AND c."table" = %s AND c.k',
            'crm/records/history/undo/row_restoration.py reinsert_removed_rows: c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c.k → c.operation_id = %s AND c.at > %s AND c."table" = %s AND c.k',
            'crm/records/history/undo/reversal_sql.py ReversalUpdates.source: HERE operation_id = %s AND at >= %s AND "table" = %s AND kind → HERE operation_id = %s AND at > %s AND "table" = %s AND kind',
            'crm/records/history/undo/reversal_sql.py ReversalUpdates._last_update: HERE operation_id = %s AND at >= %s AND "table" = %s AND kind → HERE operation_id = %s AND at > %s AND "table" = %s AND kind',
            'crm/records/history/undo/reversal_sql.py ReversalUpdates._get_untouched_rows: HERE operation_id = %s AND at >= %s AND "table" = %s → HERE operation_id = %s AND at > %s AND "table" = %s',
            "crm/records/history/undo/reversal_sql.py ReversalUpdates.changed_later: m_change WHERE id > %s AND at >= %s ORDER BY id LIMIT %s → m_change WHERE id > %s AND at > %s ORDER BY id LIMIT %s",
            'crm/records/history/undo/reversal_sql.py ReversalUpdates.source: c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c.k → c.operation_id = %s AND c.at > %s AND c."table" = %s AND c.k',
            "crm/records/custom_fields/undo.py ValueUpdates._taken_sql: AND c.at >= → AND c.at >",
            "crm/records/custom_fields/undo.py ValueUpdates._link_gone_sql: AND c.at >= → AND c.at >",
            "crm/records/history/visible_operations.py _build_section: filter(at__gte=record.earliest_change_at) → all()",
            "crm/records/history/visible_operations.py _build_section: at__gte=record.earliest_change_at → at__gt=record.earliest_change_at",
            'duplicates/merging/undo.py _restore_link: c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c." → c.operation_id = %s AND c.at > %s AND c."table" = %s AND c."',
            'duplicates/merging/undo.py _restore_custom_link: c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c." → c.operation_id = %s AND c.at > %s AND c."table" = %s AND c."',
        ),
        A_DAY,
    ),
    **dict.fromkeys(
        (
            "sequences/running/turns.py MOST_AT_ONCE: 100 → 101",
            "crm/records/history/visible_operations.py _get_visible_ids: 1 → 2",
            "crm/records/history/visible_operations.py _get_visible_ids: for … if len(ids) == ASKED → for …",
            "crm/records/history/visible_operations.py _get_visible_ids: max((ids[-1] for ids in several)) → min(…)",
        ),
        MORE_ROUNDS,
    ),
    "automations/running/step_plan.py judge_records: filter(pk__any=chunk) → all()": (
        "Only the answers for these records are looked up; the condition saves reading those of all others."
    ),
    **dict.fromkeys(
        (
            "crm/records/custom_fields/undo.py ValueUpdates._find_ids: if not keys: return [] → no guard",
            "crm/records/history/undo/reversal_sql.py ReversalUpdates.changed_later: for … if table == self.table → for …",
            "customers/conversion/conversion_plan.py add_gap_problems: for … if lead.pk > 0 → for …",
            "customers/conversion/conversion_plan.py build_plans_for_queryset: order_by('pk') → order_by('-pk')",
            "duplicates/merging/merge_sql.py write_columns: for … if name in wanted → for …",
            "duplicates/merging/merge_sql.py write_custom: for … if patch → for …",
            "crm/transfer/imports/apply/record_steps.py add_records: filter(action='add') → filter(…)",
            "crm/transfer/imports/apply/record_steps.py skip_rows_known_by_now: if not any(known.values()) and (not (namesakes and namesakes.r…: return → no guard",
            "crm/fields/widgets/link_resolution.py _build_unique_lookup.find_records: filter(pk__any=list(by_key.values())) → all()",
            "crm/transfer/imports/check/record_matching.py Matcher._fill_in_by_field: filter(pk__any=list(by_key.values())) → all()",
            "duplicates/merging/undo.py _restore_link: if not ids: return → no guard",
            "duplicates/merging/undo.py _restore_custom_link: if not ids: return → no guard",
            "duplicates/merging/merge_verb.py Merge.write_consequences: if not pairs: return → no guard",
            "duplicates/merging/merge_verb.py Merge.lock_after_rows: filter(pk__any=list(self.versions)) → all()",
            "crm/records/kinds/record_uses.py get_visible_rows: filter(pk__in=[row.pk for row in rows]) → all()",
            "crm/records/editing/edit_conflicts.py get_edit_conflicts: if version == record.version: return [] → no guard",
            "accounts/invitations/invitation_plan.py LineJudge.__init__: filter(email__in=emails) → all()",
            "accounts/invitations/invitation_plan.py LineJudge.__init__: filter(email__in=emails) → all() (2)",
            "crm/fields/widgets/link_resolution.py _find_by_number: filter(pk__any=list(numbers.values())) → all()",
            "crm/transfer/imports/check/record_matching.py Matcher.find: for … if keys.phone → for …",
            "duplicates/merging/undo.py _get_separation_obstacle: if not pairs: return '' → no guard",
            "crm/fields/widgets/link_resolution.py _build_unique_lookup.find_records: for … if (value := _clean_or_none(widget, text)) is not None → for …",
            "crm/transfer/imports/check/record_matching.py Matcher.find: for … if pk not in found.records → for …",
            "duplicates/merging/undo.py _get_merge_again_obstacle: if not ids: return '' → no guard",
            "crm/transfer/imports/apply/record_steps.py skip_taken_rows: if not rules.unique_fields: return → no guard",
            "crm/transfer/imports/check/record_matching.py Matcher.find: others -= found.records.keys() → nothing",
            "crm/transfer/imports/check/record_matching.py Recognition.fold_key_texts: for … if text → for …",
            "crm/transfer/imports/check/row_judgment.py RowJudge._add_said_beside: if not any((cell.notes or cell.more or cell.currencies for cel…: return [] → no guard",
            "crm/transfer/imports/check/row_judgment.py RowJudge.__init__: for … if field.definition.departments → for …",
            "duplicates/existing_record_policies.py _read_rows: if not ids: return {} → no guard",
            "duplicates/existing_record_policies.py _read_rows: filter(pk__any=list(ids)) → all()",
            "crm/platform/excel/parsing/day_order.py DayOrder.add_date: if text[1:2] not in BETWEEN and text[2:3] not in BETWEEN: return → no guard",
            "crm/platform/excel/parsing/emails_and_phones.py split_phones: if ONE_PHONE.fullmatch(text): return [text] → no guard",
            "crm/platform/excel/parsing/emails_and_phones.py split_emails: if ONE_EMAIL.fullmatch(text): return [text] → no guard",
            "crm/platform/excel/parsing/number_parsing.py round_half_up: -exponent <= places → -exponent < places",
            "crm/transfer/imports/check/namesakes.py DistinguishingFields.__init__: for … if name in mapping → for … (2)",
            "leads/assignment/assignment_plan.py _build_plan: if not any(met.values()): return plan → no guard",
            "mailboxes/receiving/known_addresses.py find_known_records: True → False",
            "privacy/person_erasure.py _get_unerased_records: filter(pk__in=ids) → filter(…)",
            "privacy/retention/due_leads.py _get_neighboring_rules: exclude(pk=rule.pk) → all()",
            "mailboxes/receiving/known_addresses.py _iterate_querysets: filter(email_key__in=wanted) → all()",
            "mailboxes/receiving/record_lookup.py _find_thread_records: filter(message_id__in=references) → all()",
            "customers/conversion/displayed_matches.py get_suggestions: typed and typed != lead.company → typed or typed != lead.company",
            "customers/conversion/lead_deals.py _get_visible_ids: filter(pk__in=wanted) → all()",
            "customers/record_matching.py get_lookup_keys: for … if text → for …",
            "customers/conversion/custom_value_copy.py get_copied_values: for … if value not in EMPTY_VALUES → for …",
            "customers/conversion/custom_value_copy.py get_taken_unique_values: for … if target.definition.is_unique → for …",
            "duplicates/similar_records.py find_similar_records: if not asked: return [] → no guard",
            "duplicates/similar_records.py score_similarity: person and asked.name → person or asked.name",
            "accounts/ownership/verbs/reassign_tasks.py _notify_new_users: exclude(user=None) → all()",
            "crm/records/listing/saved_view_replacement.py replace_in_saved_views: filter(query__contains=parameter) → all()",
            "crm/records/listing/stored_conditions.py describe_conditions: if not query: return '' → no guard",
            "crm/transfer/imports/tasks/task_check.py TaskCheck.find_records: filter(pk__any=ids) → all()",
            "crm/transfer/imports/tasks/task_check.py TaskCheck.refuse_together: filter(pk__any=[plan.record for plan in plans]) → all()",
            "crm/transfer/exports/approval.py get_approvers: filter(groups__permissions__codename='approve_export') → all()",
            "crm/work/emails/quotations.py include_introduction: max(0, last - LONGEST_INTRODUCTION) → min(…)",
            "crm/work/tasks/listing/filters.py TaskFilterForm.get_changeable_meetings: if not ids: return set() → no guard",
            "crm/work/tasks/listing/task_list.py get_records_by_key: for … if row.of == table → for …",
            "accounts/ownership/verbs/reassign_records.py HandOver.write_consequences: filter(owner__in=[user.pk for user in self.recipients]) → filter(…)",
            "crm/work/tasks/listing/task_list.py get_changeable_tasks: for … if task.pk not in own → for …",
            "crm/work/templates/merge_fields.py join_closed_up: if not empty: return ''.join(texts) → no guard",
            "crm/fields/custom/values/stored_values.py split_custom_values_of_rows: for … if is_key(name) → for …",
            "crm/fields/custom/values/stored_values.py _attach_computed: filter(pk__in=[record.pk for record in records]) → all()",
            "crm/fields/custom/values/stored_values.py write_values_of_new_records: if not filled: return → no guard",
            "crm/fields/widgets/value_widgets.py DateCell.parse_value: if isinstance(value, clock.date): return value → no guard",
            "leads/queue/waiting_leads.py get_waiting_leads: for … if getattr(rules, code) → for …",
            "leads/queue/waiting_leads.py get_unassigned_leads: for … if getattr(rules, code) → for …",
            "leads/queue/waiting_leads.py _build_tasks_sql: if TASK_OVERDUE not in wanted and TASK_TODAY not in wanted: return ('', []) → no guard",
            "mailings/suppression/address_erasure.py restore_returned_addresses: if not ForgottenAddress.objects.exists(): return 0 → no guard",
            "mailings/suppression/address_erasure.py _find_used_keys: filter(email_key__in=list(keys)) → all()",
            "leads/imports/lead_import.py LeadImport.link_together: filter(pk__any=records) → all()",
            "leads/imports/lead_import.py LeadImport._assign_added_leads: filter(action='change') → filter(…)",
            "assistants/untrusted_text.py clean_json: False → True",
            "sequences/running/schedule.py get_due_moment: previous <= moment → previous < moment",
            "sequences/running/schedule.py plan_first_step: filter(pk__in=rows.order_by().values('author')) → all()",
            "sequences/running/schedule.py plan_next_steps: filter(enrollment__in=ids) → all()",
            "sequences/running/turns.py _keep_working: if not ids: return [] → no guard",
            "leads/assignment/rule_matching.py _get_rule_matches: if all((one.is_cacheable for one in asked)): return get_compiled_values(_rule_matche… → no guard",
        ),
        AS_LONG,
    ),
    **dict.fromkeys(
        (
            "crm/fields/conditions/operators.py _build_emptiness_operator: ('filled', gettext_lazy('isn’t empty')) if filled else ('empty', gettext_lazy('is empty')) → ('empty', gettext_lazy('is empty')) if filled else ('filled', gettext_lazy('isn’t empty'))",
            "leads/queue/outcomes.py build_moving_outcome: True → False",
            "reports/engine/measures.py _build_reached_part: False → True",
            "reports/engine/measures.py _build_sum_part: False → True",
            "reports/engine/measures.py _build_sum_part: False → True (2)",
            "reports/engine/measures.py _build_days_part: False → True",
            "reports/engine/measures.py _build_days_part: False → True (2)",
            "reports/engine/measures.py _build_days_part: aggregate is Median → aggregate is not Median",
        ),
        "It is called while its module is loaded and never again, so this tool doesn't change what it has made.",
    ),
    "crm/fields/custom/formulas/available_fields.py _encode_labels: False → True": "PostgreSQL reads both as the same text.",
    "crm/fields/custom/values/stored_values.py attach_stored_values: rows.values_list(ALL, flat=True).first() → last(…)": (
        "There is one record with this number."
    ),
    "crm/fields/sort_segments.py Segment.descending: 0 → 1": "Both columns of an order have the same direction.",
    "crm/platform/excel/parsing/day_order.py DayOrder.day_first: self.day > self.month → self.day >= self.month": (
        "As many of both have been answered before."
    ),
    "crm/platform/excel/parsing/number_parsing.py format_plain_number: abs(value) < 1e+18 → abs(value) <= 1e+18": (
        "This one number has the same digits in both ways."
    ),
    **dict.fromkeys(
        (
            "automations/running/quiet_records.py QUIET: eleted_at IS NULL AND a.at >= %(first)s AND a.at < → eleted_at IS NULL OR a.at >= %(first)s AND a.at <",
            "automations/running/quiet_records.py QUIET: ND a.at >= %(first)s AND a.at < %(end)s {of_these_activities} → ND a.at >= %(first)s AND a.at <= %(end)s {of_these_activities}",
        ),
        "It only adds candidates: the last event of each is compared with both ends afterwards. The index needs both conditions.",
    ),
    "crm/records/history/undo/row_restoration.py get_created_rows: AND later.id > c.id AND later.at >= %s AND l → AND later.id >= c.id AND later.at >= %s AND l": (
        "A later change is one of another operation, so it is never the same row of the history."
    ),
    "leads/assignment/candidates.py _rule_people_queryset: order_by('pk') → order_by('-pk')": (
        "The users of a rule are sorted when it is their turn."
    ),
    "leads/assignment/candidates.py _sort_ids: sorted((pk for pk in ids if pk)) → the other way round": (
        "The same IDs are always in the same order, and so have one key; nothing else reads the order."
    ),
    'privacy/person.py MOVED: ."row" = c."row" AND later.id > c.id AND later.fields ? \'reco → ."row" = c."row" AND later.id >= c.id AND later.fields ? \'reco': (
        "The change itself has no number of a record then: if it had one, that would count."
    ),
    "privacy/person.py _get_moved_task_ids: sorted(there) → the other way round": "The database reads the numbers as a set.",
    "crm/fields/conditions/field_filters.py _get_team_ids: order_by('pk') → order_by('-pk')": (
        "Only that it is always the same order counts."
    ),
    "leads/scores/proposal/points_from_counts.py get_points: ratio > 0 → ratio >= 0": (
        "Of two equal shares there are no points."
    ),
    "leads/scores/scoring.py start_scoring_rounds: filter(pk=ScoreState.ROW) → all()": "The table has no other row.",
    "privacy/person_erasure.py _lock_records: order_by('pk') → order_by('-pk')": (
        "Only erasures lock several imports, and all of them in the same order."
    ),
    "privacy/person_erasure.py _lock_records: filter(ended_at=None) → all()": (
        "Imports that have ended would be locked too, which no one changes."
    ),
    "duplicates/merging/parent_companies.py write_parents: for … if parent → for …": (
        "The companies were found by their parents, so each has one. The condition says so to the type checker."
    ),
    "crm/transfer/imports/apply/record_steps.py write_rule_consequences: sorted(application.changed[rules.kind.name]) → the other way round": (
        "Whoever gets these ids sorts them again, or takes them as a set."
    ),
    "crm/transfer/imports/apply/record_steps.py change_records: for … if pk → for …": (
        "A clean_row that changes a record has one. The condition says so to the type checker."
    ),
    "crm/transfer/imports/check/cell_cleaning.py RowCleaner.clean_row: len(remembered) > REMEMBERED → len(remembered) >= REMEMBERED": (
        "One cell less is remembered, and a cell that is cleaned again is the same."
    ),
    "crm/transfer/imports/check/cell_comparison.py is_same_cell_value: len(value) > 30000 → len(value) >= 30000": "A text that was cut is longer than that.",
    **dict.fromkeys(
        (
            "customers/conversion/conversion_plan.py add_gap_problems: lead.pk > 0 → lead.pk >= 0",
            "customers/conversion/conversion_plan.py add_gap_problems: lead.pk < 0 → lead.pk <= 0",
            "customers/conversion/conversion_plan.py add_gap_problems: 0 → 1 (2)",
        ),
        "No lead has the number 0.",
    ),
    "crm/transfer/imports/check/plan_building.py PlanBuilder._iterate_portions: 1 → 2": "Rows are numbered from 1 on: any number below is before the first one.",
    "crm/records/screens/views/kind_access.py changeable_row_queryset: rows.changeable_by(user) (2)": (
        "The line before refuses a record that the user can't change. Only one that leaves the scope between the two "
        "statements would differ."
    ),
    "customers/record_matching.py get_suggestions_by_kind: for … if pk in rows → for …": (
        "Only a record that is removed between the two queries isn't there."
    ),
    "crm/work/tasks/listing/task_list.py get_task_lines: for … if (task.of, task.record) in records → for …": (
        "Only a record that is removed between the two queries isn't there."
    ),
    "crm/work/tasks/listing/filters.py TaskFilterForm.get_people_ids: for … if pk in set(self.people_ids) → for …": (
        "The form only has departments that the user sees, and then their members are colleagues whom they see."
    ),
    "crm/work/activities/scope.py ActivityScope._build_records_condition: 1 → 2": "No two records of a type have the same number.",
    **dict.fromkeys(
        (
            "accounts/authentication/password_links.py send_forgotten_link: User.objects.active().with_email(email).first() → last(…)",
            "accounts/single_sign_on/user_matching.py _sign_in_first_time: User.objects.with_email(person.email).first() → last(…)",
        ),
        "No two users have the same email.",
    ),
    **dict.fromkeys(
        (
            "accounts/users/forms.py UserForm.clean: super().clean() or self.cleaned_data → super().clean() and self.cleaned_data",
            "accounts/users/forms.py DepartmentForm.clean: super().clean() or self.cleaned_data → super().clean() and self.cleaned_data",
            "accounts/users/forms.py DeactivationForm.clean: super().clean() or self.cleaned_data → super().clean() and self.cleaned_data",
            "accounts/roles/forms.py RoleForm.clean: super().clean() or self.cleaned_data → super().clean() and self.cleaned_data",
            "accounts/tokens/forms.py TokenForm.clean: super().clean() or self.cleaned_data → super().clean() and self.cleaned_data",
        ),
        "Both are the same values: the second half says to the type checker that there are some.",
    ),
    **dict.fromkeys(
        (
            "accounts/models/user.py UserQuerySet.with_rights: order_by('group') → order_by('-group')",
            "accounts/models/user.py UserQuerySet.with_rights: order_by('id') → order_by('-id')",
        ),
        "The same roles and departments are always in the same order, which is what kept queries need.",
    ),
    "crm/records/editing/edit_conflicts.py get_edit_conflicts: decided=0 → decided=1": (
        "The first version is 1, so each change makes a later one."
    ),
    "accounts/single_sign_on/sign_in_policy.py get_policy: SignOnPolicy.objects.first() → last(…)": "There is one policy at most.",
    "accounts/single_sign_on/user_matching.py get_or_create_user: Identity.objects.with_subject(provider, person.subject).select_related('user').… → last(…)": (
        "A constraint of the database says that no two rows have the same provider and subject."
    ),
    **dict.fromkeys(
        (
            "accounts/roles/forms.py RoleForm.save: commit=True → commit=False",
            "accounts/users/forms.py UserForm.save: commit=True → commit=False",
        ),
        "Django names the argument, and nothing reads it.",
    ),
    "accounts/users/last_administrator.py check_not_the_last: filter(pk=user.pk) → all() (2)": (
        "If there is no one else, whoever is there is this user."
    ),
    **dict.fromkeys(
        (
            "accounts/authentication/guess_rules.py PASSWORD_OF_ATTACKED: 60 → 61",
            "accounts/authentication/guess_rules.py PASSWORD_RULE: 60 → 61",
        ),
        "It is the first wait, which is never longer than the longest one, and that is as long.",
    ),
    "assistants/untrusted_text.py clean_json: escape in text → escape not in text": AS_LONG,
    "accounts/free_busy/time_spans.py subtract_spans: taken[first].ends > span.ends → taken[first].ends >= span.ends": (
        "One that ends with a span takes nothing from the next one, whether it is looked at there again or not."
    ),
    **dict.fromkeys(
        (
            "reports/bi/role_limits.py OVER_THEIR_LIMITS: = 'active' AND a.query_start < clock_timestamp() - %(limit)s → = 'active' AND a.query_start <= clock_timestamp() - %(limit)s",
            "reports/bi/role_limits.py OVER_THEIR_LIMITS: saction%%' AND a.state_change < clock_timestamp() - %(limit)s → saction%%' AND a.state_change <= clock_timestamp() - %(limit)s",
            "reports/bi/role_limits.py OVER_THEIR_LIMITS: le' WHEN a.xact_start < clock_timestamp() - %(longest → le' WHEN a.xact_start <= clock_timestamp() - %(longest",
        ),
        "The clock goes on while the statement runs: no time is exactly as long as the limit.",
    ),
    "crm/work/invitations/invitation_answers.py _store_answer: InvitationAnswer.objects.filter(**own).first() → last(…)": (
        "An invited address has one answer to an activity."
    ),
    "crm/work/invitations/invitation_answers.py get_undelivered_recipients: 1 → 2": (
        "Any number below the first one says that nothing was answered."
    ),
    "crm/work/emails/thread_index.py build_reply_index: 0 → 1": (
        "The index doesn't have the last 18 digits of the time, so it is the same for both."
    ),
    "crm/work/tasks/listing/task_list.py get_records_by_key: sorted({row.of for row in rows}) → the other way round": (
        "Only that it is always the same order counts: the records are found by their keys."
    ),
    "crm/work/tasks/listing/filters.py TaskFilterForm.get_first_tasks: when and self._zones → when or self._zones": (
        "Both ways find the same tasks. Only the query of the second one is kept."
    ),
    "reports/engine/measures.py MeasurePart: 1 → 2": "Any value is counted, whichever it is.",
    "crm/work/emails/quotations.py find_headers: place + 1 → place": (
        "The line that names the sender has none of the other headers."
    ),
    "crm/transfer/imports/tasks/task_check.py TaskCheck.find_records: sorted({pk for text in texts for pk in self.records[of].find_ids(text)}) → the other way round": (
        "The database reads the numbers as a set."
    ),
    "crm/records/listing/tabs.py _get_filters: sorted(data.getlist(name)) → the other way round": (
        "Both of the lists that are compared are sorted in the same way."
    ),
    **dict.fromkeys(
        (
            "crm/records/listing/search/search_results.py get_best_matches: 1 → 2",
            "crm/records/listing/search/search_results.py _build_search_query: 1 → 2 (2)",
        ),
        "Such a parameter is there or not; its value isn't read.",
    ),
    "crm/records/listing/search/search_results.py _build_search_query: 1 → 2": (
        "Only whether there is a record counts; the number says when to stop counting."
    ),
    "reports/engine/source_costs.py get_unknown_costs_reason: {dimension.name for dimension in question.by} <= SPLIT_BY → {dimension.name for dimension in question.by} < SPLIT_BY": (
        "A report is grouped by two fields at most, and there are more by which costs are split."
    ),
    "reports/display/value_texts.py ValueChange.with_arrow: self.sign > 0 → self.sign >= 0": (
        "No change has been answered before."
    ),
    "crm/fields/conditions/operators.py _build_starts_condition: len(text) > key.max_length // 2 → len(text) >= key.max_length // 2": AS_LONG,
    "duplicates/similar_records.py find_similar_records: for … if node in records → for …": (
        "Only a record that goes away between two statements isn’t among them."
    ),
    "automations/running/waking_queue.py _run_first: filter(pk__in=row.waiting) → all()": AS_LONG,
    "automations/running/waking_queue.py _run_or_note_fault: exclude(faults=0) → all()": (
        "Those without faults would get the 0 that they have."
    ),
    "accounts/authentication/guess_rules.py get_wait: 30 → 31": "Each rule has reached its longest wait long before.",
    "accounts/scim/user_changes.py add_user: users_with_deleted_queryset(token.user).filter(names).first() → last(…)": (
        "If one has the name and another one the email, either is refused afterwards, because the other one has it."
    ),
    "bookings/meeting_booking.py find_booking: Booking.objects.of_submission(submission).with_meeting().first() → last(…)": (
        "No two bookings have the same submission."
    ),
    "bookings/meeting_booking.py find_free_hosts: 1 → 2": "Meetings begin at whole minutes, so no other one begins in these seconds.",
    "accounts/scim/user_changes.py _activate: True → False": "The answer reads the user again.",
    "accounts/working_time/calendar.py replace_week: sorted(week.items()) → the other way round": (
        "The days are read in the order of the week."
    ),
    "leads/page/status_path.py WITH_REASON: True → False": (
        "Both stand for a reason that is there: only None and an empty text are empty values."
    ),
    "sequences/running/stop_sweep.py end_stopped_enrollments: if not Enrollment.objects.running().exists(): return 0 → no guard": AS_LONG,
    **dict.fromkeys(
        (
            "mailings/responses/bounce_handling.py get_excessive_bounce_rate: if bad * 100 <= mailing.most_bounces * COUNTED_FROM: return 0 → no guard",
            "mailings/responses/bounce_handling.py get_excessive_bounce_rate: bad * 100 <= mailing.most_bounces * COUNTED_FROM → bad * 100 < mailing.most_bounces * COUNTED_FROM",
            "mailings/responses/bounce_handling.py get_excessive_bounce_rate: 100 → 101",
        ),
        "From the 50th email on, the limit is at least as many bounces. It saves counting a hundred thousand emails after each batch.",
    ),
    "mailings/audience/recipient_lines.py PAGE: 50 → 51": (
        "This tool doesn't change the default of an argument that names a constant. A page of 51 is a row of "
        "tests/decisions/mailings/test_recipients.py."
    ),
    "mailings/content/compiled_templates.py TextMergeFields.__init__: 8 → 9": "Only that no one guesses the word counts.",
    "mailings/responses/mailing_results.py get_results: 1 → 2": "Only the first one is read.",
    "mailings/audience/recipient_counts.py _count_by_state: sorted(((*names, *astuple(counted)) for names, counted in lines.items())) → the other way round": (
        "The same recipients are always in the same order, and so have one digest; nothing else reads the order."
    ),
    **dict.fromkeys(
        (
            "leads/queue/waiting_leads.py _build_tasks_sql: filter(record__gt=0) → filter(…)",
            "leads/queue/waiting_leads.py _build_tasks_sql: record__gt=0 → record__gte=0",
        ),
        "No record has the number 0. The condition is that of an index.",
    ),
    "leads/queue/waiting_leads.py _build_tasks_sql: 1 → 2": "No two leads have the same number.",
    "leads/queue/waiting_leads.py get_unassigned_leads: True → False": "A lead has one department, so none is in two of the parts.",
    "duplicates/record_graph.py get_ordered_pair: one < other → one <= other": "A pair of one record with itself is the same both ways.",
    "accounts/users/undo_check.py _get_previous_users: eration_id = ANY(%s) AND c.at >= %s AND c.kind = 'update' → eration_id = ANY(%s) AND c.at > %s AND c.kind = 'update'": A_DAY,
    "sequences/verbs/edit_coming_email.py EditComingEmail.build_unchanged_condition: self.kept.values_list('subject', 'text').first() → last(…)": (
        "An email of one record is edited in one row."
    ),
    "mailboxes/receiving/bounces.py mark_email_bounced: (rows.by_user(author) if author else rows).with_author().first() → last(…)": (
        "Two activities never have the same Message-ID."
    ),
    "leads/assignment/candidates.py _get_assignable_users: for … if rule.assigns_to == Rule.To.USER → for …": (
        "A rule for a department takes members of that department, whoever else was read."
    ),
}
