"""What a kind of records says about its records of the same name."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Namesakes:
    """What tells records with the same text in the field `name` apart (crm/transfer/imports/check/namesakes.py). Two with other values in a
    `certain` field are never the same; `likely` fields decide between several. If `empty_counts`, a record without a certain
    value isn't the same as one with it. `words` say so in the form."""

    certain: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    empty_counts: bool = False
    words: Any = ""
    name: str = "name"
