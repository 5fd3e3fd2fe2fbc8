"""The absences of a user: their own, or those of a colleague whom one may edit."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Absence
from accounts.users.user_access import get_self_or_changeable_user
from accounts.working_time.forms import AbsenceForm


def absences(request, pk):
    person = get_self_or_changeable_user(request.user, pk)
    sent = request.POST if request.method == "POST" else None
    form = AbsenceForm(sent, person=person, by=request.user)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Added the absence."))
        return redirect("absences", pk)
    rows = Absence.objects.of_user(person).not_over(timezone.localdate()).with_people().in_order()
    context = {"form": form, "person": person, "rows": rows}
    return render(request, "accounts/absences.html", context, status=422 if form.is_bound else 200)


@require_POST
def delete_absence(request, pk, absence):
    person = get_self_or_changeable_user(request.user, pk)
    get_object_or_404(Absence.objects.of_user(person), pk=absence).delete()
    messages.success(request, _("Deleted the absence."))
    return redirect("absences", pk)
