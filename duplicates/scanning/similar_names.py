"""What is similar: names and companies in the order of the alphabet, each compared with those shortly before it.

The records come from the server in the order of their company and then of their name, and the other way round, so that a slip
in one of the two doesn't separate them. Only those with the same first letters are compared, at most WINDOW at a time, so a
million records take a few minutes and little memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from duplicates.scanning.exact_matches import FIRMS, PEOPLE, PORTION
from duplicates.similarity import ComparedName, get_similar_ones

# Each record is compared with so many before it, if they have so many first letters in common.
WINDOW, LETTERS = 60, 3


@dataclass(frozen=True)
class Pass:
    """Reading all people or companies once, in one order."""

    rows: str
    order: str
    by_name: bool

    @property
    def place(self) -> int:
        return 1 if self.order.startswith("name") else 2


PASSES = [
    Pass(PEOPLE, "company, name", by_name=True),
    Pass(PEOPLE, "name, company", by_name=False),
    Pass(FIRMS, "company, name", by_name=False),
]


def generate_similar_pairs(reading: Pass, least: int) -> Iterator[tuple[int, int, int] | None]:
    """(record, record, similarity) of the similar ones; None after each portion that was read. Of records that have exactly
    the same name and company, one is compared."""
    sql = f"SELECT min(node), name, company FROM ({reading.rows}) n GROUP BY name, company ORDER BY {reading.order}"
    window: list[ComparedName] = []
    letters = ""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(PORTION):
            for row in rows:
                if (first := row[reading.place][:LETTERS]) != letters:
                    letters, window = first, []
                one = ComparedName.from_keys(*row)
                for other, similarity in (
                    get_similar_ones(one, window, least, by_name=reading.by_name) if window else ()
                ):
                    yield other.number, one.number, similarity
                window.append(one)
                if len(window) > WINDOW:
                    del window[0]
            yield None
