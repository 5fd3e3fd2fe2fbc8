"""The program that passes an assistant's messages on, as a download."""

from pathlib import Path

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from assistants import leadwell_mcp

SOURCE = Path(leadwell_mcp.__file__)


@permission_required("crm.view_token", raise_exception=True)
@require_safe
def assistant_program(request):
    headers = {"Content-Disposition": f'attachment; filename="{SOURCE.name}"'}
    return HttpResponse(SOURCE.read_bytes(), content_type="text/x-python; charset=utf-8", headers=headers)
