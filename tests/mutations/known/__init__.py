"""Places that may be removed or changed without a test noticing it, each with its reason, by the kind of the reason.

A name is what the tool prints. One that no longer names a place is reported.
"""

from tests.mutations.known import (
    checked_elsewhere,
    never_equal,
    orders,
    shortcuts,
    single_rows,
    unread_values,
    when_loaded,
)

KINDS = (checked_elsewhere, never_equal, orders, shortcuts, single_rows, unread_values, when_loaded)
KNOWN: dict[str, str] = {
    name: reason for kind in KINDS for reason, names in kind.REASONS.items() for name in names
}
