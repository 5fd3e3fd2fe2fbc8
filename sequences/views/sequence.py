"""One sequence: its steps with their results, and who is in it."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import get_newest_page
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import KINDS
from sequences.models import Enrollment
from sequences.overview.enrollment_counts import count_running
from sequences.overview.enrollment_lines import build_enrollment_lines, visible_enrollments_queryset
from sequences.overview.step_results import RESULTS, build_step_results
from sequences.views.access import get_sequence_or_404

PAGE = 50


@permission_required("sequences.view_sequence", raise_exception=True)
@require_safe
def sequence(request, pk):
    found = get_sequence_or_404(pk, request.user)
    asked = {name: request.GET.get(name, "") for name in ("state", "step", "result")}
    rows = visible_enrollments_queryset(found, request.user, **asked)
    enrollments, older = get_newest_page(rows, request.GET, PAGE)
    kind = KINDS[found.table_of]
    step = found.find_step(asked["step"]) if asked["result"] in RESULTS else None
    results = build_step_results(found, request.user)
    context = {
        "sequence": found,
        "kind": kind,
        "results": results,
        "lines": build_enrollment_lines(found, enrollments, request.user),
        "next": older,
        "states": Enrollment.State.choices,
        "reasons": Enrollment.StopReason.choices,
        "asked_step": step,
        "asked_day": next((one.line.day for one in results if one.line.step == step), ""),
        "running": count_running(found, request.user),
        "asked_result": RESULTS[asked["result"]][0] if step else "",
        "may_stop": request.user.has_perms([kind.get_right("change"), kind.get_right("bulk")]),
        **asked,
    }
    return render_response(request, "sequences/sequence.html", context)
