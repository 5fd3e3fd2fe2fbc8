"""Whether the importer may give a record to this owner and department. `rules` are the ImportRules of its kind."""

from typing import Any

from django.utils.translation import gettext as _

# Pairs of a field, or '', and a sentence.
Errors = list[tuple[str, str]]


def check_owner_and_department(rules: Any, values: dict[str, Any], *, chosen: bool) -> Errors:
    """Owner and department must match; if the department wasn't `chosen`, the record moves to one of the owner's."""
    owner, department = values.get("owner"), values.get("department")
    if department not in rules.allowed_departments:
        return [("department", _("You can’t assign to this department."))]
    if not owner:
        return []
    if not rules.may_assign and owner != rules.user.pk:
        return [("owner", _("You don’t have permission to assign to other users."))]
    row = rules.owners.get(owner)
    if row is None:
        return [("owner", _("You can’t assign to this user."))]
    if department in row.department_ids:
        return []
    theirs = [pk for pk in row.department_ids if pk in rules.allowed_departments]
    if chosen or not theirs:
        words = {"owner": row.name, "department": rules.departments[department].name}
        return [("owner", _("%(owner)s isn’t in %(department)s.") % words)]
    values["department"] = theirs[0]
    return []


def check_reassignment(
    rules: Any, values: dict[str, Any], record: dict[str, Any], merged: dict[str, Any]
) -> Errors:
    """What is wrong with the new owner or department of a record, given the record as is and as it would be. May change both."""
    if not rules.may_assign:
        name = "owner" if "owner" in values else "department"
        return [(name, _("You don’t have permission to assign to other users."))]
    if "owner" not in values and record["owner"]:
        row = rules.owners.get(record["owner"])
        if row is None or values["department"] not in row.department_ids:
            # As when changing the department: owners who don't belong to the new one are unassigned.
            values["owner"] = merged["owner"] = None
    errors = check_owner_and_department(rules, merged, chosen="department" in values)
    if merged["department"] != record["department"]:
        values["department"] = merged["department"]
    return errors
