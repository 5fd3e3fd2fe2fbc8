"""Places that may be removed without a test noticing it, each with its reason.

A name is what the tool prints. One that no longer names a place is reported.
"""

KNOWN: dict[str, str] = {}
