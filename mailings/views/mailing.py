"""The page of a mailing: its state, its recipients in numbers, its settings; and editing those of a draft."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.web.responses import add_way_back, render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.way_back import get_way_back
from mailings.audience.audience import FaultyFilter
from mailings.audience.recipient_counts import count_recipients
from mailings.content.content_preview import build_page_policy, build_preview
from mailings.content.forms import PreviewForm
from mailings.forms import MailingForm
from mailings.models import Mailing
from mailings.sending.account_routes import uses_ordinary_account_for_vip
from mailings.sending.approval import has_to_ask
from mailings.sending.mailing_faults import get_problems_and_warnings
from mailings.sending.sending_progress import get_progress

State = Mailing.State


def get_mailing_or_404(rows, pk: int) -> Mailing:
    found = rows.with_names().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def build_funnel_context(mailing: Mailing) -> dict[str, Any]:
    """What the screens of a mailing show of its recipients."""
    context: dict[str, Any] = {"mailing": mailing, "kind": KINDS[mailing.of]}
    try:
        found = count_recipients(mailing)
    except FaultyFilter as faulty:
        return context | {"funnel": None, "faults": faulty.args}
    return context | {
        "funnel": found,
        "vip_goes_ordinary": found.vips > 0 and uses_ordinary_account_for_vip(mailing),
    }


def build_email_context(mailing: Mailing, viewer) -> dict[str, Any]:
    """The email as one recipient whom the viewer sees gets it, once there is a text, and its files."""
    if not mailing.text.strip():
        return {}
    return {
        "preview": build_preview(mailing, PreviewForm({}), viewer),
        "files": mailing.files.order_by("pk"),
    }


def build_faults_context(mailing: Mailing, viewer) -> dict[str, list[str]]:
    """What keeps a draft from being sent, and what else is wrong with the email of one that isn't sent yet."""
    problems, warnings = get_problems_and_warnings(mailing, viewer)
    return {"problems": problems, "warnings": warnings}


def build_way_back_context(request) -> dict[str, str]:
    """The list that the mailing was started from, and the ends of URLs that keep it: of those without parameters, and of others."""
    back = get_way_back(request)
    query = add_way_back("", back)
    return {"way_back": back, "back_query": query, "back_parameter": query.replace("?", "&", 1)}


def redirect_with_way_back(request, name: str, pk: int) -> HttpResponseRedirect:
    """To a page of the mailing, which leads back to the list as this one did."""
    return redirect(add_way_back(reverse(name, args=[pk]), get_way_back(request)))


@permission_required("mailings.view_mailing", raise_exception=True)
@require_safe
def mailing(request, pk):
    found = get_mailing_or_404(Mailing.objects.visible_to(request.user), pk)
    context = build_funnel_context(found)
    receiving = context["funnel"].receiving_count if context["funnel"] else 0
    context |= {
        "asks": found.state == State.DRAFT and has_to_ask(request.user, found, receiving),
        "progress": get_progress(found) if found.sent_at and not found.finished_at else None,
        "may_decide": Mailing.objects.decidable_by(request.user).filter(pk=pk).exists(),
    }
    context |= build_faults_context(found, request.user) | build_email_context(found, request.user)
    context |= build_way_back_context(request)
    response = render_response(request, "mailings/mailing.html", context)
    response._csp_update = build_page_policy()  # type: ignore[attr-defined]
    return response


@permission_required("mailings.change_mailing", raise_exception=True)
@one_at_a_time
def mailing_edit(request, pk):
    found = get_mailing_or_404(Mailing.objects.changeable_by(request.user), pk)
    if found.state != State.DRAFT:
        messages.warning(request, _("Only drafts can be edited."))
        return redirect_with_way_back(request, "mailings:mailing", pk)
    form = MailingForm(get_posted_data(request), instance=found, user=request.user)
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        show_change_message(request, record, _("Saved the mailing “%(name)s”.") % {"name": found.subject})
        return redirect_with_way_back(request, "mailings:mailing", pk)
    context = {"form": form, "mailing": found} | build_way_back_context(request)
    return render_response(request, "mailings/edit.html", context, status=form.status_code)
