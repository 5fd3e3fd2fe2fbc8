"""A new mailing, for selected records or for those of a saved view."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.platform.web.responses import add_way_back, render_response
from crm.records.editing.settings_change import get_posted_data, show_change_message
from crm.records.listing.way_back import get_way_back, get_way_back_or_list
from crm.transfer.exports.selection import Selection
from mailings.audience.mailing_creation import create_mailing, get_selection
from mailings.forms import NewMailingForm
from mailings.models import Mailing


@permission_required("mailings.add_mailing", raise_exception=True)
def mailing_new(request):
    selection = get_selection(request.GET, request.user)
    frozen = selection.frozen if selection else None
    if selection and not request.user.has_perm(selection.kind.get_right("view")):
        raise PermissionDenied
    form = NewMailingForm(
        get_posted_data(request),
        instance=Mailing(by=request.user, department_id=next(iter(request.user.department_ids), None)),
        user=request.user,
        selected=frozen is not None,
        query=frozen.query if frozen else "",
    )
    if form.is_bound and form.is_valid():
        record = create_mailing(form, frozen, request.user)
        show_change_message(
            request, record, _("Added the mailing “%(name)s”.") % {"name": form.instance.subject}
        )
        url = reverse("mailings:mailing", args=[form.instance.pk])
        return redirect(add_way_back(url, get_way_back(request)))
    context = {"form": form, "selection": selection, "list_url": get_cancel_url(request, selection)}
    return render_response(request, "mailings/new.html", context, status=form.status_code)


def get_cancel_url(request, selection: Selection | None) -> str:
    """The list in which the records were selected, or the mailings."""
    if selection is None:
        return reverse("mailings:list")
    return get_way_back_or_list(request, selection.kind, QueryDict(selection.listing.place))
