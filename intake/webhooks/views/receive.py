"""The address at which other programs deliver: no login, no cookies, a short answer in JSON."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.api.call_body import read_body
from crm.api.problems import ApiProblem
from crm.platform.configuration.company import get_company_language
from crm.platform.web.client_address import get_client_address
from crm.platform.web.request_cache import cache_reads_once
from crm.platform.web.transactions import set_transaction_limits
from intake.models import IncomingCall, IncomingWebhook
from intake.webhooks.body_paths import LARGEST_BODY, get_body_and_content_type
from intake.webhooks.call_processing import WrongKey, receive_call
from intake.webhooks.call_rate import record_call_and_get_wait, write_refused_call_count
from intake.webhooks.call_splitting import TOO_MANY
from intake.webhooks.call_verification import is_authentic

WORDS = {"added": "added", "updated": "updated", "skipped": "skipped", "attention": "needs_attention"}
LONGEST_CHALLENGE = 200
AGAIN_AFTER = "30"


# The view opens its own transaction: what is counted survives a rollback.
@transaction.non_atomic_requests
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, public_id: str) -> HttpResponse:
    webhook = IncomingWebhook.objects.with_address(public_id).first()
    secret = getattr(request, "secret_in_path", "")
    if webhook is None or webhook.has_secret_address != bool(secret):
        return build_status_response("unknown_address", 401)
    if webhook.has_secret_address and not webhook.is_secret(secret):
        write_refused_call_count(webhook)
        return build_status_response("unknown_address", 401)
    if request.method != "POST":
        return answer_challenge(request, webhook)
    try:
        read_body(request, LARGEST_BODY)
    except ApiProblem as problem:
        return build_status_response(problem.code, problem.status)
    if not is_authentic(webhook, secret, request.body, request.headers.get(webhook.signature_header, "")):
        write_refused_call_count(webhook)
        return build_status_response("wrong_signature", 401)
    return receive_body(request, webhook)


def receive_body(request: HttpRequest, webhook: IncomingWebhook) -> HttpResponse:
    if wait := record_call_and_get_wait(webhook):
        return build_status_response("too_many_calls", 429, **{"Retry-After": str(wait)})
    body, content_type = get_body_and_content_type(request)
    try:
        with translation.override(get_company_language()), cache_reads_once(), transaction.atomic():
            set_transaction_limits()
            # One call at a time, so that two about the same person don't both add a lead.
            locked = IncomingWebhook.objects.lock_and_get(webhook.pk)
            if locked is None:
                return build_status_response("unknown_address", 401)
            calls = receive_call(locked, body, content_type, request.headers, get_client_address(request))
    except WrongKey:
        write_refused_call_count(webhook)
        return build_status_response("wrong_key", 401)
    except (OperationalError, IntegrityError):
        # Locked rows, a slow statement, or a row that was deleted meanwhile: nothing was written, and the program sends the call again.
        return build_status_response("busy", 503, **{"Retry-After": AGAIN_AFTER})
    return build_outcome_response(calls)


def build_outcome_response(calls: list[IncomingCall | None]) -> HttpResponse:
    """One word, or one for each record of the call."""
    if [call.problems for call in calls if call] == [[{"code": TOO_MANY}]]:
        return build_status_response(TOO_MANY, 413)
    words = [WORDS[call.state] if call else "repeated" for call in calls]
    if len(words) == 1:
        return build_status_response(words[0])
    return JsonResponse({"status": "processed", "records": words}, headers=KEPT_NOWHERE)


def answer_challenge(request: HttpRequest, webhook: IncomingWebhook) -> HttpResponse:
    """Meta asks once whether the address belongs to whoever entered it there (developers.facebook.com, "Webhooks")."""
    asked = request.GET.get("hub.challenge", "")
    if request.GET.get("hub.mode") != "subscribe" or not webhook.is_key(
        request.GET.get("hub.verify_token", "")
    ):
        return build_status_response("unknown_address", 401)
    return HttpResponse(
        asked[:LONGEST_CHALLENGE], content_type="text/plain; charset=utf-8", headers=KEPT_NOWHERE
    )


KEPT_NOWHERE = {"Cache-Control": "no-store"}


def build_status_response(word: str, status: int = 200, **headers: Any) -> HttpResponse:
    return JsonResponse({"status": word}, status=status, headers={**KEPT_NOWHERE, **headers})
