"""The mailing lists: what recipients can unsubscribe from without leaving all mailings."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from mailings.models import MailingList
from mailings.settings.forms import MailingListForm


@permission_required("mailings.view_mailinglist", raise_exception=True)
@require_safe
def mailing_lists(request):
    rows = MailingList.objects.by_name().annotate(left=Count("unsubscribes"))
    return render_response(request, "mailings/settings/lists.html", {"rows": rows})


@permission_required("mailings.add_mailinglist", raise_exception=True)
@one_at_a_time
def mailing_list_new(request):
    return save_or_show_form(request, MailingListForm(get_posted_data(request)))


@permission_required("mailings.change_mailinglist", raise_exception=True)
@one_at_a_time
def mailing_list_edit(request, pk):
    return save_or_show_form(
        request, MailingListForm(get_posted_data(request), instance=get_object_or_404(MailingList, pk=pk))
    )


def save_or_show_form(request, form: MailingListForm):
    if form.is_bound and form.is_valid():
        name = {"name": form.instance.name}
        show_change_message(request, form.write(request.user), _("Saved the mailing list “%(name)s”.") % name)
        return redirect("mailing_lists")
    return render_response(
        request, "mailings/settings/list_form.html", {"form": form}, status=form.status_code
    )
