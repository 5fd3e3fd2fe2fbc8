"""The mailing lists: what recipients can unsubscribe from without leaving all mailings."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.web.responses import answer
from crm.records.editing.settings_change import one_at_a_time, posted, say
from mailings.models import MailingList
from mailings.settings.forms import MailingListForm


@permission_required("mailings.view_mailinglist", raise_exception=True)
@require_safe
def mailing_lists(request):
    rows = MailingList.objects.by_name().annotate(left=Count("unsubscribes"))
    return answer(request, "mailings/settings/lists.html", {"rows": rows})


@permission_required("mailings.add_mailinglist", raise_exception=True)
@one_at_a_time
def mailing_list_new(request):
    return edited(request, MailingListForm(posted(request)))


@permission_required("mailings.change_mailinglist", raise_exception=True)
@one_at_a_time
def mailing_list_edit(request, pk):
    return edited(request, MailingListForm(posted(request), instance=get_object_or_404(MailingList, pk=pk)))


def edited(request, form: MailingListForm):
    if form.is_bound and form.is_valid():
        name = {"name": form.instance.name}
        say(request, form.write(request.user), _("Saved the mailing list “%(name)s”.") % name)
        return redirect("mailing_lists")
    return answer(request, "mailings/settings/list_form.html", {"form": form}, status=form.status_code)
