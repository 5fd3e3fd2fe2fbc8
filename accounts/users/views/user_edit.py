"""Edit a user: editors can't add or remove permissions they don't have."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.users.edit_conflicts import get_form_status, lock_account_changes
from accounts.users.forms import UserForm
from accounts.users.owned_objects import count_records_elsewhere
from accounts.users.user_access import get_changeable_user
from crm.platform.web.password_confirmation import require_confirmation


@permission_required("accounts.change_user", raise_exception=True)
@require_confirmation
def user_edit(request, pk):
    if request.method == "POST":
        lock_account_changes()
    person, shown = get_changeable_user(request.user, pk), get_changeable_user(request.user, pk)
    form = UserForm(request.POST if request.method == "POST" else None, instance=person, by=request.user)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved %(name)s.") % {"name": person.name})
        warn_of_records_elsewhere(request, person)
        return redirect("user", pk)
    context = {"form": form, "person": shown}
    return render(request, "accounts/user_form.html", context, status=get_form_status(form))


def warn_of_records_elsewhere(request, person) -> None:
    for kind, number in count_records_elsewhere(person):
        text = _("%(name)s still owns %(counted)s in departments they no longer belong to.")
        messages.warning(request, text % {"name": person.name, "counted": kind.words.open(number)})
