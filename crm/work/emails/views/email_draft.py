"""Saving the draft of an email while its user types (static/js/email-drafts.js), and discarding it."""

from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.work.emails.email_drafts import FIELDS, DraftGone, NewerDraft, discard_draft, save_draft
from crm.work.emails.views.email import get_answered_email, get_draft_place


@kind_view("change")
@require_POST
def save_email_draft(request, kind: Kind, pk):
    """The URL names the form as its page does: ?reply=12&mode=all."""
    record = get_changeable_record(kind, request.user, pk)
    place = get_draft_place(request, get_answered_email(request, kind, record))
    form = request.user, kind.name, record.pk, place
    seen = {
        "known": parse_number(request.POST.get("draft_version", "")) or 0,
        "page": request.POST.get("draft_page", ""),
    }
    if "discard" in request.POST or record.deleted_at:
        discard_draft(*form, **seen)
        return JsonResponse({"version": 0})
    values = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        version = save_draft(*form, values, **seen)
    except NewerDraft:
        return JsonResponse({"newer": True})
    except DraftGone:
        return JsonResponse({"gone": True})
    except ValidationError:
        return JsonResponse({"error": _("The draft is too long to be saved.")}, status=422)
    return JsonResponse({"version": version})
