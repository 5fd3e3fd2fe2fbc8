"""Duplicates: the groups of the last scan, as far as the user sees their records."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.responses import answer
from duplicates.comparison import compared
from duplicates.duplicate_groups import Chosen, Place, page_of
from duplicates.exact.merge_rules import tables_for
from duplicates.models import DuplicateRules, Scan
from duplicates.models.likeness import Reason
from duplicates.permissions import RULES, VIEW
from duplicates.scanning.scan import running
from duplicates.visible_records import kinds_for


@permission_required(VIEW, raise_exception=True)
@require_safe
def duplicates(request):
    chosen = Chosen.read(request.GET)
    page = page_of(request.user, chosen, Place.read(request.GET.get("after", "")))
    context = {
        "groups": compared(page.groups, request.user),
        "next": page.next,
        "chosen": chosen,
        "reasons": Reason.choices,
        "kinds": kinds_for(request.user),
        "scan": Scan.objects.first(),
        "job": running().first(),
        "rules": DuplicateRules.current(),
        "may_merge": bool(tables_for(request.user)),
        "may_change_rules": request.user.has_perm(RULES),
    }
    return answer(request, "duplicates/list.html", context, fragments={"scan": "duplicates/_scan.html"})
