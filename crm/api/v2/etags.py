"""ETag, If-Match and If-None-Match: the version of a record, so that callers don't overwrite changes they haven't seen, and don't read
again what they have.

At the address of a merged record, the ID of the record that it was merged into follows the version: the versions of two
records may be the same number.
"""

import re

from django.http import HttpRequest

from crm.api.problems import ApiProblem

# A proxy that compresses a response makes its ETag weak; the version is the same.
ONE = re.compile(r'\s*(?:W/)?"(\d{1,10}(?:-\d{1,19})?)"\s*')


def build_etag(version: int, into: int | None = None) -> str:
    """`into` is the record that the one in the address was merged into."""
    return f'"{version}-{into}"' if into else f'"{version}"'


def check_version(request: HttpRequest, version: int, into: int | None = None) -> None:
    """Raises Problem 412 if the call was made for another version, 400 for a header that isn't one of our ETags."""
    sent = request.headers.get("If-Match", "").strip()
    if not sent or sent == "*":
        return
    found = [ONE.fullmatch(part) for part in sent.split(",")]
    if not all(found):
        sentence = 'Send the ETag of the record, with its quotes: If-Match: "3".'
        raise ApiProblem(400, "invalid_etag", sentence, {"If-Match": [sentence]})
    current = build_etag(version, into)
    if current.strip('"') not in [match[1] for match in found if match]:
        problem = build_changed_since_problem(version, "If-Match")
        problem.headers["ETag"] = current
        raise problem


def build_changed_since_problem(version: int, name: str) -> ApiProblem:
    """`name` is that of the header or the field with the version that the program knows."""
    sentence = f"The record is at version {version} now. Read it again and repeat the change."
    return ApiProblem(412, "changed_since", sentence, {name: [sentence]})


def does_program_have(request: HttpRequest, etag: str) -> bool:
    """Whether this is a version that the program already has (RFC 9110, 13.1.2). What it sends in another form isn't one."""
    sent = request.headers.get("If-None-Match", "")
    return any(part.strip().removeprefix("W/") == etag for part in sent.split(","))
