"""What the addresses for programs share: no cookie, a small body, an answer in JSON that nothing keeps, errors as OAuth has them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import TooManyFieldsSent
from django.db import OperationalError, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from assistants.sign_in.authorization_request import OAuthProblem, find_repeated_name
from assistants.sign_in.registration import LARGEST_BODY
from crm.api.call_body import read_body
from crm.api.problems import ApiProblem
from crm.platform.web.transactions import is_locked, set_transaction_limits

# A program of which nothing is known here has to register again.
STATUS_BY_CODE = {"invalid_client": 401, "temporarily_unavailable": 503, "slow_down": 429}
BUSY = OAuthProblem("temporarily_unavailable", "Send the same call again in a moment.")


def answer_program(view: Callable[[HttpRequest], JsonResponse]) -> Callable[[HttpRequest], JsonResponse]:
    """A POST without a user. What it writes stays even if the answer is an error, so it isn't rolled back by that."""

    @transaction.non_atomic_requests
    @csrf_exempt
    @login_not_required
    @require_POST
    @wraps(view)
    def wrapped_view(request: HttpRequest) -> JsonResponse:
        try:
            read_body(request, LARGEST_BODY)
            with translation.override("en"), transaction.atomic():
                set_transaction_limits()
                return view(request)
        except ApiProblem as problem:
            return build_json(
                {"error": "invalid_request", "error_description": problem.message}, problem.status
            )
        except TooManyFieldsSent:
            return build_problem(OAuthProblem("invalid_request", "The body has too many fields."))
        except OperationalError as error:
            if not is_locked(error):
                raise
            return build_problem(BUSY)

    return wrapped_view


def read_form(request: HttpRequest) -> dict[str, str] | OAuthProblem:
    """The parameters in the body."""
    if name := find_repeated_name(request.POST):
        return OAuthProblem("invalid_request", f"{name[:40]} was sent twice.")
    return {name: str(value) for name, value in request.POST.items()}


def build_json(body: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


def build_problem(problem: OAuthProblem) -> JsonResponse:
    body = {"error": problem.code, "error_description": problem.sentence}
    return build_json(body, STATUS_BY_CODE.get(problem.code, 400))
