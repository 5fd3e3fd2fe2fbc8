"""The sequences: the steps of each in one line, who is in it now, and how many replied in the last days."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from sequences.overview.sequence_list import DAYS, build_lines
from sequences.setup.examples import get_examples


@permission_required("sequences.view_sequence", raise_exception=True)
@require_safe
def sequences(request):
    lines = build_lines(request.user)
    context = {"lines": lines, "examples": [] if lines else get_examples(request.user), "days": DAYS}
    return render_response(request, "sequences/list.html", context)
