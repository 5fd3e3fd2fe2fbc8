"""The notes next to each column on the mapping page."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.fields.custom.files.file_values import is_file
from crm.fields.types.field_type import get_field_type
from crm.fields.types.texts import Code, Phone
from crm.models import Import
from crm.platform.excel.writing.cell_values import get_column_letters
from crm.platform.text.quotation import quote_text
from crm.platform.text.text_folding import normalize_heading
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.templatetags.look import number
from crm.transfer.imports.check.common_errors import get_main_reason
from crm.transfer.imports.columns.column_day_orders import describe_day_order
from crm.transfer.imports.columns.file_columns import (
    CALLING_CODE,
    TO_DESCRIPTION,
    get_day_columns,
    get_read_only_field_names,
    get_target_heading,
)
from crm.transfer.imports.columns.header_words import get_headers
from crm.transfer.imports.columns.opt_out_columns import describe_opt_outs, is_opt_out
from crm.transfer.imports.columns.program_exports import get_skipped_column_note
from crm.transfer.imports.columns.saved_mappings import is_unconfirmed_guess


def get_import_warnings(imported: Import) -> list[str]:
    """The warnings above all columns about data that probably shouldn't be imported."""
    found = []
    if imported.header_row == 0:
        found.append(
            _("The file has no header row, so its columns go by their letters. Every row is imported.")
        )
    for place, column in enumerate(imported.columns):
        words = {"line": column.get("unclosed"), "column": imported.get_heading(place)}
        if words["line"]:
            found.append(
                _(
                    "A quotation mark that opens on line %(line)s is never closed, so the rest of the file is in one cell of "
                    "“%(column)s”. Close it in a text editor and upload the file again."
                )
                % words
            )
        if "f" in column["kinds"]:
            found.append(
                _(
                    "“%(column)s” has formulas without calculated values. Open the file in Excel or LibreOffice, save it, and "
                    "upload it again."
                )
                % words
            )
    found += _describe_same_headings(imported)
    found += describe_opt_outs(imported)
    if imported.name.lower().endswith(".xlsm"):
        found.append(_("Macros in this file aren’t read. Only the values of its cells are imported."))
    return found


def _describe_same_headings(imported: Import) -> list[str]:
    by_heading: dict[str, list[int]] = {}
    for place, column in enumerate(imported.columns):
        if column["heading"]:
            by_heading.setdefault(normalize_heading(column["heading"]), []).append(place)
    return [
        _("Columns %(letters)s have the same header, “%(heading)s”. Check where each of them goes.")
        % {
            "letters": ", ".join(get_column_letters(place + 1) for place in places),
            "heading": imported.get_heading(places[0]),
        }
        for places in by_heading.values()
        if len(places) > 1
    ]


def get_column_note(imported: Import, place: int) -> str:
    kind = KINDS[imported.table]
    column, name = imported.columns[place], imported.mapping[place]
    meant = get_headers(kind, imported.user).find_field(column["heading"])
    if reason := get_main_reason(imported, place):
        words = {"reason": reason[0], "number": number(reason[1])}
        return ngettext("%(number)s row: %(reason)s", "%(number)s rows: %(reason)s", reason[1]) % words
    if not column["filled"]:
        return _("Empty")
    if is_unconfirmed_guess(column, name):
        return describe_guess(column)
    if note := get_skipped_column_note(imported, place):
        return note
    if not name and is_opt_out(column["heading"]):
        return _("Opt-outs aren’t imported")
    if not name and meant == "newsletter":
        return _("Consent isn’t imported")
    if not name and is_product_set_column(imported, place):
        return describe_unwritten_column(kind, meant)
    if not name and is_read_only_column(imported, place):
        return _("You can see this field, but your roles can’t edit it")
    if not name and meant == "id":
        return _("IDs from another system")
    if not name and (doubted := column.get("doubted")):
        return _("Most values don’t fit “%(field)s”") % {"field": get_target_heading(kind, doubted)}
    return _describe_column(kind, imported, place, name)


def describe_unwritten_column(kind: Kind, name: str) -> str:
    """Why files don't write this field."""
    if not kind.has_custom(name):
        return _("Set automatically")
    if is_file(kind.get_field(name)):
        return _("Files are uploaded in the form of a record. The column only has their names")
    return _("Computed by a formula")


def describe_guess(column: dict) -> str:
    """What a guess is based on: "Guessed from its values: “0722 111 001”, “0722 111 002”, “0722 111 003”"."""
    samples = ", ".join(quote_text(text) for text in column["samples"])
    return _("Guessed from its values: %(values)s") % {"values": samples}


def is_read_only_column(imported: Import, place: int) -> bool:
    """Whether the header, or the mapping of an earlier file, means a field that the importer may not edit."""
    kind = KINDS[imported.table]
    meant = get_headers(kind, imported.user).find_field(imported.columns[place]["heading"])
    closed = get_read_only_field_names(kind, imported.user)
    return meant in closed or imported.columns[place].get("told") in closed


def is_product_set_column(imported: Import, place: int) -> bool:
    """Whether a column has values that only the product sets, such as those of a formula. In a file without the IDs of an export, a
    column such as "Score" is what another program has by that name."""
    kind = KINDS[imported.table]
    headers = get_headers(kind, imported.user)
    meant = headers.find_field(imported.columns[place]["heading"])
    if meant not in kind.get_never_imported_columns(imported.user):
        return False
    return kind.has_custom(meant) or any(
        headers.find_field(one["heading"]) == "id" for one in imported.columns
    )


def _describe_column(kind: Kind, imported: Import, place: int, name: str) -> str:
    column = imported.columns[place]
    if name == "id":
        return _("Matches existing records")
    if name == "version":
        return _("Detects newer edits")
    if name == CALLING_CODE:
        return _("Joined with the phone")
    if name == TO_DESCRIPTION:
        return _("Added as a line of the description")
    if name in get_day_columns(kind):
        order = describe_day_order(imported, place)
        return _("New records only") + f". {order}" if name in kind.resource.only_for_new else order
    if keeps_zeros(kind, name) and any(text.startswith("0") for text in column["samples"]):
        return _("Leading zeros kept")
    return ""


def keeps_zeros(kind: Kind, name: str) -> bool:
    """Whether leading zeros matter in the field: phones and codes."""
    by_name = {field.name: field for field in kind.model._meta.concrete_fields}
    return name in by_name and type(get_field_type(by_name[name])) in (Phone, Code)


def describe_evidence(proposed: dict) -> str:
    """What a guessed choice is based on: "6 values, most often Student (210)"."""
    if not proposed["choices"]:
        return ""
    (most, count), number_of_values = proposed["choices"][0], len(proposed["choices"])
    words = ngettext(
        "%(values)s value: %(most)s (%(count)s)",
        "%(values)s values, most often %(most)s (%(count)s)",
        number_of_values,
    )
    return words % {"values": number_of_values, "most": most, "count": number(count)}
