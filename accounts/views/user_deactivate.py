"""Deactivating a user: what they have and who gets it; then all of it in one step."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.administrators import LastAdministrator
from accounts.deactivation import Belongings, Done, Heirs, belongings, deactivate
from accounts.forms import DeactivationForm
from accounts.rights import changeable_user


@permission_required("accounts.delete_user", raise_exception=True)
def user_deactivate(request, pk):
    person = changeable_user(request.user, pk)
    if pk == request.user.pk:
        raise PermissionDenied
    has = belongings(person, request.user)
    if not person.is_active and not has.leads:
        return redirect("user", pk)
    data = request.POST if request.method == "POST" else None
    form = DeactivationForm(data, leaving=person, by=request.user) if has.leads else None
    if data is not None and (form is None or form.is_valid()):
        return carry_out(request, person, has, form.heirs() if form else Heirs())
    status = 422 if data is not None else 200
    return page(request, person, has, form, status=status)


def page(request, person, has: Belongings, form, *, status: int, problem: str = ""):
    may_hand_over = not has.leads or request.user.has_perm("leads.assign_lead")
    context = {"person": person, "has": has, "form": form, "may_hand_over": may_hand_over, "problem": problem}
    return render(request, "accounts/user_deactivate.html", context, status=status)


def carry_out(request, person, has: Belongings, heirs: Heirs):
    was_active = person.is_active
    try:
        done = deactivate(person, heirs, by=request.user)
    except LastAdministrator as problem:
        return page(request, person, has, None, status=422, problem=str(problem))
    if was_active:
        messages.success(
            request, _("%(name)s is deactivated and signed out everywhere.") % {"name": person.name}
        )
    say_who_has_the_leads(request, heirs, done)
    return redirect("user", person.pk)


def say_who_has_the_leads(request, heirs: Heirs, done: Done) -> None:
    if done.job:
        messages.info(request, _("The open leads are being handed over; “Jobs” shows how far it is."))
    elif done.outcome:
        number = len(done.outcome.changed)
        text = ngettext(
            "%(number)s open lead now belongs to %(to)s.",
            "%(number)s open leads now belong to %(to)s.",
            number,
        )
        to = heirs.department or (heirs.users[0].name if heirs.users else _("nobody"))
        messages.success(request, text % {"number": number, "to": to})
