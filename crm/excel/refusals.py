"""Why a file was not read, in sentences that say what to do. The reading process gives the codes (crm/excel/child.py)."""

from django.utils.translation import gettext as _

from crm.excel import limits
from crm.excel.encodings import encoding_in_words
from crm.templatetags.look import number


def sentence(code: str, detail: str = "") -> str:
    """The refusal in the reader's language."""
    if code == "encoding":
        detail = encoding_in_words(detail)
    elif code == "disguised":
        detail = contents().get(detail, detail)
    sentences = {
        "kind": _("This is none of the kinds of file that can be imported: .xlsx, .xls, .ods, .csv or .tsv."),
        "empty": _("The file is empty."),
        "no_rows": _("The sheet “%(detail)s” is empty."),
        "password": _("The file is protected with a password. Save it without one and try again."),
        "disguised": _("The file’s name doesn’t match its content (%(detail)s). Open it in the program that made it and save it "
                       "as .xlsx or .csv.") if detail != "?" else
                     _("This file isn’t a spreadsheet. Choose an .xlsx, .xls, .ods, .csv or .tsv file."),
        "broken": _("The file is damaged or not complete. Open it in Excel or LibreOffice, save it anew and try again."),
        "size": _("The file is larger than %(detail)s MB. Take out what is not needed, or split it."),
        "unpacked": _("Unpacked, the file is larger than %(detail)s MB. Split it and import the parts."),
        "bomb": _("Unpacked, the file is hundreds of times larger. Open it in Excel or LibreOffice, save it anew and try again."),
        "suspicious": _("The file holds things that no table needs, such as entities. Save it anew as .xlsx and try again."),
        "rows": _("The sheet has more than %(detail)s rows. Split it and import the parts."),
        "cells": _("From its first to its last cell the sheet spans more than %(detail)s cells, empty ones among them. A cell far "
                   "down or far right may be the reason: copy the rows into a new file, or split it."),
        "columns": _("The sheet has more than %(detail)s columns. Take out those that are not needed."),
        "sheets": _("The file has more than %(detail)s sheets. Take out those that are not needed."),
        "cell": _("Cell %(detail)s is longer than any text that can be stored. In a CSV file a quote may be missing."),
        "quote": _("A quotation mark in the row that starts on line %(detail)s is never closed, so the rest of the file can’t be "
                   "read. Close it in a text editor and upload the file again."),
        "sheet": _("There is no sheet “%(detail)s” in the file."),
        "memory": _("The file needs more memory than an import may use. A cell far down or far right may be the reason; "
                    "copy the rows into a new file."),
        "time": _("Reading took longer than %(detail)s seconds. Split the file and import the parts."),
        "disk": _("The server could not store the file: its disk is full. Tell the people who run it; nothing was changed."),
        "encoding": _("The text can’t be read as %(detail)s. Choose another encoding, or save the file as CSV UTF-8."),
    }  # fmt: skip
    return sentences.get(code, sentences["broken"]) % {"detail": detail}


def contents() -> dict[str, str]:
    """What a file may turn out to be, where the reading process has a name of its own for it."""
    return {
        "text": _("plain text"),
        "xlsx": _("an Excel workbook, .xlsx"),
        "xls": _("an old Excel workbook, .xls"),
        "xlsb": _("a binary Excel workbook, .xlsb"),
        "ods": _("a LibreOffice workbook, .ods"),
    }


def limits_in_words() -> str:
    words = _(
        "Up to %(size)s MB (%(unpacked)s MB unpacked), %(sheets)s sheets, %(rows)s rows, %(columns)s columns and %(cells)s cells, "
        "read within %(seconds)s seconds."
    )
    return words % {
        "size": limits.FILE_BYTES // 1_000_000,
        "unpacked": number(limits.UNPACKED_BYTES // 1_000_000),
        "sheets": limits.SHEETS,
        "seconds": limits.SECONDS,
        "rows": number(limits.ROWS),
        "columns": limits.COLUMNS,
        "cells": number(limits.CELLS),
    }
