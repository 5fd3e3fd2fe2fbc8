"""Another check, lock or condition refuses or finds the same."""

REASONS: dict[str, tuple[str, ...]] = {
    "The view is for administrators only, who have every permission; everyone else gets the same 403 from it.": (
        "accounts/users/views/user_sees.py user_sees: permission_required('accounts.change_user', raise_exception=True)",
    ),
    "The view has checked and locked this record already, so no one can change it before it is written.": (
        "crm/work/screens/views/edit.py save_record: type(record).objects.present().changeable_by(request.user)",
        "crm/work/screens/views/inline_edit.py carry_out_and_respond: type(record).objects.present().changeable_by(request.user)",
        "leads/views/move_lead.py move: kind.model.objects.present().changeable_by(request.user)",
    ),
    "It only decides which row is locked. The check that follows refuses a record that the user can't change.": (
        "crm/records/screens/views/kind_access.py get_changeable_record: kind.model.objects.changeable_by(user)",
    ),
    "It only decides which row is locked. The checks that follow refuse a record that the user can't change.": (
        "crm/api/v2/records.py _find_changeable_record: present.changeable_by(user)",
    ),
    "The ids are those of a page of the user's list, which has only records that they see.": (
        "crm/records/listing/value_filters.py build_page_value_filters: rows.visible_to(listing.viewer)",
    ),
    "Only erasures lock several imports, and all of them in the same order.": (
        "privacy/person_erasure.py _lock_records: order_by('pk') → order_by('-pk')",
    ),
    "Imports that have ended would be locked too, which no one changes.": (
        "privacy/person_erasure.py _lock_records: filter(ended_at=None) → all()",
    ),
    "The line before refuses a record that the user can't change. Only one that leaves the scope between the two statements would differ.": (
        "crm/records/screens/views/kind_access.py changeable_row_queryset: rows.changeable_by(user) (2)",
    ),
    "The form only has departments that the user sees, and then their members are colleagues whom they see.": (
        "crm/work/tasks/listing/filters.py TaskFilterForm.get_people_ids: for … if pk in set(self.people_ids) → for …",
    ),
    "If there is no one else, whoever is there is this user.": (
        "accounts/users/last_administrator.py check_not_the_last: filter(pk=user.pk) → all() (2)",
    ),
    "A report is grouped by two fields at most, and there are more by which costs are split.": (
        "reports/engine/source_costs.py get_unknown_costs_reason: {dimension.name for dimension in question.by} <= SPLIT_BY → {dimension.name for dimension in question.by} < SPLIT_BY",
    ),
    "If one has the name and another one the email, either is refused afterwards, because the other one has it.": (
        "accounts/scim/user_changes.py add_user: users_with_deleted_queryset(token.user).filter(names).first() → last(…)",
    ),
    "The answer reads the user again.": ("accounts/scim/user_changes.py _activate: True → False",),
    "It is asked again once the records of the person are locked, before anything is erased.": (
        "privacy/retention/rule_erasure.py _erase_lead: if not can_all_be_erased(records, rule, now): return → no guard",
    ),
}
