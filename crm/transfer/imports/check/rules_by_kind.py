"""The import rules of each record type."""

from crm.records.kinds.kind_registry import Kind
from crm.transfer.imports.check.import_rules import ImportRules

# The rules of each record type by its name. Its app registers them.
RULES: dict[str, type[ImportRules]] = {}


def register_import_rules(kind_name: str, rules: type[ImportRules]) -> None:
    RULES[kind_name] = rules


def get_rules_class(kind: Kind) -> type[ImportRules]:
    return RULES[kind.name]
