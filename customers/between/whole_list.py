"""The page with all lines of a list on a record's page (customers/page_lists.py)."""

from collections.abc import Callable
from typing import Any

from crm.records.kinds import Kind
from crm.web.ids import number_of
from crm.web.screens import answer
from customers.page_lists import PageList

PAGE = 50


def whole_list(request, kind: Kind, record: Any, head: PageList, rows: Any, lines: Callable[[list], list]):
    """Fifty on a page; `start` is the number of those before."""
    start = number_of(request.GET.get("start", "")) or 0
    found = list(rows[start : start + PAGE + 1])
    context = {
        "kind": kind,
        "record": record,
        "head": head,
        "lines": lines(found[:PAGE]),
        "previous": max(0, start - PAGE) if start else None,
        "next": start + PAGE if len(found) > PAGE else None,
    }
    return answer(request, "customers/whole_list.html", context)
