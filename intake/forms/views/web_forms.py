"""The list of web forms in Settings."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from intake.forms.public.visit_counts import build_form_lines
from intake.models import WebForm


@permission_required("intake.view_webform", raise_exception=True)
@require_safe
def web_forms(request):
    rows = WebForm.objects.active().visible_to(request.user).with_names().by_name()
    return render_response(request, "intake/forms/list.html", {"lines": build_form_lines(rows)})
