"""A program fetches its access: for the code that it got when a user agreed, or for the renewal that it got with the last one."""

from django.http import HttpRequest, JsonResponse

from assistants.models import AssistantProgram
from assistants.sign_in.authorization_request import OAuthProblem
from assistants.sign_in.program_calls import answer_program, build_json, build_problem, read_form
from assistants.sign_in.token_calls import answer_token_call

UNKNOWN = OAuthProblem("invalid_client", "There is no such program. Register again.")


@answer_program
def oauth_token(request: HttpRequest) -> JsonResponse:
    sent = read_form(request)
    if isinstance(sent, OAuthProblem):
        return build_problem(sent)
    if not AssistantProgram.objects.with_public_id(sent.get("client_id", "")).exists():
        return build_problem(UNKNOWN)
    answer = answer_token_call(sent)
    return build_problem(answer) if isinstance(answer, OAuthProblem) else build_json(answer)
