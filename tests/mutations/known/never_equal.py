"""The values on the edge never occur, or both answers for them are the same."""

REASONS: dict[str, tuple[str, ...]] = {
    "The time only names the months to read: it is a day before the operation, and no change has exactly this time.": (
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
        "accounts/users/undo_check.py _get_previous_users: eration_id = ANY(%s) AND c.at >= %s AND c.kind = 'update' → eration_id = ANY(%s) AND c.at > %s AND c.kind = 'update'",
        "crm/records/history/undo/later_links.py TOUCHED: c.operation_id = %s AND c.at >= %s) → c.operation_id = %s AND c.at > %s)",
    ),
    "As many of both have been answered before.": (
        "crm/platform/excel/parsing/day_order.py DayOrder.day_first: self.day > self.month → self.day >= self.month",
    ),
    "A later change is one of another operation, so it is never the same row of the history.": (
        "crm/records/history/undo/row_restoration.py get_created_rows: AND later.id > c.id AND later.at >= %s AND l → AND later.id >= c.id AND later.at >= %s AND l",
    ),
    "The change itself has no number of a record then: if it had one, that would count.": (
        'privacy/person.py MOVED: ."row" = c."row" AND later.id > c.id AND later.fields ? \'reco → ."row" = c."row" AND later.id >= c.id AND later.fields ? \'reco',
    ),
    "Of two equal shares there are no points.": (
        "leads/scores/proposal/points_from_counts.py get_points: ratio > 0 → ratio >= 0",
    ),
    "A text that was cut is longer than that.": (
        "crm/transfer/imports/check/cell_comparison.py is_same_cell_value: len(value) > 30000 → len(value) >= 30000",
    ),
    "No record is marked as different from itself.": (
        "duplicates/exact/group_search.py _are_joined: place + 1 → place",
    ),
    "No restore ends at the very microsecond in which a later night begins.": (
        "crm/platform/files/orphaned_files.py may_sweep: own.sweeps_from < timezone.now() → own.sweeps_from <= timezone.now()",
    ),
    "Only an address that another user adds between the two statements is there already.": (
        "mailings/suppression/suppression_list.py _add_suppressions: True → False",
    ),
    "No lead has the number 0.": (
        "customers/conversion/conversion_plan.py add_gap_problems: lead.pk > 0 → lead.pk >= 0",
        "customers/conversion/conversion_plan.py add_gap_problems: lead.pk < 0 → lead.pk <= 0",
        "customers/conversion/conversion_plan.py add_gap_problems: 0 → 1 (2)",
    ),
    "Rows are numbered from 1 on: any number below is before the first one.": (
        "crm/transfer/imports/check/plan_building.py PlanBuilder._iterate_portions: 1 → 2",
    ),
    "Only a record that is removed between the two queries isn't there.": (
        "duplicates/exact/group_search.py _order_groups: for … if pk in records → for …",
        "duplicates/exact/group_search.py _order_groups: len(there) > 1 → len(there) >= 1",
        "customers/record_matching.py get_suggestions_by_kind: for … if pk in rows → for …",
        "crm/work/tasks/listing/task_list.py get_task_lines: for … if (task.of, task.record) in records → for …",
    ),
    "The first version is 1, so each change makes a later one.": (
        "crm/records/editing/edit_conflicts.py get_edit_conflicts: decided=0 → decided=1",
    ),
    "It is the first wait, which is never longer than the longest one, and that is as long.": (
        "accounts/authentication/guess_rules.py PASSWORD_OF_ATTACKED: 60 → 61",
        "accounts/authentication/guess_rules.py PASSWORD_RULE: 60 → 61",
    ),
    "The clock goes on while the statement runs: no time is exactly as long as the limit.": (
        "reports/bi/role_limits.py OVER_THEIR_LIMITS: = 'active' AND a.query_start < clock_timestamp() - %(limit)s → = 'active' AND a.query_start <= clock_timestamp() - %(limit)s",
        "reports/bi/role_limits.py OVER_THEIR_LIMITS: saction%%' AND a.state_change < clock_timestamp() - %(limit)s → saction%%' AND a.state_change <= clock_timestamp() - %(limit)s",
        "reports/bi/role_limits.py OVER_THEIR_LIMITS: le' WHEN a.xact_start < clock_timestamp() - %(longest → le' WHEN a.xact_start <= clock_timestamp() - %(longest",
    ),
    "No change has been answered before.": (
        "reports/display/value_texts.py ValueChange.with_arrow: self.sign > 0 → self.sign >= 0",
    ),
    "Only a record that goes away between two statements isn’t among them.": (
        "duplicates/similar_records.py find_similar_records: for … if node in records → for …",
    ),
    "Meetings begin at whole minutes, so no other one begins in these seconds.": (
        "bookings/meeting_booking.py find_free_hosts: 1 → 2",
    ),
    "No record has the number 0. The condition is that of an index.": (
        "leads/queue/waiting_leads.py _build_tasks_sql: filter(record__gt=0) → filter(…)",
        "leads/queue/waiting_leads.py _build_tasks_sql: record__gt=0 → record__gte=0",
    ),
    "A pair of one record with itself is the same both ways.": (
        "duplicates/record_graph.py get_ordered_pair: one < other → one <= other",
    ),
    "What was undone isn't among those that are left.": (
        "automations/day_undo/day_reversal.py run_day_job: one.pk < oldest → one.pk <= oldest",
    ),
    "Both are fewer milliseconds than those of a slow call.": (
        "crm/api/webhooks/webhook_delivery.py _save_result: 0 → 1",
    ),
}
