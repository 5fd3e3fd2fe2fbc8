"""Edit a department: its name and the country of its phone numbers."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import Department
from accounts.users.edit_conflicts import get_form_status, lock_account_changes
from accounts.users.forms import DepartmentForm


@permission_required("accounts.change_department", raise_exception=True)
def department_edit(request, pk):
    if request.method == "POST":
        lock_account_changes()
    shown, department = (
        get_object_or_404(Department.objects.visible_to(request.user), pk=pk) for _time in (1, 2)
    )
    form = DepartmentForm(request.POST if request.method == "POST" else None, instance=department)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved %(name)s.") % {"name": department})
        return redirect("departments")
    context = {"form": form, "department": shown}
    return render(request, "accounts/department_form.html", context, status=get_form_status(form))
