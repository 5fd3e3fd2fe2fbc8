"""The files of a mailing: attaching, removing and downloading them."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.excel.reading.upload_handlers import get_drop_reason
from crm.platform.files.error_messages import get_refusal_sentence
from crm.platform.files.store import NotKept
from crm.records.editing.settings_change import show_change_message
from crm.work.activities.views.attached_file import build_download_response
from mailings.content.attachments import AttachForm, remove_file
from mailings.models import Mailing
from mailings.views.mailing import redirect_with_way_back


@permission_required("mailings.change_mailing", raise_exception=True)
@require_POST
def mailing_files(request, pk):
    mailing = _get_locked_draft(request, pk)
    form = AttachForm(request.POST, request.FILES, mailing=mailing, dropped=get_drop_reason(request))
    if form.is_valid():
        try:
            show_change_message(request, form.write(request.user), _("Attached the files."))
        except NotKept as error:
            messages.error(request, get_refusal_sentence(error.code))
    for words in form.errors.get("attachments", []):
        messages.error(request, str(words))
    return redirect_with_way_back(request, "mailing_content", pk)


@permission_required("mailings.change_mailing", raise_exception=True)
@require_POST
def mailing_file_remove(request, pk, file):
    mailing = _get_locked_draft(request, pk)
    row = get_object_or_404(mailing.files, pk=file)
    show_change_message(
        request, remove_file(row, request.user), _("Removed the file “%(name)s”.") % {"name": row.name}
    )
    return redirect_with_way_back(request, "mailing_content", pk)


@permission_required("mailings.view_mailing", raise_exception=True)
@require_safe
def mailing_file(request, pk, file):
    mailing = get_object_or_404(Mailing.objects.visible_to(request.user).defer("ids"), pk=pk)
    return build_download_response(get_object_or_404(mailing.files, pk=file))


def _get_locked_draft(request, pk: int) -> Mailing:
    """Locked, so that it isn't sent in between. What is no draft has no such pages."""
    rows = Mailing.objects.changeable_by(request.user).select_for_update(of=("self",))
    mailing = get_object_or_404(rows, pk=pk)
    if mailing.state != Mailing.State.DRAFT:
        raise Http404
    return mailing
