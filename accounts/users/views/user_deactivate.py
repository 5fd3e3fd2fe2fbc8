"""Deactivate a user: what they have and who gets it, then all of it in one step."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.users.deactivation import DeactivationResult, Heirs, deactivate
from accounts.users.forms import DeactivationForm
from accounts.users.last_administrator import LastAdministrator
from accounts.users.owned_objects import Belongings, get_belongings, get_not_reassigned_sentence
from accounts.users.user_access import get_changeable_user
from crm.platform.web.password_confirmation import require_confirmation
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.record_uses import get_uses


@permission_required("accounts.delete_user", raise_exception=True)
@require_confirmation
def user_deactivate(request, pk):
    person = get_changeable_user(request.user, pk)
    if pk == request.user.pk:
        raise PermissionDenied
    has = get_belongings(person, request.user)
    if not person.is_active and not has.record_count:
        return redirect("user", pk)
    data = request.POST if request.method == "POST" else None
    reassigns = has.record_count and not get_not_reassigned_sentence(person, has.record_count)
    form = DeactivationForm(data, leaving=person, by=request.user) if reassigns else None
    if data is not None and (form is None or form.is_valid()):
        return deactivate_and_redirect(request, person, has, form.get_heirs() if form else Heirs())
    status = 422 if data is not None else 200
    return render_deactivation_page(request, person, has, form, status=status)


def render_deactivation_page(request, person, has: Belongings, form, *, status: int, problem: str = ""):
    may_hand_over = has.may_be_handed_over_by(request.user)
    context = {"person": person, "has": has, "form": form, "may_hand_over": may_hand_over, "problem": problem}
    context["others"], context["left"] = (
        get_uses(person, request.user),
        get_not_reassigned_sentence(person, has.record_count),
    )
    return render(request, "accounts/user_deactivate.html", context, status=status)


def deactivate_and_redirect(request, person, has: Belongings, heirs: Heirs):
    was_active = person.is_active
    try:
        done = deactivate(person, heirs, by=request.user)
    except LastAdministrator as problem:
        return render_deactivation_page(request, person, has, None, status=422, problem=str(problem))
    if was_active:
        messages.success(
            request, _("%(name)s has been deactivated and signed out everywhere.") % {"name": person.name}
        )
    show_reassignment_message(request, heirs, done)
    return redirect("user", person.pk)


def show_reassignment_message(request, heirs: Heirs, done: DeactivationResult) -> None:
    if done.left:
        messages.warning(request, done.left)
    elif done.job:
        messages.info(request, _("The records are being reassigned. Follow the progress in “Jobs”."))
    elif done.record:
        to = heirs.department or (heirs.users[0].name if heirs.users else _("Unassigned"))
        counted = [KINDS[table].words.open(number) for table, number in done.record.count_changed_by_table()]
        text = _("Reassigned %(counted)s to %(to)s.")
        messages.success(request, text % {"counted": get_text_list(counted, _("and")), "to": to})
