"""What a person decides that a value becomes which does not exist here or is retired: once for all its spellings.

The decisions of an import are {field: {folded name: decision}}: one of the words below, the id of another value, or what
is to be made, by its name.
"""

from typing import Any

from crm.imports.rules import TO_MAKE
from crm.records.folding import plain

REFUSE, EMPTY, CREATE = "refuse", "empty", "create"

Decisions = dict[str, dict[str, Any]]


def decided(decisions: Decisions, field: str, text: str) -> Any:
    """The decision about this name, or None. An import that began before decisions held names is asked again."""
    decision = decisions.get(field, {}).get(plain(text))
    return None if decision == CREATE else decision


def decide(decisions: Decisions, field: str, text: str, chosen: str) -> None:
    """Keep what the form of the unknown values sends. A new value gets the spelling that the form shows."""
    decision: Any = int(chosen) if chosen.isdecimal() else chosen
    decisions.setdefault(field, {})[plain(text)] = f"{TO_MAKE}{text}" if chosen == CREATE else decision


def creates(decision: Any) -> bool:
    """Whether the value is to be made, or taken back into use where it is retired."""
    return str(decision).startswith(TO_MAKE)


def chosen_before(decisions: Decisions, field: str, text: str) -> str | None:
    """What the form sends for the decision there is, or None."""
    decision = decided(decisions, field, text)
    if decision is None:
        return None
    return CREATE if creates(decision) else str(decision)


def used_again(decisions: Decisions, resource: Any, fields: Any) -> dict[str, set[int]]:
    """The retired values, by field, that a person has decided to use again."""
    found: dict[str, set[int]] = {}
    for field in fields:
        for text, decision in decisions.get(field, {}).items():
            pk = resource.widget(field).retired_named(text) if creates(decision) else None
            if pk is not None:
                found.setdefault(field, set()).add(pk)
    return found
