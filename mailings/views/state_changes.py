"""The buttons of a mailing: pause, resume, cancel, delete, copy."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.models import Operation
from crm.records.editing.settings_change import show_change_message
from mailings import verbs
from mailings.models import Mailing
from mailings.views.mailing import get_mailing_or_404, redirect_with_way_back


@permission_required("mailings.send_mailing", raise_exception=True)
@require_POST
def mailing_pause(request, pk):
    return _change_state(request, pk, verbs.pause_mailing, _("Paused the mailing “%(name)s”."))


@permission_required("mailings.send_mailing", raise_exception=True)
@require_POST
def mailing_resume(request, pk):
    return _change_state(request, pk, verbs.resume_mailing, _("Resumed the mailing “%(name)s”."))


@permission_required("mailings.send_mailing", raise_exception=True)
@require_POST
def mailing_cancel(request, pk):
    return _change_state(request, pk, verbs.cancel_mailing, _("Canceled the mailing “%(name)s”."))


def _change_state(request, pk: int, verb: Callable[..., Operation], said: str):
    mailing = get_mailing_or_404(Mailing.objects.sendable_by(request.user), pk)
    try:
        show_change_message(request, verb(mailing, by=request.user), said % {"name": mailing.subject})
    except verbs.NotNow as reason:
        messages.warning(request, str(reason))
    return redirect_with_way_back(request, "mailings:mailing", pk)


@permission_required("mailings.delete_mailing", raise_exception=True)
@require_POST
def mailing_delete(request, pk):
    mailing = get_mailing_or_404(Mailing.objects.visible_to(request.user), pk)
    try:
        record = verbs.delete_mailing(mailing, by=request.user)
    except verbs.NotNow:
        messages.warning(request, _("Only drafts can be deleted."))
        return redirect_with_way_back(request, "mailings:mailing", pk)
    show_change_message(request, record, _("Deleted the mailing “%(name)s”.") % {"name": mailing.subject})
    return redirect("mailings:list")


@permission_required("mailings.add_mailing", raise_exception=True)
@require_POST
def mailing_copy(request, pk):
    mailing = get_mailing_or_404(Mailing.objects.visible_to(request.user), pk)
    made = verbs.copy_mailing(mailing, by=request.user)
    messages.success(request, _("Copied the mailing. This is the copy."))
    return redirect_with_way_back(request, "mailings:mailing", made.pk)
