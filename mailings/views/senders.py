"""The senders: the name and the signature of each department's mailings."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Department
from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from mailings.models import Sender
from mailings.settings.forms import SenderForm


@permission_required("mailings.change_sender", raise_exception=True)
@require_safe
def senders(request):
    known = {sender.department_id: sender for sender in Sender.objects.all()}
    departments = Department.objects.active().visible_to(request.user).by_name()
    lines = [(department, known.get(department.pk)) for department in departments]
    return render_response(request, "mailings/settings/senders.html", {"lines": lines})


@permission_required("mailings.change_sender", raise_exception=True)
@one_at_a_time
def sender_edit(request, pk):
    """`pk` is that of the department."""
    department = get_object_or_404(Department.objects.active().visible_to(request.user), pk=pk)
    sender = Sender.objects.of_department(department).first() or Sender(
        department=department, name=department.name
    )
    form = SenderForm(get_posted_data(request), instance=sender)
    if form.is_bound and form.is_valid():
        words = _("Saved the sender of %(department)s.") % {"department": department.name}
        show_change_message(request, form.write(request.user), words)
        return redirect("mailing_senders")
    context = {"form": form, "department": department}
    return render_response(request, "mailings/settings/sender_form.html", context, status=form.status_code)
