"""Editing a user: nobody gives or takes more than they hold."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.crossing import one_at_a_time, status_of
from accounts.deactivation import leads_out_of_department
from accounts.forms import UserForm
from accounts.rights import changeable_user


@permission_required("accounts.change_user", raise_exception=True)
def user_edit(request, pk):
    if request.method == "POST":
        one_at_a_time()
    person, shown = changeable_user(request.user, pk), changeable_user(request.user, pk)
    form = UserForm(request.POST if request.method == "POST" else None, instance=person, by=request.user)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("%(name)s is saved.") % {"name": person.name})
        warn_of_leads_elsewhere(request, person)
        return redirect("user", pk)
    context = {"form": form, "person": shown}
    return render(request, "accounts/user_form.html", context, status=status_of(form))


def warn_of_leads_elsewhere(request, person) -> None:
    number = leads_out_of_department(person)
    if number:
        text = ngettext(
            "%(name)s still owns %(number)s lead of a department that they no longer belong to.",
            "%(name)s still owns %(number)s leads of departments that they no longer belong to.",
            number,
        )
        messages.warning(request, text % {"name": person.name, "number": number})
