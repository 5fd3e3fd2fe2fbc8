"""The import rules of each record type."""

from crm.imports.rules import ImportRules
from crm.records.kinds import Kind

# The rules of each record type by its name. Its app registers them.
RULES: dict[str, type[ImportRules]] = {}


def register(kind_name: str, rules: type[ImportRules]) -> None:
    RULES[kind_name] = rules


def rules_of(kind: Kind) -> type[ImportRules]:
    return RULES[kind.name]
