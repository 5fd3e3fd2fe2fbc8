"""A program gives its access back (RFC 7009), such as when a user removes it there."""

from django.http import HttpRequest, JsonResponse

from assistants.sign_in.authorization_request import OAuthProblem
from assistants.sign_in.program_calls import answer_program, build_json, build_problem, read_form
from assistants.sign_in.token_calls import revoke_access


@answer_program
def oauth_revoke(request: HttpRequest) -> JsonResponse:
    sent = read_form(request)
    if isinstance(sent, OAuthProblem):
        return build_problem(sent)
    if not sent.get("token"):
        return build_problem(OAuthProblem("invalid_request", "Send the token that is to be revoked."))
    revoke_access(sent)
    return build_json({})
