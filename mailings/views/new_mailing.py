"""A new mailing, for selected records or for those of a saved view."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import answer
from crm.records.editing.settings_change import posted, say
from mailings.audience.mailing_creation import make, selection_of
from mailings.forms import NewMailingForm
from mailings.models import Mailing


@permission_required("mailings.add_mailing", raise_exception=True)
def mailing_new(request):
    selection = selection_of(request.GET, request.user)
    frozen = selection.frozen if selection else None
    if selection and not request.user.has_perm(selection.kind.right("view")):
        raise PermissionDenied
    form = NewMailingForm(
        posted(request),
        instance=Mailing(by=request.user, department_id=next(iter(request.user.department_ids), None)),
        user=request.user,
        selected=frozen is not None,
        query=frozen.query if frozen else "",
    )
    if form.is_bound and form.is_valid():
        record = make(form, frozen, request.user)
        say(request, record, _("Added the mailing “%(name)s”.") % {"name": form.instance.subject})
        return redirect("mailings:mailing", form.instance.pk)
    context = {"form": form, "selection": selection}
    return answer(request, "mailings/new.html", context, status=form.status_code)
