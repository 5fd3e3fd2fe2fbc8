"""The page on which a user agrees that a program acts for them, and chooses what it may do."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render

from assistants.forms import AssistantForm, LimitsForm
from assistants.models import AssistantLimits, AssistantProgram
from assistants.sign_in.authorization_request import OAuthProblem, find_request_problem, read_request
from assistants.sign_in.connection_state import PERMISSION
from assistants.sign_in.connections import connect_assistant
from assistants.sign_in.redirect_uris import (
    build_form_target,
    build_redirect,
    describe_destination,
    is_registered,
)
from assistants.sign_in.server_metadata import get_issuer, get_resource
from crm.api.token_scopes import ACTION_LABELS
from crm.models import Token
from crm.platform.web.password_confirmation import require_confirmation

DENIED = OAuthProblem("access_denied", "The user doesn't agree.")


@permission_required(PERMISSION, raise_exception=True)
@require_confirmation
def assistant_connect(request):
    asked = read_request(request.GET)
    program = AssistantProgram.objects.with_public_id(request.GET.get("client_id", "")).first()
    if program is None or not is_registered(asked.redirect_uri, program.redirect_uris):
        return render(request, "assistants/connect_unknown.html", {"program": program}, status=400)
    if problem := find_request_problem(request.GET, get_resource()):
        return render_problem(request, program, asked, problem)
    if request.method == "POST" and request.POST.get("decision") != "connect":
        return lead_back(asked, error=DENIED.code, error_description=DENIED.sentence)
    token = Token(user=request.user, created_by=request.user, purpose=Token.Purpose.ASSISTANT)
    data = request.POST if request.method == "POST" else None
    form = AssistantForm(data, instance=token, by=request.user, initial={"name": program.name})
    limits = LimitsForm(data, instance=AssistantLimits(token=token))
    if data is not None and form.is_valid() and limits.is_valid():
        return lead_back(asked, code=connect_assistant(token, limits.instance, program, asked))
    return render_question(request, program, asked, form, limits)


def render_question(request, program, asked, form, limits):
    context = {
        "program": program,
        "destination": describe_destination(asked.redirect_uri),
        "form": form,
        "limits": limits,
        "actions": ACTION_LABELS,
    }
    page = render(request, "assistants/connect.html", context, status=422 if form.is_bound else 200)
    # Browsers also check where the answer to a form leads to.
    targets = ["'self'", build_form_target(asked.redirect_uri)]
    page._csp_replace = {"form-action": targets}  # type: ignore[attr-defined]
    return page


def render_problem(request, program, asked, problem: OAuthProblem):
    """What the program did wrong, with a link that leads back and says so. A redirect would lead anyone who follows a link to
    Leadwell to any address: everyone may register a program (RFC 9700, 4.11.2)."""
    values = {"error": problem.code, "error_description": problem.sentence}
    context = {
        "program": program,
        "destination": describe_destination(asked.redirect_uri),
        "problem": problem,
        "back": build_back_url(asked, values),
    }
    return render(request, "assistants/connect_problem.html", context, status=400)


def build_back_url(asked, values: dict[str, str]) -> str:
    """`iss` tells a program that knows several servers which one it was (RFC 9207)."""
    return build_redirect(asked.redirect_uri, {**values, "state": asked.state, "iss": get_issuer()})


def lead_back(asked, **values: str) -> HttpResponse:
    # Django's own redirects refuse the schemes of apps. With 303, the browser doesn't send the form again.
    headers = {"Location": build_back_url(asked, values), "Cache-Control": "no-store"}
    return HttpResponse(status=303, headers=headers)
