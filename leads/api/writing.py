"""What programs write goes through the verbs: the same rights, contracts and history as on the screens, whatever the
dialect."""

from typing import Any

from accounts.models import Department, User
from accounts.owners import department_with
from crm.api.problems import Problem, invalid
from crm.fields.phones import normal_phones
from crm.models import Operation, Tag, Token
from crm.records.change import carry_out
from crm.records.reasons import sentence
from crm.records.verbs import add
from leads import contract
from leads.kind import LEAD
from leads.models import Lead, LostReason, Pipeline, Source, Status
from leads.settings.change import recorded
from leads.verbs import Add, Delete, Edit

API = Operation.Channel.API


# Which lead


def visible_lead(user: User, pk: int, message: str = "") -> Lead:
    """Raises Problem 404, in the words of the dialect for what it asked."""
    rows = Lead.objects.present().visible_to(user).select_related("status", "department", "source")
    lead = rows.filter(pk=pk).first()
    if lead is None:
        raise Problem(404, "not_found", message)
    return lead


def changeable_lead(user: User, pk: int, message: str = "") -> Lead:
    """Raises Problem 404, or 403 for a lead that the user only sees."""
    lead = visible_lead(user, pk, message)
    if not Lead.objects.changeable_by(user).filter(pk=pk).exists():
        raise Problem(403, "forbidden", "You may see this lead, but not change it.")
    return lead


# Where it goes


def home_of(token: Token) -> Department:
    """The department of leads that the token makes: its own, else the first one of its user."""
    departments = Department.objects.active().order_by("id")
    wanted = [token.department_id] if token.department_id else token.user.department_ids[:1]
    found = departments.filter(pk__in=wanted).first()
    if found is None and token.user.sees_everything:
        found = departments.first()
    if found is None:
        raise Problem(
            422, "invalid", "The token and its user have no department, so new leads have no place."
        )
    return found


def first_owner(user: User) -> User | None:
    """Whose a lead is that names nobody: the user's own, unless they give leads away."""
    return None if user.has_perm("leads.assign_lead") or not user.department_ids else user


def with_owner(values: dict[str, Any], owner: User | None, home: Department) -> None:
    """Give the lead to somebody; if they do not belong to its department it moves to their first one."""
    values["owner"], values["department"] = owner, department_with(owner, home)


def owner_named(pk: int, user: User, lead: Lead | None, name: str) -> User | None:
    """The user of this id, or nobody for 0. Raises Problem 422 for who cannot be given leads by this user."""
    if lead is not None and pk == (lead.owner_id or 0):
        return lead.owner
    assigns = user.has_perm("leads.assign_lead")
    if pk == 0 and (assigns or lead is None):
        return None
    if pk == user.pk and lead is None and user.department_ids:
        return user
    if not assigns:
        raise invalid(**{name: "You may not assign leads to others."})
    owner = User.objects.assignable_by(user).filter(pk=pk).first()
    if owner is None:
        raise invalid(**{name: "You can’t assign leads to a user with this id."})
    return owner


def first_status(home: Department) -> Status:
    pipeline = Pipeline.objects.for_department(home)
    status = Status.objects.active().of_pipeline(pipeline.pk).defaults_first().first() if pipeline else None
    if status is None:
        raise Problem(422, "invalid", "There is no status for new leads.")
    return status


def into_status(status: Status) -> dict[str, Any]:
    """What a lead gets on entering: a program that says no reason has lost it for the reason "Not stated (API)"."""
    if not status.needs_reason:
        return {"status": status, "lost_reason": None, "lost_remark": ""}
    reason = LostReason.objects.shipped("not_stated")
    return {"status": status, "lost_reason": reason, "lost_remark": ""}


def source_named(pk: int, lead: Lead | None, name: str) -> Source:
    source = Source.objects.active_or(lead.source_id if lead else None).filter(pk=pk).first()
    if source is None:
        raise invalid(**{name: "There is no source with this id."})
    return source


def tags_named(names: list[str], user: User) -> list[int]:
    """The ids of these tags. Those that do not exist are added where the user may do so."""
    known = {tag.name.casefold(): tag for tag in Tag.objects.all()}
    wanted = {name.casefold(): name for name in (" ".join(name.split()) for name in names) if name}
    missing = [name for key, name in wanted.items() if key not in known]
    if any(len(name) > 60 for name in missing):
        raise invalid(tags="A tag has at most 60 characters.")
    if missing and not user.has_perm("crm.add_tag"):
        raise invalid(tags=f"There is no tag {missing[0]!r}, and you may not add one.")
    if missing:
        with recorded("add_tag", by=user, channel=API) as record:
            made = Tag.objects.bulk_create(Tag(name=name) for name in missing)
            record.parameters = {"rows": [tag.pk for tag in made]}
        known |= {tag.name.casefold(): tag for tag in made}
    retired = [known[key].name for key in wanted if known[key].retired]
    if retired:
        raise invalid(tags=f"The tag {retired[0]!r} is retired.")
    return sorted({known[key].pk for key in wanted})


# Doing it


def create(values: dict[str, Any], user: User, names: dict[str, str]) -> Lead:
    """Add a lead of model values. `names` are the dialect's names of model fields, for what a status asks for."""
    if missing := contract.missing(values["status"], values):
        needed = f"Needed to enter {values['status'].label}."
        raise invalid(**{names.get(name, name): needed for name in missing})
    values |= normal_phones(Lead, values, str(values["department"].country))
    if values.get("last_contacted_at"):
        values["first_contacted_at"] = values["last_contacted_at"]
    (lead,) = add(Add(Lead, [values]), by=user, channel=API)
    return lead


def change(lead: Lead, changes: dict[str, Any], user: User, names: dict[str, str], message: str) -> None:
    """Change these fields of a lead; nothing that is so already. Raises Problem 422 where a status asks for more."""
    if not changes:
        return
    department = changes.get("department", lead.department)
    changes |= normal_phones(Lead, changes, str(department.country))
    rows = Lead.objects.present().changeable_by(user).filter(pk=lead.pk)
    outcome = carry_out(Edit(changes), rows, by=user, channel=API)
    if outcome.refused:
        errors = {}
        for code in outcome.refused:
            field = code.partition(":")[2] or "status"
            errors[names.get(field, field)] = sentence(code, LEAD)
        raise invalid(**errors)
    if not outcome.total:
        # It has gone between looking and locking.
        raise Problem(404, "not_found", message)


def remove(lead: Lead, user: User, message: str) -> None:
    """Into Trash, from which an administrator can bring it back."""
    rows = Lead.objects.present().changeable_by(user).filter(pk=lead.pk)
    outcome = carry_out(Delete(), rows, by=user, channel=API)
    if not outcome.changed:
        raise Problem(404, "not_found", message)
