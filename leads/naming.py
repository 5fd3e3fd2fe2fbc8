"""A lead's display name: its own name, or else the first known detail. In Python and in SQL, from one list."""

# After first and last name, in this order.
INSTEAD = ("company", "email", "phone", "mobile")
NAMING = ("first_name", "last_name", *INSTEAD)


def full_name(first: str, last: str) -> str:
    return f"{first} {last}".strip()


def shown_name(values) -> str:
    """For a lead, or for the fields of a future lead as {field: text}."""
    read = values.get if isinstance(values, dict) else lambda name: getattr(values, name)
    own = full_name(read("first_name") or "", read("last_name") or "")
    return own or next((text for name in INSTEAD if (text := read(name) or "")), "")


def shown_name_sql(row: str) -> str:
    """The same for the table row that is called `row` in SQL."""
    own = f"btrim({row}.first_name || ' ' || {row}.last_name)"
    first, *others = (f"nullif({text}, '')" for text in (own, *(f"{row}.{name}" for name in INSTEAD)))
    return f"coalesce({', '.join([first, *others])}, '')"
