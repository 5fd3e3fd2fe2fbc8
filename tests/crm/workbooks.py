"""Workbooks of another maker, and how a file is refused."""

import io

import pytest
import xlsxwriter

from crm.excel.read import Unreadable


def workbook(fill, **options) -> bytes:
    """A workbook that `fill(workbook, sheet)` has filled."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, options)
    fill(book, book.add_worksheet("Contacts"))
    book.close()
    return file.getvalue()


def refusal(read, data, name) -> str:
    with pytest.raises(Unreadable) as refused:
        read(data, name)
    return str(refused.value)
