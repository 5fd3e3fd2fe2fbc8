"""Duplicates: the groups of the last scan, as far as the user sees their records."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from duplicates.comparison import build_comparisons
from duplicates.duplicate_groups import GroupFilter, GroupPlace, read_group_page
from duplicates.exact.merge_rules import get_mergeable_tables
from duplicates.models import DuplicateRules, Scan
from duplicates.models.likeness import Reason
from duplicates.permissions import RULES_PERMISSION, VIEW_PERMISSION
from duplicates.scanning.scan import get_running_scans
from duplicates.visible_records import get_compared_kinds


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
def duplicates(request):
    chosen = GroupFilter.read(request.GET)
    page = read_group_page(request.user, chosen, GroupPlace.read(request.GET.get("after", "")))
    context = {
        "groups": build_comparisons(page.groups, request.user),
        "next": page.next,
        "chosen": chosen,
        "reasons": Reason.choices,
        "kinds": get_compared_kinds(request.user),
        "scan": Scan.objects.first(),
        "job": get_running_scans().first(),
        "rules": DuplicateRules.get_current(),
        "may_merge": bool(get_mergeable_tables(request.user)),
        "may_change_rules": request.user.has_perm(RULES_PERMISSION),
    }
    return render_response(
        request, "duplicates/list.html", context, fragments={"scan": "duplicates/_scan.html"}
    )
