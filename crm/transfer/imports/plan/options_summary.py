"""The options of an import in words: the last file's choices for these headers, and the settings shown in the preview."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Import
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.import_rules import TO_MAKE, ImportRules
from crm.transfer.imports.check.unnamed_rows import describe_named_rows
from crm.transfer.imports.columns.column_day_orders import describe_unsure_orders
from crm.transfer.imports.columns.file_columns import get_day_columns, get_target_heading
from crm.transfer.imports.columns.import_options import (
    DUPLICATE_CHOICES,
    MODE_CHOICES,
    REPEATED_CHOICES,
    get_match_choices,
)
from crm.transfer.imports.columns.saved_mappings import is_unconfirmed_guess
from crm.transfer.imports.links.new_records import get_new_names, get_planned_new_records
from crm.transfer.imports.read.rows_without_records import describe_rows_without_records


def describe_chosen_options(options: dict[str, Any], first: dict[str, Any], rules: ImportRules) -> list[str]:
    """The options that differ from the defaults, as parts of a sentence."""
    found = [
        f"{_get_label(rules, name)}: {text}"
        for name in (*rules.defaults, "tags")
        if options["defaults"].get(name) != first["defaults"].get(name)
        and (text := _describe_default(rules, name, options["defaults"].get(name)))
    ]
    for name, label, choices in (
        ("mode", _("import mode"), MODE_CHOICES),
        ("match", _("record matching"), get_match_choices(type(rules))),
        ("duplicates", _("rows that look like existing records"), DUPLICATE_CHOICES),
        ("repeated", _("repeated rows"), REPEATED_CHOICES),
    ):
        if options[name] != first[name]:
            found.append(f"{label}: {dict(choices)[options[name]]}")
    if "field" in options["match"].split("_"):
        found.append(_("matched by: %(field)s") % {"field": get_target_heading(rules.kind, options["key"])})
    if options.get("link"):
        found.append(_("existing companies are linked"))
    if options.get("name_from"):
        words = {"field": get_target_heading(rules.kind, options["name_from"])}
        found.append(_("rows without a name: named by %(field)s") % words)
    if options.get("last_name_first"):
        found.append(_("names: last name first"))
    return [*found, _("owners aren’t notified")] if options["silent"] else found


def describe_settings(imported: Import, rules: ImportRules) -> list[str]:
    """Settings that apply to all rows of the preview and aren't shown at each row, as sentences."""
    options = imported.options
    found = [*_describe_guesses(imported, rules), *describe_rows_without_records(imported)]
    if options.get("mode", "both") != "both":
        found.append(f"{dict(MODE_CHOICES)[options['mode']]}.")
    if tags := _describe_default(rules, "tags", imported.defaults.get("tags")):
        found.append(_("All new records get these tags: %(tags)s.") % {"tags": tags})
    if named := describe_named_rows(imported):
        found.append(named)
    if options.get("last_name_first"):
        found.append(_("Names are read with the last name first."))
    if options.get("by_rules"):
        found.append(_("New records without an owner are assigned by rules."))
    if options.get("silent"):
        found.append(_("Owners aren’t notified about the records they get."))
    if names := [told["name"] for told in imported.new_fields.values()]:
        words = ngettext(
            "%(number)s custom field is created: %(names)s.",
            "%(number)s custom fields are created: %(names)s.",
            len(names),
        )
        found.append(words % {"number": len(names), "names": ", ".join(names)})
    found += describe_unsure_orders(imported, get_day_columns(rules.kind))
    return [*found, *_describe_links(imported, rules), *rules.describe_links(imported.counts)]


def _describe_guesses(imported: Import, rules: ImportRules) -> list[str]:
    """The columns that nothing but their values maps to a field."""
    pairs = enumerate(zip(imported.columns, imported.mapping, strict=True))
    return [
        _("“%(column)s” is imported as %(field)s, guessed from its values.")
        % {"column": imported.get_heading(place), "field": get_target_heading(rules.kind, name)}
        for place, (column, name) in pairs
        if is_unconfirmed_guess(column, name)
    ]


def _describe_links(imported: Import, rules: ImportRules) -> list[str]:
    """The records that are added because the file links to them."""
    planned = get_planned_new_records(imported, rules.kind)
    counts = {
        table: len({*get_new_names([text.removeprefix(TO_MAKE) for _column, text in pairs]).values()})
        for table, pairs in planned.items()
    }
    return [
        _("Also added, because rows link to them: %(records)s.")
        % {"records": KINDS[table].words.counted(count)}
        for table, count in counts.items()
    ]


def _get_label(rules: ImportRules, name: str) -> str:
    return rules.kind.get_heading(name)


def _describe_default(rules: ImportRules, name: str, value: Any) -> str:
    """The label of a default, or of several."""
    labels = {str(choice): str(label) for choice, label in rules.choices.get(name, [])}
    values = value if isinstance(value, list) else [value] if value else []
    return ", ".join(labels[str(item)] for item in values if str(item) in labels)
