"""Sending a mailing: the recipients once more, the time, and the confirmation; and the decision on one that waits for approval."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, show_change_message
from mailings.forms import SendForm, SkipGapsForm
from mailings.models import Mailing
from mailings.sending.approval import has_to_ask
from mailings.verbs import NotNow, RecipientsChanged, approve_mailing, decline_mailing, schedule_mailing
from mailings.views.mailing import (
    build_email_context,
    build_faults_context,
    build_funnel_context,
    build_way_back_context,
    get_mailing_or_404,
    redirect_with_way_back,
)

State = Mailing.State


@permission_required("mailings.send_mailing", raise_exception=True)
def mailing_send(request, pk):
    mailing = get_mailing_or_404(Mailing.objects.sendable_by(request.user), pk)
    if mailing.state != State.DRAFT:
        messages.info(request, _("The mailing is no longer a draft."))
        return redirect_with_way_back(request, "mailings:mailing", pk)
    may_leave_out = Mailing.objects.changeable_by(request.user).filter(pk=pk).exists()
    if "leave_out" in request.POST:
        return _skip_recipients(request, mailing, may_leave_out)
    form, status = SendForm(get_posted_data(request)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _schedule_mailing(request, mailing, form)
            except NotNow as reason:
                form.add_error(None, str(reason))
                status = 409 if isinstance(reason, RecipientsChanged) else 422
    context = build_funnel_context(mailing) | build_faults_context(mailing, request.user) | {"form": form}
    receiving = context["funnel"].receiving_count if context["funnel"] else 0
    context["asks"] = has_to_ask(request.user, mailing, receiving)
    context |= build_email_context(mailing, request.user) | build_way_back_context(request)
    context |= {"may_leave_out": may_leave_out, "most": settings.MAILING_APPROVAL_ABOVE}
    return render_response(request, "mailings/send.html", context, status=status)


def _skip_recipients(request, mailing: Mailing, may: bool):
    form = SkipGapsForm({"skips_gaps": "on"}, instance=mailing)
    if not may or not form.is_valid():
        raise PermissionDenied
    show_change_message(
        request, form.write(request.user), _("Recipients with empty merge fields will be skipped.")
    )
    return redirect_with_way_back(request, "mailings:send", mailing.pk)


def _schedule_mailing(request, mailing: Mailing, form: SendForm):
    data = form.cleaned_data
    record = schedule_mailing(mailing, by=request.user, at=data["send_at"], seen=data["seen"])
    if record.kind == "request_mailing":
        said = _("The mailing waits for approval. You’ll be notified of the decision.")
    else:
        said = _("Scheduled the mailing “%(name)s”.") % {"name": mailing.subject}
    show_change_message(request, record, said)
    return redirect_with_way_back(request, "mailings:mailing", mailing.pk)


@permission_required("mailings.approve_mailing", raise_exception=True)
@require_POST
def mailing_decide(request, pk):
    mailing = get_mailing_or_404(Mailing.objects.visible_to(request.user), pk)
    decision = request.POST.get("answer")
    if mailing.by_id == request.user.pk or decision not in ("approve", "decline"):
        messages.warning(
            request, _("Another user has to approve or decline this mailing. Nothing was changed.")
        )
        return redirect_with_way_back(request, "mailings:mailing", pk)
    said = {"user": mailing.by.name}
    try:
        if decision == "approve":
            record = approve_mailing(mailing, by=request.user, seen=request.POST.get("seen", ""))
            show_change_message(request, record, _("Approved. %(user)s has been notified.") % said)
        else:
            record = decline_mailing(mailing, by=request.user)
            show_change_message(request, record, _("Declined. %(user)s has been notified.") % said)
    except NotNow as reason:
        messages.warning(request, str(reason))
    return redirect_with_way_back(request, "mailings:mailing", pk)
