"""The pages that every kind of record has, for kinds with nothing else."""

# Leads have pages of their own names in every_page.py.
ALIKE = ("companies", "contacts", "deals", "requests")
# What these show differs from kind to kind.
DIFFERENT = ("list", "record", "new", "edit")


def pages_of(kind: str, one: str, field: str, built_in: str = "phone") -> dict[str, str]:
    """`one` names a record of the kind (pages.py); `field` is a column that can be edited in place, `built_in`
    a field of the code."""
    return {
        f"{kind}:fields": f"/admin/{kind}/fields",
        f"{kind}:field_new": f"/admin/{kind}/fields/new",
        f"{kind}:built_in_field": f"/admin/{kind}/fields/built-in/{built_in}",
        f"{kind}:list": f"/admin/{kind}?all=1",
        f"{kind}:count": f"/admin/{kind}/count",
        f"{kind}:filter": f"/admin/{kind}/filter?q=a",
        f"{kind}:add_filter": f"/admin/{kind}/filter/add",
        f"{kind}:filter_by": f"/admin/{kind}/filter/tags",
        f"{kind}:columns": f"/admin/{kind}/columns",
        f"{kind}:column": f"/admin/{kind}/columns/{field}",
        f"{kind}:views": f"/admin/{kind}/views",
        f"{kind}:save_view": f"/admin/{kind}/views/new?shared=yes",
        f"{kind}:trash": f"/admin/{kind}/trash",
        f"{kind}:new": f"/admin/{kind}/new",
        f"{kind}:record": f"/admin/{kind}/{{{one}}}",
        f"{kind}:edit": f"/admin/{kind}/{{{one}}}/edit",
        f"{kind}:inline": f"/admin/{kind}/{{{one}}}/inline/{field}",
        f"{kind}:why": f"/admin/{kind}/{{{one}}}/why",
        f"{kind}:import": f"/admin/{kind}/import",
        f"{kind}:export": f"/admin/{kind}/export?all=1",
        f"{kind}:named": f"/admin/{kind}/named?q=a",
    }


def pages_of_board(kind: str, one: str, status: str) -> dict[str, str]:
    """Those of a kind whose records move through pipelines, here to this status (pages.py)."""
    return {
        f"{kind}:board": f"/admin/{kind}/board?all=1",
        f"{kind}:board_figures": f"/admin/{kind}/board/figures?all=1",
        f"{kind}:move_card": f"/admin/{kind}/board/{{{one}}}/move",
        f"{kind}:move": f"/admin/{kind}/{{{one}}}/move?status={{{status}}}",
    }


SAME = [page for name in pages_of("", "", "") if (page := name.partition(":")[2]) not in DIFFERENT]


def is_dealt(name: str) -> bool:
    """Whether the check looks at this page: of pages that are the same for all of these kinds, each kind gets its share."""
    kind, _, page = name.partition(":")
    return kind not in ALIKE or page not in SAME or ALIKE.index(kind) == SAME.index(page) % len(ALIKE)
