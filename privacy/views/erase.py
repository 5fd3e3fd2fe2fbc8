"""Erasing a person: what goes and what stays, a typed confirmation, and the job."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.responses import render_response
from privacy import jobs
from privacy.forms import EraseForm
from privacy.permissions import ERASE_PERMISSION
from privacy.person import Person
from privacy.person_search import find_related_records
from privacy.views.record_selection import parse_records


@permission_required(ERASE_PERMISSION, raise_exception=True)
@require_confirmation
def erase(request):
    records = parse_records(request.POST or request.GET)
    if not records:
        messages.error(request, _("Select at least one record."))
        return redirect("privacy:start")
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        job = jobs.start_erasure(request.user, records, everywhere=form.cleaned_data["everywhere"])
        return redirect("job", job.pk)
    chosen = {(table, pk) for table, ids in records.items() for pk in ids}
    found = find_related_records(records)
    context = {
        "form": form,
        "chosen": [one for one in found if (one.table, one.pk) in chosen],
        "others": [one for one in found if (one.table, one.pk) not in chosen],
        "exports": Person(records).first_added_at,
    }
    return render_response(request, "privacy/erase.html", context, status=422 if form.errors else 200)
