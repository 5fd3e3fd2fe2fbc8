"""Places that may be removed without a test noticing it, each with its reason.

A name is what the tool prints. One that no longer names a place is reported.
"""

A_DAY = "The time only names the months to read: it is a day before the operation, and no change has exactly this time."
AS_LONG = "It is only a shorter way to the same result: what it leaves out is left out again afterwards, or is empty."
LOCKED = "The view has checked and locked this record already, so no one can change it before it is written."

KNOWN: dict[str, str] = {
    "accounts/views/user_sees.py user_sees: permission_required('accounts.change_user', raise_exception=True)": (
        "The view is for administrators only, who have every permission; everyone else gets the same 403 from it."
    ),
    "crm/records/views/edit.py save: type(record).objects.present().changeable_by(request.user)": LOCKED,
    "crm/records/views/inline.py done: type(record).objects.present().changeable_by(request.user)": LOCKED,
    "leads/views/change.py move: kind.model.objects.present().changeable_by(request.user)": LOCKED,
    "crm/records/views/of_kind.py changeable_record: kind.model.objects.changeable_by(user)": (
        "It only decides which row is locked. The check that follows refuses a record that the user can't change."
    ),
    "crm/api/v2/records.py held: present.changeable_by(user)": (
        "It only decides which row is locked. The checks that follow refuse a record that the user can't change."
    ),
    "crm/records/narrowing.py narrowed_to_page: rows.visible_to(listing.viewer)": (
        "The ids are those of a page of the user's list, which has only records that they see."
    ),
    **dict.fromkeys(
        (
            "crm/records/undo.py _touched: HERE operation_id = %s AND at >= %s GROUP BY 1 → HERE operation_id = %s AND at > %s GROUP BY 1",
            "crm/records/undo.py _touched: HERE operation_id = %s AND at >= %s AND kind = 'update' ORDER → HERE operation_id = %s AND at > %s AND kind = 'update' ORDER",
            "crm/records/undo_rows.py created_rows: later.id > c.id AND later.at >= %s AND later.operation_id IS → later.id > c.id AND later.at > %s AND later.operation_id IS",
            'crm/records/undo_rows.py created_rows: c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c.k → c.operation_id = %s AND c.at > %s AND c."table" = %s AND c.k',
            'crm/records/undo_rows.py put_in_again: c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c.k → c.operation_id = %s AND c.at > %s AND c."table" = %s AND c.k',
            'crm/records/undo_sql.py Updates.source: HERE operation_id = %s AND at >= %s AND "table" = %s AND kind → HERE operation_id = %s AND at > %s AND "table" = %s AND kind',
            'crm/records/undo_sql.py Updates.source: HERE operation_id = %s AND at >= %s AND "table" = %s AND kind → HERE operation_id = %s AND at > %s AND "table" = %s AND kind (2)',
            'crm/records/undo_sql.py Updates.source: c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c.k → c.operation_id = %s AND c.at > %s AND c."table" = %s AND c.k',
            "crm/custom/undo.py ValueUpdates._taken: AND c.at >= → AND c.at >",
            'duplicates/merging/undoing.py _put_back: c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c." → c.operation_id = %s AND c.at > %s AND c."table" = %s AND c."',
        ),
        A_DAY,
    ),
    **dict.fromkeys(
        (
            "crm/custom/undo.py ValueUpdates._of_the_same_type: field is not None and field.earlier → field is not None or field.earlier",
            "customers/conversion/plan.py plans_for: order_by('pk') → order_by('-pk')",
            "duplicates/merging/writing.py write_custom: for … if patch → for …",
            "crm/imports/apply.py _add: filter(action='add') → filter(…)",
            "crm/imports/apply.py _known_by_now: if not any(known.values()) and (not (namesakes and namesakes.r…: return 0 → no guard",
            "crm/imports/linked.py _by_number: filter(pk__any=list(numbers.values())) → all()",
            "crm/imports/match.py Matcher.find: for … if keys.phone → for …",
            "crm/imports/unique.py leave_out_taken: if not rules.unique: return 0 → no guard",
            "crm/imports/match.py Matcher.find: others -= found.records.keys() → nothing",
            "crm/imports/match.py Recognition.texts_folded: for … if text → for …",
            "crm/imports/judge.py Judge.__init__: for … if field.definition.departments → for …",
            'crm/records/undo_sql.py Updates.source: if once: return (\'SELECT "row" AS id, fields FRO… → no guard',
            "duplicates/policies.py _best: if not ids: return None → no guard",
            "leads/assignment/plan.py _planned: if not any(met.values()): return plan → no guard",
            "leads/assignment/matching.py _answers: if all((one.is_kept for one in asked)): return values_of(_compared, ids, *asked) → no guard",
        ),
        AS_LONG,
    ),
    "crm/records/undo_rows.py created_rows: AND later.id > c.id AND later.at >= %s AND l → AND later.id >= c.id AND later.at >= %s AND l": (
        "A later change is one of another operation, so it is never the same row of the history."
    ),
    "leads/assignment/people.py _named: order_by('pk') → order_by('-pk')": (
        "The users of a rule are sorted when it is their turn."
    ),
    "duplicates/merging/parents.py write_parents: for … if parent → for …": (
        "The companies were found by their parents, so each has one. The condition says so to the type checker."
    ),
    "crm/imports/apply.py apply: sorted([*(pk for pk, _owner in added), *outcome.changed]) → the other way round": (
        "Whoever gets these ids sorts them again, or takes them as a set."
    ),
    "crm/imports/planning.py Planning._portions: 1 → 2": "Rows are numbered from 1 on: any number below is before the first one.",
    "crm/records/views/of_kind.py own: rows.changeable_by(user) (2)": (
        "The line before refuses a record that the user can't change. Only one that leaves the scope between the two "
        "statements would differ."
    ),
}
