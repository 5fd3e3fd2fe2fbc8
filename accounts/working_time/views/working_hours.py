"""The working hours of a department."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import Department
from accounts.working_time.calendar import get_department_week, replace_week
from accounts.working_time.forms import HoursForm


@permission_required("accounts.change_department", raise_exception=True)
def working_hours(request, pk):
    department = get_object_or_404(Department.objects.visible_to(request.user), pk=pk)
    form = HoursForm(request.POST if request.method == "POST" else None, week=get_department_week(department))
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            replace_week(department, form.week)
        messages.success(request, _("Saved the working hours of %(name)s.") % {"name": department})
        return redirect("calendar")
    context = {"form": form, "department": department}
    return render(request, "accounts/working_hours.html", context, status=422 if form.is_bound else 200)
