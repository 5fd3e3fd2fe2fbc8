"""Why a file was rejected, in sentences that say what to do; the reading process sends the codes (crm/platform/excel/reading/reader_process.py)."""

from django.utils.translation import gettext as _

from crm.platform.excel.reading import limits
from crm.platform.excel.reading.encodings import describe_encoding
from crm.templatetags.look import number


def get_rejection_sentence(code: str, detail: str = "") -> str:
    """The reason in the user's language."""
    if code == "encoding":
        detail = describe_encoding(detail)
    elif code == "disguised":
        detail = get_content_names().get(detail, detail)
    sentences = {
        "kind": _("This file type can’t be imported. Use .xlsx, .xls, .ods, .csv or .tsv."),
        "empty": _("The file is empty."),
        "no_rows": _("The sheet “%(detail)s” is empty."),
        "password": _("The file is password-protected. Save it without a password and try again."),
        "disguised": _("The file’s name doesn’t match its content (%(detail)s). Open it in the program that made it and save it "
                       "as .xlsx or .csv.") if detail != "?" else
                     _("This file isn’t a spreadsheet. Choose an .xlsx, .xls, .ods, .csv or .tsv file."),
        "broken": _("The file is damaged or incomplete. Open it in Excel or LibreOffice, save a "
                    "new copy and import that."),
        "size": _("The file is larger than %(detail)s MB. Remove the data you don’t need, or "
                  "split the file."),
        "unpacked": _("The file is larger than %(detail)s MB when unpacked. Split it and import the "
                      "parts."),
        "bomb": _("The file becomes hundreds of times larger when unpacked. Open it in Excel or "
                  "LibreOffice, save a new copy and import that."),
        "suspicious": _("The file contains content that doesn’t belong in a spreadsheet, such as XML "
                        "entities. Save it as .xlsx and try again."),
        "rows": _("The sheet has more than %(detail)s rows. Split it and import the parts."),
        "cells": _("The sheet spans more than %(detail)s cells, including empty ones. This can "
                   "happen when one cell is far down or far to the right. Copy the rows into a "
                   "new file, or split the file."),
        "columns": _("The sheet has more than %(detail)s columns. Remove the columns you don’t need."),
        "sheets": _("The file has more than %(detail)s sheets. Remove the sheets you don’t need."),
        "cell": _("A text in row %(detail)s is too long to be saved. In a CSV file, a "
                  "quotation mark may be missing."),
        "quote": _("A quotation mark in the row that starts on line %(detail)s is never closed, so the rest of the file can’t be "
                   "read. Close it in a text editor and upload the file again."),
        "sheet": _("The file doesn’t contain the sheet “%(detail)s”."),
        "memory": _("The file needs too much memory to be imported. This can happen when one cell "
                    "is far down or far to the right. Copy the rows into a new file."),
        "time": _("Reading the file took longer than %(detail)s seconds. Split the file and "
                  "import the parts."),
        "disk": _("The server is out of disk space, so the file couldn’t be saved. Nothing was "
                  "changed. Tell your administrator."),
        "store": _("The file store can’t be reached, so the file couldn’t be saved. Nothing was changed. Try again in a "
                   "few minutes."),
        "missing": _("The file is missing from the file store. Upload it again."),
        "encoding": _("The text can’t be read as %(detail)s. Choose another encoding, or save the file as CSV UTF-8."),
    }  # fmt: skip
    return sentences.get(code, sentences["broken"]) % {"detail": detail}


def get_content_names() -> dict[str, str]:
    """A readable name for a detected file type, if the reading process uses its own code for it."""
    return {
        "text": _("plain text"),
        "xlsx": _("an Excel workbook, .xlsx"),
        "xls": _("an old Excel workbook, .xls"),
        "xlsb": _("a binary Excel workbook, .xlsb"),
        "ods": _("a LibreOffice workbook, .ods"),
        "xml": _("an XML workbook of Excel 2003, .xml"),
    }


def describe_limits() -> str:
    words = _(
        "Up to %(size)s MB (%(unpacked)s MB unpacked), %(sheets)s sheets, %(rows)s "
        "rows, %(columns)s columns and %(cells)s cells. Reading can take up to "
        "%(seconds)s seconds."
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
