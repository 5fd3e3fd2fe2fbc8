"""The page of one lead: facts, status path, next action, timeline, why one sees it, the way to its neighbours."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.change import Outcome
from crm.models import Change
from crm.screens import answer
from leads import fields, names
from leads.listing import drawn
from leads.models import Lead
from leads.path import path_of
from leads.tables import shown_value
from leads.timeline import entries
from leads.why import may_change
from mailings.models import Newsletter

PAGE = 30


@permission_required("leads.view_lead", raise_exception=True)
@require_safe
def lead(request, pk):
    row = visible_lead(request.user, pk)
    before = request.GET.get("before", "")
    changes = Change.objects.of_row("lead", pk).newest_first().with_operations()
    if before.isdecimal() and len(before) < 19:
        changes = changes.before(int(before))
    found = list(changes[: PAGE + 1])
    context = {
        "lead": row,
        "path": path_of(row),
        "facts": facts_of(row),
        "entries": entries(found[:PAGE], row, request.user),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "may": may(request.user, row),
        "shown_value": shown_value(row),
        "newsletter_words": Newsletter.State(row.newsletter_state or Newsletter.State.NONE).label,
        "list": request.GET.get("list", ""),
        "tags": [name for tag, name in names.tags().items() if tag in row.tags] if row.tags else [],
    }
    return answer(request, "leads/lead.html", context, fragments={"timeline": "leads/_timeline.html"})


def visible_lead(user, pk: int) -> Lead:
    """A lead that the user sees, in the bin or not, with what its page shows; anything else is not found."""
    found = drawn([pk], seen_by=user, viewer=user, whole=True)
    if not found:
        raise Http404
    return found[0]


def changeable_lead(user, pk: int, *, lock: bool = False) -> Lead:
    """A lead that the user may change; one that they only see is a 403, any other a 404.

    With `lock` it is held to the end of the transaction, so that nobody changes it between a look and a write.
    """
    if lock:
        Lead.objects.changeable_by(user).locked(pk)
    row = visible_lead(user, pk)
    if not row.may_change:
        raise PermissionDenied
    return row


def back_to(user, lead: Lead):
    """To the lead, or to the list where a change has taken it out of the user's sight."""
    seen = Lead.objects.visible_to(user).filter(pk=lead.pk).exists()
    return redirect(lead) if seen else redirect("leads:list")


def saved(request, lead: Lead, outcome: Outcome | None) -> None:
    """What was done, with its undo; and where the lead went if a new owner took it along."""
    if outcome is None or not outcome.operation:
        return
    messages.success(request, _("Saved."), extra_tags=f"undo-{outcome.operation.pk}")
    department = Lead.objects.select_related("department").get(pk=lead.pk).department
    if department.pk != lead.department_id:
        words = _("The lead has moved to the department %(department)s.")
        messages.info(request, words % {"department": department})


def may(user, row: Lead) -> dict[str, bool]:
    """What the page offers: exactly what its addresses would allow."""
    present, changeable = row.binned_at is None, may_change(row, user)
    theirs = user.sees_everything or row.department_id in user.department_ids
    return {
        "change": present and changeable and user.has_perm("leads.change_lead"),
        "assign": present and changeable and user.has_perm("leads.assign_lead"),
        "bin": present and changeable and user.has_perm("leads.delete_lead"),
        "restore": not present and changeable and user.has_perm("leads.delete_lead"),
        "purge": not present and changeable and user.has_perm("leads.purge_lead"),
        "take": present and row.owner_id is None and theirs and user.has_perm("leads.take_lead"),
    }


def facts_of(row: Lead) -> list[tuple[str, str, bool]]:
    """The facts in the order of fields.FACTS: name, label, whether it is empty."""
    found = []
    for name in fields.FACTS:
        label = _("newsletter") if name == "newsletter" else names.field_label(name)
        found.append((name, str(capfirst(label)), name != "newsletter" and not getattr(row, name)))
    return found
