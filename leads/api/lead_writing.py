"""Programs write through the verbs: with the same permissions, contracts, and history as on the screens, in every
dialect."""

from typing import Any

from accounts.models import Department, User
from accounts.ownership.owners import get_department_for_owner
from crm.api.existing_records import ExistingRecord
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.fields.custom.definitions.built_in_fields import get_required_field_names
from crm.fields.custom.values.record_form_fields import get_default_values
from crm.fields.types.field_type import EMPTY_VALUES
from crm.fields.types.phones import normalize_phones
from crm.models import Operation, Tag, Token
from crm.records.editing.settings_change import record_settings_change
from crm.records.history.merged_records import find_present_survivor
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import add_records
from crm.records.kinds.reasons import get_reason_sentence
from leads.kind import LEAD
from leads.models import AssignmentRule, Lead, LostReason, Pipeline, Source, Status
from leads.statuses import status_contract
from leads.verbs import Add, Delete, Edit

API = Operation.Channel.API
Way = AssignmentRule.Way
REQUIRED = "The {} field is required."


# Finding the lead


def get_visible_lead(user: User, pk: int, message: str = "", *, merged: bool = True) -> Lead:
    """With `merged`, the lead that this one was merged into, if it was. Raises Problem 404, with the dialect's text for what
    it looked up."""
    rows = Lead.objects.present().visible_to(user).select_related("status", "department", "source")
    lead = rows.filter(pk=pk).first()
    if lead is None and merged and (into := find_present_survivor(LEAD, user, pk)):
        lead = rows.filter(pk=into).first()
    if lead is None:
        raise ApiProblem(404, "not_found", message)
    return lead


def get_changeable_lead(user: User, pk: int, message: str = "", *, merged: bool = True) -> Lead:
    """The same, and raises Problem 403 for a lead that the user can see but not change."""
    lead = get_visible_lead(user, pk, message, merged=merged)
    if not Lead.objects.changeable_by(user).filter(pk=lead.pk).exists():
        raise ApiProblem(403, "forbidden", "You may see this lead, but not change it.")
    return lead


# Department and owner


def get_token_department(token: Token) -> Department:
    """The department of leads that the token creates: its own, else its user's first one."""
    departments = Department.objects.active().order_by("id")
    wanted = [token.department_id] if token.department_id else token.user.department_ids[:1]
    found = departments.filter(pk__in=wanted).first()
    if found is None and token.user.sees_everything:
        found = departments.first()
    if found is None:
        raise ApiProblem(
            422, "invalid", "The token and its user have no department, so new leads have no place."
        )
    return found


def get_initial_owner(user: User) -> User | None:
    """The owner of a new lead that names none: the user, or unassigned if the user may assign leads."""
    return None if user.has_perm("leads.assign_lead") or not user.department_ids else user


def set_owner(values: dict[str, Any], owner: User | None, home: Department) -> None:
    """Set the owner; if they don't belong to the lead's department, it moves to their first one."""
    values["owner"], values["department"] = owner, get_department_for_owner(owner, home)


def get_assignable_owner(pk: int, user: User, lead: Lead | None, name: str) -> User | None:
    """The user with this ID, or None for 0. Raises Problem 422 if this user may not assign leads to them."""
    if lead is not None and pk == (lead.owner_id or 0):
        return lead.owner
    assigns = user.has_perm("leads.assign_lead")
    if pk == 0 and (assigns or lead is None):
        return None
    if pk == user.pk and lead is None and user.department_ids:
        return user
    if not assigns:
        raise build_invalid_problem(**{name: "You may not assign leads to others."})
    owner = User.objects.assignable_by(user).filter(pk=pk).first()
    if owner is None:
        raise build_invalid_problem(**{name: "You can’t assign leads to a user with this id."})
    return owner


def get_initial_status(home: Department) -> Status:
    pipeline = Pipeline.objects.get_for_department(home)
    status = Status.objects.active().of_pipeline(pipeline.pk).defaults_first().first() if pipeline else None
    if status is None:
        raise ApiProblem(422, "invalid", "There is no status for new leads.")
    return status


def get_status_values(status: Status) -> dict[str, Any]:
    """The values a lead gets on entering a status: without a reason from the program, it is lost for "Not stated
    (API)"."""
    if not status.needs_reason:
        return {"status": status, "lost_reason": None, "lost_remark": ""}
    reason = LostReason.objects.get_shipped("not_stated")
    return {"status": status, "lost_reason": reason, "lost_remark": ""}


def get_source(pk: int, lead: Lead | None, name: str) -> Source:
    source = Source.objects.active_or(lead.source_id if lead else None).filter(pk=pk).first()
    if source is None:
        raise build_invalid_problem(**{name: "There is no source with this id."})
    return source


def get_or_create_tags(names: list[str], user: User) -> list[int]:
    """The IDs of these tags. Missing tags are added if the user may do so."""
    known = {tag.name.casefold(): tag for tag in Tag.objects.all()}
    wanted = {name.casefold(): name for name in (" ".join(name.split()) for name in names) if name}
    missing = [name for key, name in wanted.items() if key not in known]
    if any(len(name) > 60 for name in missing):
        raise build_invalid_problem(tags="A tag has at most 60 characters.")
    if missing and not user.has_perm("crm.add_tag"):
        raise build_invalid_problem(tags=f"There is no tag {missing[0]!r}, and you may not add one.")
    if missing:
        with record_settings_change("add_tag", by=user, channel=API) as record:
            made = Tag.objects.bulk_create(Tag(name=name) for name in missing)
            record.parameters = {"rows": [tag.pk for tag in made]}
        known |= {tag.name.casefold(): tag for tag in made}
    retired = [known[key].name for key in wanted if known[key].retired]
    if retired:
        raise build_invalid_problem(tags=f"The tag {retired[0]!r} is retired.")
    return sorted({known[key].pk for key in wanted})


# Writing


def create_lead(values: dict[str, Any], user: User, names: dict[str, str], *, owned: bool) -> Lead:
    """Add a lead from model values. `names` are the dialect's names of model fields, for errors about required fields.
    Custom fields that aren't sent get their defaults. Unless it is `owned` by a user that the program named, the assignment
    rules find one."""
    if missing := status_contract.get_missing_fields(values["status"], values):
        needed = f"Needed to enter {values['status'].label}."
        raise build_invalid_problem(**{names.get(name, name): needed for name in missing})
    # A field that the dialect has no name for can't be asked of its programs.
    lacking = [
        name
        for name in get_required_field_names(Lead.table)
        if name in names and values.get(name) in EMPTY_VALUES
    ]
    if lacking:
        raise build_invalid_problem(
            **{names[name]: REQUIRED.format(LEAD.get_heading(name)) for name in lacking}
        )
    values |= normalize_phones(Lead, values, str(values["department"].country))
    values = get_default_values(Lead.table, user, values) | values
    if values.get("last_contacted_at"):
        values["first_contacted_at"] = values["last_contacted_at"]
    (lead,) = add_records(Add(Lead, [values], way="" if owned else Way.API), by=user, channel=API)
    return lead


def change_lead(lead: Lead, changes: dict[str, Any], user: User, names: dict[str, str], message: str) -> None:
    """Change these fields of a lead, skipping unchanged ones. Raises Problem 422 if a status requires more."""
    if not changes:
        return
    department = changes.get("department", lead.department)
    changes |= normalize_phones(Lead, changes, str(department.country))
    rows = Lead.objects.present().changeable_by(user).filter(pk=lead.pk)
    outcome = carry_out(Edit(changes), rows, by=user, channel=API)
    if outcome.refused:
        errors = {}
        for code in outcome.refused:
            field = code.partition(":")[2] or "status"
            errors[names.get(field, field)] = get_reason_sentence(code, LEAD)
        raise build_invalid_problem(**errors)
    if not outcome.total:
        # The lead was deleted after it was found and before it was locked.
        raise ApiProblem(404, "not_found", message)


def update_known_lead(
    known: ExistingRecord, values: dict[str, Any], user: User, names: dict[str, str]
) -> None:
    """Change a lead that a program would have added again. Raises Problem 404 or 403 if that has become impossible."""
    lead = get_changeable_lead(user, known.pk)
    change_lead(lead, known.get_changes(values, lead), user, names, "")


def move_lead_to_trash(lead: Lead, user: User, message: str) -> None:
    """Move to Trash, from which an administrator can restore the lead."""
    rows = Lead.objects.present().changeable_by(user).filter(pk=lead.pk)
    outcome = carry_out(Delete(), rows, by=user, channel=API)
    if not outcome.changed:
        raise ApiProblem(404, "not_found", message)
