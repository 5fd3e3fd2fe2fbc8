"""What stops a command: a sentence for people, and an exit code for scripts."""

import difflib
import enum
from typing import Any

LONGEST_LIST = 300
SIGN_IN_CODES = ("no_key", "bad_key", "expired", "address")


class Exit(enum.IntEnum):
    DONE = 0
    REFUSED = 1
    USAGE = 2
    SIGN_IN = 3
    NOT_FOUND = 4
    CONNECTION = 5
    STOPPED = 130


class Failure(Exception):
    """Ends the command. `details` are lines below the sentence, such as one for each wrong field."""

    def __init__(self, code: Exit, sentence: str, details: list[str] | None = None) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.details = code, sentence, details or []


class ValueRefused(Failure):
    """One value can't be written. An import refuses its row alone."""

    def __init__(self, sentence: str, code: Exit = Exit.USAGE) -> None:
        super().__init__(code, sentence)


def get_exit_code(status: int, code: str) -> Exit:
    """The exit code for an answer of Leadwell that isn't a success."""
    if status == 401 or code in SIGN_IN_CODES:
        return Exit.SIGN_IN
    if status == 404:
        return Exit.NOT_FOUND
    if status == 429 or status >= 500:
        return Exit.CONNECTION
    return Exit.REFUSED


def build_failure(status: int, problem: dict[str, Any]) -> Failure:
    """The failure for problem details (RFC 9457)."""
    code = str(problem.get("code") or "")
    exit_code = get_exit_code(status, code)
    sentence = str(problem.get("detail") or problem.get("title") or f"Leadwell answered {status}.")
    details = build_error_lines(problem)
    if len(details) == 1 and details[0].endswith(sentence):
        details = []
    if problem.get("duplicate_of"):
        details.append(f"The existing record has the ID {problem['duplicate_of']}.")
    if exit_code is Exit.SIGN_IN:
        details.append("Sign in again with: leadwell login ADDRESS")
    return Failure(exit_code, sentence, details)


def build_error_lines(problem: dict[str, Any]) -> list[str]:
    """A line for each wrong field or parameter, with its name in front."""
    lines = []
    for error in problem.get("errors") or []:
        name, detail = (
            error.get("parameter"),
            shorten_allowed(str(error.get("detail")), error.get("parameter")),
        )
        lines.append(f"{name}: {detail}" if name else detail)
    return lines


def shorten_allowed(detail: str, name: str | None) -> str:
    """A list of leads has four hundred filters. Of a long list of what is allowed, only what is like the wrong name is shown."""
    sentence, sign, allowed = detail.partition(" Allowed: ")
    if not sign or len(allowed) < LONGEST_LIST:
        return detail
    similar = difflib.get_close_matches(name or "", allowed.rstrip(".").split(", "), n=5, cutoff=0.5)
    hint = (
        f"Similar ones: {', '.join(similar)}." if similar else "The address of a list in Leadwell shows them."
    )
    return f"{sentence} {hint}"
