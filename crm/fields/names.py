"""Names of people, in one text or in two."""


def split_name(whole: str, *, turned: bool = True) -> tuple[str, str]:
    """First and last name: "Popescu, Ana" and "Ana Popescu" are both Ana Popescu.

    Programs expect to read a name back as they sent it, so their names aren't `turned`: they are split at the last
    space.
    """
    last, comma, first = (part.strip() for part in whole.partition(","))
    if turned and comma and first:
        return first, last
    first, _space, last = (" ".join(whole.split()) if turned else whole).rpartition(" ")
    return first.strip(), last
