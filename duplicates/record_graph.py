"""A record of any type as (name of its type in the history, ID), and sets of records that are linked to each other."""

from collections import defaultdict
from collections.abc import Iterable

Node = tuple[str, int]
Pair = tuple[Node, Node]
# The record types that are compared. In scans, a record is one number: its ID times 4, plus the place of its type here.
COMPARED_TABLES = ("lead", "contact", "company")
PLACES = 4


def get_node(number: int) -> Node:
    return COMPARED_TABLES[number % PLACES], number // PLACES


def get_ordered_pair(one: Node, other: Node) -> Pair:
    """In the order in which pairs are stored."""
    return (one, other) if one < other else (other, one)


def get_pairs(nodes: Iterable[Node]) -> list[Pair]:
    ordered = sorted(nodes)
    return [(one, other) for place, one in enumerate(ordered) for other in ordered[place + 1 :]]


class UnionFind:
    """Union–find: what was joined directly or through others is one set, named by its smallest member."""

    def __init__(self) -> None:
        self.above: dict = {}

    def find_root(self, one):
        above = self.above
        top = one
        while (found := above.get(top, top)) != top:
            top = found
        while one != top:
            above[one], one = top, above.get(one, one)
        return top

    def join(self, one, other) -> None:
        first, second = self.find_root(one), self.find_root(other)
        smaller, larger = min(first, second), max(first, second)
        self.above[larger] = self.above[smaller] = smaller

    def get_sets(self) -> list[list]:
        """The members of each set, in order."""
        found = defaultdict(list)
        for one in sorted(self.above):
            found[self.find_root(one)].append(one)
        return list(found.values())
