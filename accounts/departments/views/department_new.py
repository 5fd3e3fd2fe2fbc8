"""A new department."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.users.forms import DepartmentForm


@permission_required("accounts.add_department", raise_exception=True)
def department_new(request):
    form = DepartmentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        department = form.save()
        messages.success(request, _("Added %(name)s. Now add members.") % {"name": department})
        return redirect("departments")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/department_form.html", {"form": form}, status=status)
