"""The ready-made pipelines to choose from, each with what it brings."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.platform.configuration.company import get_company_language
from leads.ready_pipelines.catalog import READY_PIPELINES
from leads.ready_pipelines.permissions import RIGHTS
from leads.ready_pipelines.pipeline_card import build_pipeline_card


@permission_required("leads.change_pipeline", raise_exception=True)
@require_safe
def ready_pipelines(request):
    language = get_company_language()
    cards = [build_pipeline_card(ready, language) for ready in READY_PIPELINES.values()]
    context = {"cards": cards, "may_use": request.user.has_perms(RIGHTS)}
    return render(request, "leads/settings/ready_pipelines.html", context)
