"""The incoming webhooks: where other programs deliver, and what became of their last calls."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from intake.models import IncomingWebhook


@permission_required("intake.view_incomingwebhook", raise_exception=True)
@require_safe
def webhooks(request):
    rows = IncomingWebhook.objects.visible_to(request.user).with_last_call().by_name()
    return render_response(request, "intake/webhooks/list.html", {"webhooks": rows})
