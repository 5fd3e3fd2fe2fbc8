"""What can go wrong with a SCIM call: the errors of RFC 7644, section 3.12."""

from dataclasses import dataclass

from crm.api.problems import ApiProblem

SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"
# Problems that all APIs share, as SCIM names them. Identity providers take 409 for a name that is taken, so a lock is 503.
TYPES = {"unreadable": "invalidSyntax", "invalid": "invalidValue"}
STATUSES = {"invalid": 400, "busy": 503}
DETAILS = {
    "no_key": "Send the token in the header Authorization: Bearer <token>.",
    "bad_key": "This SCIM token doesn't exist or was revoked.",
    "expired": "This SCIM token has expired. Ask an administrator for a new one.",
    "method": "This address doesn't support this method.",
}


@dataclass
class ScimProblem(ApiProblem):
    """A problem with the keyword that SCIM has for it, such as "uniqueness"."""

    scim_type: str = ""


def build_problem(status: int, message: str, scim_type: str = "") -> ScimProblem:
    return ScimProblem(status, "scim", message, scim_type=scim_type)


def build_wrong_value_problem(message: str) -> ScimProblem:
    return build_problem(400, message, "invalidValue")


def build_taken_problem(message: str) -> ScimProblem:
    return build_problem(409, message, "uniqueness")


def build_unchangeable_problem(message: str) -> ScimProblem:
    return build_problem(400, message, "mutability")


def build_missing_problem(what: str, key: str) -> ScimProblem:
    return build_problem(404, f"There is no {what} with the id {key[:50]!r}.")


def build_problem_body(problem: ApiProblem) -> tuple[dict[str, object], int]:
    """The error as JSON, and its status code."""
    status = STATUSES.get(problem.code, problem.status)
    scim_type = getattr(problem, "scim_type", "") or TYPES.get(problem.code, "")
    sentences = [f"{name}: {text}" for name, texts in problem.errors.items() for text in texts]
    detail = " ".join(sentences) or DETAILS.get(problem.code) or problem.message or "Not found."
    body: dict[str, object] = {"schemas": [SCHEMA], "status": str(status), "detail": detail}
    return (body | {"scimType": scim_type} if scim_type else body), status
