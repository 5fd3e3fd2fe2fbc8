"""The purposes of consent in Settings, and the versions of their texts."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from customers.consent.forms import ConsentPurposeForm, ConsentTextForm
from customers.models import ConsentPurpose, ConsentState, ConsentText
from customers.permissions import CONSENT


@permission_required(CONSENT, raise_exception=True)
@require_safe
def purposes(request):
    found = ConsentState.objects.count_by_purpose()
    lines = [(row, *found.get(row.pk, (0, 0))) for row in ConsentPurpose.objects.by_name()]
    return render_response(request, "consent/purposes.html", {"rows": lines})


@permission_required(CONSENT, raise_exception=True)
@one_at_a_time
def purpose_new(request):
    return _save_or_show_form(request, ConsentPurposeForm(get_posted_data(request)))


@permission_required(CONSENT, raise_exception=True)
@one_at_a_time
def purpose(request, pk):
    row = get_object_or_404(ConsentPurpose, pk=pk)
    return _save_or_show_form(request, ConsentPurposeForm(get_posted_data(request), instance=row))


def _save_or_show_form(request, form: ConsentPurposeForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        show_change_message(
            request, record, _("Saved the purpose “%(name)s”.") % {"name": form.instance.name}
        )
        return redirect("consents:purpose", form.instance.pk)
    return _render_page(request, form, ConsentTextForm(), status=form.status_code)


@permission_required(CONSENT, raise_exception=True)
@require_POST
def text_new(request, pk):
    row = get_object_or_404(ConsentPurpose, pk=pk)
    form = ConsentTextForm(request.POST)
    if not form.is_valid():
        return _render_page(request, ConsentPurposeForm(instance=row), form, status=422)
    version = form.write(row, request.user)
    messages.success(request, _("Version %(number)s is used from now on.") % {"number": version.number})
    return redirect("consents:purpose", pk)


def _render_page(request, form: ConsentPurposeForm, text_form: ConsentTextForm, *, status: int):
    texts = [] if form.is_new else ConsentText.objects.of_purpose(form.instance).newest_first()
    context = {"form": form, "text_form": text_form, "texts": texts}
    return render_response(request, "consent/purpose.html", context, status=status)
