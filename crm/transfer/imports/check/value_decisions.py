"""The user's decisions about values that don't exist here or are retired: one for all spellings of a value.

The decisions of an import are {field: {folded name: decision}}: one of the words below, the ID of another value, or the
name of a value to create.
"""

from typing import Any

from crm.platform.text.text_folding import fold_text
from crm.transfer.imports.check.import_rules import TO_MAKE

REFUSE, EMPTY, CREATE = "refuse", "empty", "create"

Decisions = dict[str, dict[str, Any]]


def get_decision(decisions: Decisions, field: str, text: str) -> Any:
    """The decision about this name, or None. Imports started before decisions had names ask again."""
    decision = decisions.get(field, {}).get(fold_text(text))
    return None if decision == CREATE else decision


def store_decision(decisions: Decisions, field: str, text: str, chosen: str) -> None:
    """Save the submitted form of unknown values. A new value gets the spelling shown in the form."""
    decision: Any = int(chosen) if chosen.isdecimal() else chosen
    decisions.setdefault(field, {})[fold_text(text)] = f"{TO_MAKE}{text}" if chosen == CREATE else decision


def is_create_decision(decision: Any) -> bool:
    """Whether to create the value, or reactivate it if it is retired."""
    return str(decision).startswith(TO_MAKE)


def get_earlier_choice(decisions: Decisions, field: str, text: str) -> str | None:
    """The form value of an earlier decision, or None."""
    decision = get_decision(decisions, field, text)
    if decision is None:
        return None
    return CREATE if is_create_decision(decision) else str(decision)


def get_reactivated_values(decisions: Decisions, resource: Any, fields: Any) -> dict[str, set[int]]:
    """The retired values, by field, that the user has decided to reactivate."""
    found: dict[str, set[int]] = {}
    for field in fields:
        for text, decision in decisions.get(field, {}).items():
            pk = resource.widget(field).find_retired(text) if is_create_decision(decision) else None
            if pk is not None:
                found.setdefault(field, set()).add(pk)
    return found
