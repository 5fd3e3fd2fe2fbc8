"""What a mailing says: its texts beside a live preview for any recipient, its files, and a test email."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import show_change_message
from mailings.audience.sample_records import get_offered_records
from mailings.content.attachments import AttachForm
from mailings.content.content_checks import get_content_warnings
from mailings.content.content_preview import build_page_policy, build_preview
from mailings.content.forms import ContentForm, PreviewForm, TemplateChoice, fill_in_template
from mailings.content.trial_email import send_own_copy
from mailings.models import Mailing
from mailings.views.mailing import build_way_back_context, redirect_with_way_back

DRAFT = Mailing.State.DRAFT


@permission_required("mailings.view_mailing", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def mailing_content(request, pk):
    """Anyone who sees a mailing can preview it; only a draft can be changed, by those who may."""
    rows = Mailing.objects.visible_to(request.user).defer("ids")
    if request.method != "POST" or "preview" in request.POST:
        return _render_page(request, get_object_or_404(rows, pk=pk))
    mailing = get_object_or_404(rows.select_for_update(of=("self",)), pk=pk)
    if not Mailing.objects.changeable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    if mailing.state != DRAFT:
        messages.error(request, _("This mailing is no longer a draft, so its content can’t be changed."))
        return redirect_with_way_back(request, "mailing_content", mailing.pk)
    if "insert" in request.POST:
        return _render_form_with_template(request, mailing)
    return _save_content(request, mailing)


def _save_content(request, mailing: Mailing) -> HttpResponse:
    form = ContentForm(request.POST, instance=mailing, user=request.user)
    if not form.is_valid():
        return _render_page(request, mailing, form, status=422)
    record = form.write(request.user)
    if "test" in request.POST:
        send_own_copy.defer(
            mailing_id=mailing.pk,
            user_id=request.user.pk,
            record=PreviewForm(request.POST).get_initial("find"),
        )
        words = _("Saved. A test email is on its way to %(email)s.") % {"email": request.user.email}
        messages.success(request, words)
    else:
        show_change_message(request, record, _("Saved the content of the mailing."))
    return redirect_with_way_back(request, "mailing_content", mailing.pk)


def _render_form_with_template(request, mailing: Mailing) -> HttpResponse:
    """The form with the texts of the template; nothing is saved."""
    choice = TemplateChoice(request.POST)
    template = choice.cleaned_data["template"] if choice.is_valid() else None
    data = request.POST.copy()
    if template is None:
        messages.info(request, _("Choose a template first."))
    else:
        merge = ContentForm(instance=mailing, user=request.user).merge
        for name, text in fill_in_template(data, template, merge).items():
            data[name] = text
    return _render_page(request, mailing, ContentForm(data, instance=mailing, user=request.user))


def _render_page(
    request, mailing: Mailing, form: ContentForm | None = None, *, status: int = 200
) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = form or ContentForm(posted, instance=mailing, user=request.user)
    choices, shown = PreviewForm(request.POST), form.build_typed_mailing()
    context = {
        "mailing": mailing,
        "form": form,
        "is_draft": mailing.state == DRAFT,
        "may_edit": mailing.state == DRAFT and request.user.has_perm("mailings.change_mailing"),
        "choices": choices,
        "preview": build_preview(shown, choices, request.user),
        "warnings": get_content_warnings(shown, request.user),
        "recipients": get_offered_records(mailing, request.user),
        "templates": TemplateChoice(),
        "files": mailing.files.order_by("pk"),
        "attaching": AttachForm(mailing=mailing),
        "merge_fields": form.merge.labels.items(),
        **build_way_back_context(request),
    }
    page, fragments = "mailings/content/page.html", {"preview": "mailings/content/_preview.html"}
    response = render_response(request, page, context, fragments=fragments, status=status)
    response._csp_update = build_page_policy()  # type: ignore[attr-defined]
    return response
