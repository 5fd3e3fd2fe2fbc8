"""The page with all lines of a list on a record's page (customers/embedded_lists.py)."""

from collections.abc import Callable
from typing import Any

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from customers.embedded_lists import PageList

PAGE = 50


def render_full_list(
    request, kind: Kind, record: Any, head: PageList, rows: Any, lines: Callable[[list], list]
):
    """Fifty on a page; `start` is the number of those before."""
    start = parse_number(request.GET.get("start", "")) or 0
    found = list(rows[start : start + PAGE + 1])
    context = {
        "kind": kind,
        "record": record,
        "head": head,
        "lines": lines(found[:PAGE]),
        "previous": max(0, start - PAGE) if start else None,
        "next": start + PAGE if len(found) > PAGE else None,
    }
    return render_response(request, "customers/whole_list.html", context)
