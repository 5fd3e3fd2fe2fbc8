"""A program registers itself (RFC 7591). Until a user agrees to something, it may do nothing with that."""

import json

from django.http import HttpRequest, JsonResponse

from assistants.sign_in.authorization_request import OAuthProblem
from assistants.sign_in.program_calls import answer_program, build_json, build_problem
from assistants.sign_in.registration import (
    build_registration_json,
    find_registration_problem,
    has_too_many_registrations,
    register_program,
)
from crm.platform.web.client_address import get_storable_address

TOO_MANY = OAuthProblem("slow_down", "Too many programs have registered. Try again in an hour.")
UNREADABLE = OAuthProblem("invalid_client_metadata", "The body isn't valid JSON.")


@answer_program
def oauth_register(request: HttpRequest) -> JsonResponse:
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        return build_problem(UNREADABLE)
    if problem := find_registration_problem(sent):
        return build_problem(problem)
    address = get_storable_address(request)
    if has_too_many_registrations(address):
        return build_problem(TOO_MANY)
    return build_json(build_registration_json(register_program(sent, address)), 201)
