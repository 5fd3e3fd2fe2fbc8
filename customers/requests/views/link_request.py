"""Link a request to a lead, company or contact: a suggested one, another one, or none."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Edit
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.records.screens.views.record_buttons import show_outcome_message
from crm.work.screens.views.record import redirect_to_record_or_list, render_record_page
from customers.models import Request
from customers.models.request import LINKED
from customers.requests.sender_matches import LinkForm, get_link_changes


@kind_view("change")
@require_POST
def link(request, kind: Kind, pk, name):
    if name not in LINKED:
        raise Http404
    if not request.user.has_perm(LINKED[name].get_right("view")):
        raise PermissionDenied
    row = get_changeable_record(kind, request.user, pk, lock=True)
    form = LinkForm(request.POST, name=name, user=request.user)
    if not form.is_valid():
        return render_record_page(request, kind, row, sent=form)
    rows = Request.objects.present().changeable_by(request.user).filter(pk=pk)
    outcome = carry_out(Edit(get_link_changes(row, form, request.user)), rows, by=request.user)
    words = _("Linked to %(record)s.") % {"record": form.record} if form.record else _("Removed the link.")
    show_outcome_message(request, kind, outcome, words)
    return redirect_to_record_or_list(request, kind, row)
