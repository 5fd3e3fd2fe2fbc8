"""Names of people, in one text or in two."""


def split_name(whole: str, *, turned: bool = True) -> tuple[str, str]:
    """First and last name: "Popescu, Ana" and "Ana Popescu" are both Ana Popescu.

    Programs read a name back as they sent it, so what they send is not `turned`: it is split at its last space.
    """
    last, comma, first = (part.strip() for part in whole.partition(","))
    if turned and comma and first:
        return first, last
    first, _space, last = (" ".join(whole.split()) if turned else whole).rpartition(" ")
    return first.strip(), last
