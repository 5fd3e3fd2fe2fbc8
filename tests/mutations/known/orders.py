"""Nothing reads the order, or only that it is always the same one."""

REASONS: dict[str, tuple[str, ...]] = {
    "Both columns of an order have the same direction.": (
        "crm/fields/sort_segments.py Segment.descending: 0 → 1",
    ),
    "The users of a rule are sorted when it is their turn.": (
        "leads/assignment/candidates.py _rule_people_queryset: order_by('pk') → order_by('-pk')",
    ),
    "The same IDs are always in the same order, and so have one key; nothing else reads the order.": (
        "leads/assignment/candidates.py _sort_ids: sorted((pk for pk in ids if pk)) → the other way round",
    ),
    "The database reads the numbers as a set.": (
        "privacy/person.py _get_moved_task_ids: sorted(there) → the other way round",
        "crm/transfer/imports/tasks/task_check.py TaskCheck.find_records: sorted({pk for text in texts for pk in self.records[of].find_ids(text)}) → the other way round",
    ),
    "Only that it is always the same order counts.": (
        "crm/fields/conditions/field_filters.py _get_team_ids: order_by('pk') → order_by('-pk')",
    ),
    "Whoever gets these ids sorts them again, or takes them as a set.": (
        "crm/transfer/imports/apply/record_steps.py write_rule_consequences: sorted(application.changed[rules.kind.name]) → the other way round",
    ),
    "The same roles and departments are always in the same order, which is what kept queries need.": (
        "accounts/models/user.py UserQuerySet.with_rights: order_by('group') → order_by('-group')",
        "accounts/models/user.py UserQuerySet.with_rights: order_by('id') → order_by('-id')",
    ),
    "Only that it is always the same order counts: the records are found by their keys.": (
        "crm/work/tasks/listing/task_list.py get_records_by_key: sorted({row.of for row in rows}) → the other way round",
    ),
    "Both of the lists that are compared are sorted in the same way.": (
        "crm/records/listing/tabs.py _get_filters: sorted(data.getlist(name)) → the other way round",
        "privacy/retention/rule_erasure.py find_person_records: sorted(ids) → the other way round",
    ),
    "The days are read in the order of the week.": (
        "accounts/working_time/calendar.py replace_week: sorted(week.items()) → the other way round",
    ),
    "The same recipients are always in the same order, and so have one digest; nothing else reads the order.": (
        "mailings/audience/recipient_counts.py _count_by_state: sorted(((*names, *astuple(counted)) for names, counted in lines.items())) → the other way round",
    ),
    "Both of the states that are compared are computed in the same way.": (
        "accounts/users/edit_conflicts.py _hash_value: sorted(map(str, value)) → the other way round",
    ),
    "Of settings such as sources and tags, the IDs of a verdict are read as a set.": (
        "crm/transfer/imports/apply/choice_creation.py create_missing_values: sorted(set(made)) → the other way round",
    ),
    "What is looked up is a set.": (
        "crm/records/history/merged_records.py find_present_survivors: sorted({*found.values()}) → the other way round",
        "crm/api/v2/batch/record_matching.py Matching.find: sorted(wanted) → the other way round",
        "calendars/syncing/event_storing.py _store_event_rows: sorted(gone) → the other way round",
    ),
}
