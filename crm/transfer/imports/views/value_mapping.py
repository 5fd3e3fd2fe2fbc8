"""Between mapping and preview: map the names of statuses, sources, owners, countries, and tags that don't exist here or
are retired."""

from django.shortcuts import redirect, render

from crm.models import Import
from crm.platform.database.read_routing import on_primary
from crm.transfer.imports.import_access import describe_file, get_own_import, get_redirect_to_required_page
from crm.transfer.imports.jobs import check_now_or_later
from crm.transfer.imports.plan.value_mapping import ValuesForm


@on_primary
def values(request, pk):
    imported = get_own_import(request, pk)
    if away := get_redirect_to_required_page(imported, Import.State.PLAN):
        return away
    if not imported.unknown:
        return redirect("imports:plan", imported.pk)
    data = request.POST if request.method == "POST" else None
    words = request.GET.get("q", "").strip().replace("\0", "")[:200]
    form = ValuesForm(data, imported=imported, user=request.user, words=words)
    if data is not None and form.is_valid():
        imported.decisions = form.get_decisions()
        imported.save(update_fields=["decisions"])
        check_now_or_later(imported)
        return redirect("imports:import", imported.pk)
    context = {
        "imported": imported,
        "kind": form.kind,
        "form": form,
        "file": describe_file(imported),
        "words": words,
    }
    return render(request, "imports/values.html", context, status=200 if data is None else 422)
