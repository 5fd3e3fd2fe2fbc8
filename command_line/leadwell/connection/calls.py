"""Calls of API v2: the token goes to one address only, and a call is repeated where it can't do its work twice."""

import json
import ssl
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx

from leadwell import __version__
from leadwell.connection.profiles import Profile
from leadwell.failures import Exit, Failure, build_failure

PREFIX = "/api/v2/"
# How often a call is made in all: with someone in front of it, and in an import or another long work.
ATTEMPTS, PATIENT_ATTEMPTS = 4, 8
# Seconds. A call of Leadwell takes 10 at most.
LONGEST_WAIT = 300
TIMEOUT = httpx.Timeout(60, connect=15)
# After these answers, the same call may work a little later.
PASSING = (429, 502, 503, 504)


def build_http_client(profile: Profile) -> httpx.Client:
    """Redirects aren't followed: the token would go to another host."""
    headers = {
        "Authorization": f"Bearer {profile.token}",
        "Accept": "application/json",
        "User-Agent": f"leadwell-command-line/{__version__}",
    }
    return httpx.Client(base_url=profile.address, headers=headers, follow_redirects=False, timeout=TIMEOUT)


def build_key() -> str:
    """An Idempotency-Key that no other call has."""
    return str(uuid.uuid4())


def pause(seconds: float) -> None:
    time.sleep(seconds)


class Connection:
    """`say` shows a sentence to whoever waits."""

    def __init__(self, profile: Profile, say: Callable[[str], None]) -> None:
        self.profile, self.say = profile, say
        self.client = build_http_client(profile)
        self.attempts = ATTEMPTS

    def get(self, path: str, parameters: Any = None) -> dict[str, Any]:
        return self.call("GET", path, parameters=parameters)

    def post(self, path: str, data: Any = None, key: str | None = None) -> dict[str, Any]:
        """With an Idempotency-Key, so it can be repeated."""
        body = None if data is None else encode_body(data)
        return self.call("POST", path, body=body, headers={"Idempotency-Key": key or build_key()})

    def call(
        self,
        method: str,
        path: str,
        *,
        parameters: Any = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The answer to a call below /api/v2/, or to another address of this Leadwell with a leading slash. Raises Failure."""
        address = path if path.startswith("/") else PREFIX + path
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json"
        repeatable = method == "GET" or "Idempotency-Key" in sent
        for attempt in range(1, self.attempts + 1):
            last = attempt == self.attempts
            try:
                answer = self.client.request(method, address, params=parameters, content=body, headers=sent)
            except httpx.TransportError as error:
                if last or not may_repeat_after(error, repeatable):
                    raise build_connection_failure(self.profile, error, repeatable) from error
                self.wait(2 ** (attempt - 1), "Leadwell can't be reached")
                continue
            except httpx.HTTPError as error:
                raise build_connection_failure(self.profile, error, repeatable) from error
            problem = read_problem(answer, self.profile)
            if problem is None:
                return read_json(answer)
            seconds = get_wait(answer, problem, repeatable)
            if seconds is None or last:
                raise build_failure(answer.status_code, problem)
            self.wait(seconds, str(problem.get("title") or "Leadwell is busy"))
        raise AssertionError("The last attempt returns or raises.")

    def wait(self, seconds: float, why: str) -> None:
        self.say(f"{why}. Trying again in {seconds:.0f} {'second' if seconds == 1 else 'seconds'} …")
        pause(seconds)


def encode_body(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def quote_id(text: str) -> str:
    """An ID in a path."""
    return quote(text, safe="")


def may_repeat_after(error: httpx.TransportError, repeatable: bool) -> bool:
    """What never reached Leadwell can always be sent again. A wrong certificate stays wrong."""
    if is_about_encryption(error):
        return False
    return repeatable or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)


def is_about_encryption(error: BaseException | None) -> bool:
    return error is not None and (
        isinstance(error, ssl.SSLError) or is_about_encryption(error.__cause__ or error.__context__)
    )


def get_wait(answer: httpx.Response, problem: dict[str, Any], repeatable: bool) -> float | None:
    """After how many seconds to make the call again; None if that doesn't help, or might do its work twice."""
    code = problem.get("code")
    # "Nothing was changed", so any call can be repeated.
    if code == "busy":
        return 1
    if answer.status_code not in PASSING or not (repeatable or answer.status_code == 429):
        return None
    wanted = answer.headers.get("Retry-After", "")
    if not wanted.isdecimal():
        return None if code else 2
    return int(wanted) if int(wanted) <= LONGEST_WAIT else None


def read_problem(answer: httpx.Response, profile: Profile) -> dict[str, Any] | None:
    """What Leadwell says is wrong; None after a success. Raises Failure for a redirect."""
    if answer.is_success:
        return None
    if answer.is_redirect or 300 <= answer.status_code < 400:
        to = answer.headers.get("Location", "another address")
        raise Failure(
            Exit.CONNECTION,
            f"{profile.address} leads to {to}. The token wasn't sent there. Sign in at the address of your Leadwell.",
        )
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict) and "code" in problem:
        return problem
    reason = f"{profile.address} answered {answer.status_code} {answer.reason_phrase}".rstrip()
    return {"title": reason, "detail": f"{reason}. Is a Leadwell at this address?"}


def read_json(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code == 204 or not answer.content:
        return {}
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Failure(Exit.CONNECTION, "The answer isn't one of Leadwell. Check the address.")
    return found


def build_connection_failure(profile: Profile, error: Exception, repeatable: bool) -> Failure:
    detail = str(error).replace(profile.token, "…").strip() or type(error).__name__
    known = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) or repeatable
    more = [] if known else ["Leadwell may have done what was asked. Look before you repeat the command."]
    return Failure(Exit.CONNECTION, f"{profile.address} can't be reached: {detail}", more)
