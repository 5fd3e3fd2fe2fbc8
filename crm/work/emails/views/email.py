"""Writing an email to a record, and trying again to send one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.models import Template
from crm.platform.excel.reading.upload_handlers import get_drop_reason
from crm.platform.files.attachment_storage import store_uploads
from crm.platform.files.error_messages import get_refusal_sentence
from crm.platform.files.store import NotKept
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.way_back import build_place_context, get_record_url
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.work.activities.views.activity import get_activity
from crm.work.emails.email_drafts import build_draft_json, delete_draft
from crm.work.emails.email_replies import Reply, ReplyMode, build_reply
from crm.work.emails.email_verbs import SendEmail, get_addresses, get_email_warnings, get_newest_files
from crm.work.emails.forms import EmailForm
from crm.work.emails.mime_messages import find_routes, get_shown_product_address
from crm.work.invitations.meetings import send_again
from crm.work.models.activity import Activity
from crm.work.screens.views.record import redirect_to_record_or_list
from crm.work.templates.template_filling import (
    INSERT,
    build_text_below,
    fill_email,
    get_usable_templates,
)


@kind_view("change")
def write_email(request, kind: Kind, pk):
    record = get_changeable_record(kind, request.user, pk)
    if record.deleted_at:
        raise Http404
    reply = get_reply(request, kind, record)
    files = get_newest_files(kind, record, request.user)
    known = {file.pk: file for file in [*(reply.files if reply else []), *files]}
    common: dict[str, Any] = {
        "addresses": get_addresses(kind, record, request.user),
        "files": list(known.values()),
        "user": request.user,
        "routes": find_routes(kind.name, record.pk, request.user),
        "reply": reply,
        "below": build_text_below(request.user, reply.quotation if reply else ""),
    }
    if INSERT in request.POST:
        form = EmailForm(**common, start=fill_email(request.POST, record, request.user, common["below"]))
        if request.FILES:
            messages.info(request, _("Choose the files again."))
    else:
        sent = (request.POST, request.FILES) if request.POST else ()
        common |= {"to": request.GET.get("to", ""), "dropped": get_drop_reason(request)}
        form = EmailForm(*sent, **common)
    answered = send_and_redirect(request, kind, record, form) if form.is_valid() else None
    return answered or render_email_page(request, kind, record, form)


def get_reply(request, kind: Kind, record: Any) -> Reply | None:
    """The answer that the URL asks for: ?reply=12&mode=all."""
    email = get_answered_email(request, kind, record)
    return build_reply(email, get_reply_mode(request), request.user) if email else None


def get_answered_email(request, kind: Kind, record: Any) -> Activity | None:
    """The email that the URL names. Anything other than an email of this record is a 404, and so is an unknown mode."""
    if "reply" not in request.GET:
        return None
    email = get_activity(kind, request.user, record.pk, parse_number(request.GET["reply"]) or 0)
    if email.type != Activity.Type.EMAIL or get_reply_mode(request) not in ReplyMode.values:
        raise Http404
    return email


def get_reply_mode(request) -> str:
    return request.GET.get("mode", ReplyMode.REPLY)


def get_draft_place(request, email: Activity | None) -> str:
    """What a draft calls the form: '' for a new email, "12/all" for an answer to all of the email 12."""
    return f"{email.pk}/{get_reply_mode(request)}" if email else ""


def render_email_page(request, kind: Kind, record: Any, form: EmailForm):
    context = {"kind": kind, "record": record, "form": form, "reply": form.reply}
    context["title"] = ReplyMode(form.reply.mode).label if form.reply else SendEmail.title
    context |= build_place_context(request, kind, record)
    context["post"] = request.get_full_path()
    query = f"?{request.GET.urlencode()}" if form.reply else ""
    context["draft_address"] = f"{kind.get_url('email_draft', record.pk)}{query}"
    place = get_draft_place(request, form.reply.email if form.reply else None)
    context["server_draft"] = build_draft_json(request.user, kind.name, record.pk, place)
    context["place"] = f"email-form-{form.reply.email.pk}" if form.reply else "letter"
    context["sends_from"] = form.route.sender if form.route else get_shown_product_address()
    context["replies_to"] = form.route.sender if form.route else request.user.email
    context["warnings"] = get_email_warnings(kind, record)
    context["templates"] = get_usable_templates(Template.Type.EMAIL, request.user)
    fragments = {context["place"]: "activities/_letter.html"}
    status = 422 if form.is_bound else 200
    return render_response(request, "activities/email.html", context, fragments=fragments, status=status)


def send_and_redirect(request, kind: Kind, record: Any, form: EmailForm):
    """None if a file can't be kept; then the form says why."""
    if form.build_verb([]).emails.exists():
        messages.info(request, _("You’ve already sent this email."))
        return redirect(get_record_url(request, kind, record.pk))
    rows = kind.model.objects.present().changeable_by(request.user).filter(pk=record.pk)
    try:
        with store_uploads(form.cleaned_data["attachments"]) as files:
            outcome = carry_out(form.build_verb(files), rows, by=request.user)
    except NotKept as error:
        form.add_error("attachments", get_refusal_sentence(error.code))
        return None
    if outcome.operation:
        place = get_draft_place(request, form.reply.email if form.reply else None)
        delete_draft(request.user, kind.name, record.pk, place)
        words = _("The email will be sent in a few seconds.")
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
    return redirect_to_record_or_list(request, kind, record)


@kind_view()
@require_POST
def retry_email(request, kind: Kind, pk, activity):
    """An email that couldn't be sent, or what those invited to a meeting don't know yet."""
    row = get_activity(kind, request.user, pk, activity)
    if not Activity.scope.may_change(row, request.user):
        raise PermissionDenied
    words = _("The email is sent again.")
    if row.type == Activity.Type.MEETING:
        words = _("The invitation will be sent in a few seconds.")
    if send_again(row, by=request.user):
        messages.success(request, words)
    else:
        messages.info(request, _("There’s no email to send again."))
    return redirect(get_record_url(request, kind, row.record))
