"""The groups of duplicates as a user sees them, the best first, a page at a time.

The sets that the last scan found are cut down to the records that the user sees now, without what was marked as different.
What remains is joined into groups here. So records out of the user's scope join nothing, and neither the scores nor the order
show that they exist.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from accounts.models import User
from duplicates.models import Distinction, Likeness
from duplicates.models.likeness import Reason
from duplicates.record_graph import COMPARED_TABLES, Node, Pair, UnionFind, get_ordered_pair, get_pairs
from duplicates.visible_records import build_visible_likenesses_condition, get_visible_nodes

PAGE = 20
# Sets read at once, and how often, until a page is full. Other sets than these are on the next page.
PORTION, ROUNDS = 60, 10
# The rows of one portion's groups. A value that thousands of records share is cut here.
ROWS = 20_000
MOST_PAIRED = 500


@dataclass(frozen=True)
class GroupFilter:
    """What the page is limited to: a reason, and a record type that each group has; 0 and '' for all."""

    reason: int = 0
    table: str = ""

    @classmethod
    def read(cls, data: Any) -> "GroupFilter":
        reasons = {str(int(reason)): int(reason) for reason in Reason}
        table = data.get("type", "")
        return cls(reasons.get(data.get("reason", ""), 0), table if table in COMPARED_TABLES else "")

    def matches(self, block: "LikenessBlock") -> bool:
        return self.reason in (0, block.reason) and (
            not self.table or any(table == self.table for table, _pk in block.nodes)
        )


@dataclass(frozen=True)
class GroupPlace:
    """Of a set, in the order of the page."""

    score: int
    block: int

    @property
    def order(self) -> tuple[int, int]:
        return -self.score, self.block

    def __str__(self) -> str:
        return f"{self.score}-{self.block}"

    @classmethod
    def read(cls, text: str) -> "GroupPlace | None":
        parts = text.split("-")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
            return None
        return cls(*map(int, parts))


@dataclass(frozen=True)
class LikenessBlock:
    """A set of records that are alike for one reason, as far as the user sees them."""

    place: GroupPlace
    reason: int
    nodes: list[Node]

    def get_links(self, apart: set[Pair], marked: set[Node]) -> list[Pair]:
        """Enough pairs to join what isn't marked as different."""
        if marked.isdisjoint(self.nodes):
            return [get_ordered_pair(self.nodes[0], node) for node in self.nodes[1:]]
        return [pair for pair in get_pairs(self.nodes[:MOST_PAIRED]) if pair not in apart]


@dataclass(frozen=True)
class DuplicateGroup:
    """Records that may be the same. `reasons` are in their order."""

    nodes: list[Node]
    score: int
    reasons: list[Reason]


@dataclass(frozen=True)
class GroupPage:
    groups: list[DuplicateGroup]
    next: GroupPlace | None


def read_group_page(user: User, chosen: GroupFilter, after: GroupPlace | None) -> GroupPage:
    """The groups after this place. `next` is None on the last page."""
    found: list[DuplicateGroup] = []
    for _round in range(ROUNDS):
        places = _read_places(user, chosen, after)
        examined = {place for place, _group in places}
        for best, group in _build_groups({group for _place, group in places}, user, chosen):
            if best in examined:
                found.append(group)
        if len(places) < PORTION:
            return GroupPage(found, None)
        after = places[-1][0]
        if len(found) >= PAGE:
            break
    return GroupPage(found, after)


def _read_places(user: User, chosen: GroupFilter, after: GroupPlace | None) -> list[tuple[GroupPlace, int]]:
    """The next sets with at least two records that the user sees, with the number of their group."""
    rows = Likeness.objects.filter(build_visible_likenesses_condition(user))
    if after:
        rows = rows.filter(Q(score__lt=after.score) | Q(score=after.score, block__gt=after.block))
    if chosen.reason:
        rows = rows.filter(reason=chosen.reason)
    found = rows.values("score", "block", "group").annotate(number=Count("pk")).filter(number__gte=2)
    if chosen.table:
        of_type = Count("pk", filter=Q(table=chosen.table))
        found = found.annotate(of_type=of_type).filter(of_type__gte=1)
    found = found.order_by("-score", "block")[:PORTION]
    return [(GroupPlace(row["score"], row["block"]), row["group"]) for row in found]


def _build_groups(
    numbers: set[int], user: User, chosen: GroupFilter
) -> list[tuple[GroupPlace, DuplicateGroup]]:
    """What the user sees of these groups, which may be in several parts, each with its best set; the best first."""
    blocks = _build_blocks(Likeness.objects.of_groups(numbers), user)
    nodes = {node for block in blocks for node in block.nodes}
    apart = {distinction.pair for distinction in Distinction.objects.among(nodes)}
    marked = {node for pair in apart for node in pair}
    union, linked = UnionFind(), []
    for block in blocks:
        pairs = block.get_links(apart, marked)
        for pair in pairs:
            union.join(*pair)
        linked.append((block, pairs))
    of_root: dict[Node, list[LikenessBlock]] = defaultdict(list)
    for block, pairs in linked:
        for root in {union.find_root(one) for one, _other in pairs}:
            of_root[root].append(block)
    found = []
    for members in union.get_sets():
        taken = [block for block in of_root[union.find_root(members[0])] if chosen.matches(block)]
        if taken:
            found.append(
                (_get_best_place(taken), _build_group(members, of_root[union.find_root(members[0])]))
            )
    return sorted(found, key=lambda each: each[0].order)


def _get_best_place(blocks: Sequence[LikenessBlock]) -> GroupPlace:
    return min((block.place for block in blocks), key=lambda place: place.order)


def _build_group(members: list[Node], blocks: Sequence[LikenessBlock]) -> DuplicateGroup:
    reasons = sorted({Reason(block.reason) for block in blocks})
    ordered = sorted(members, key=lambda node: (COMPARED_TABLES.index(node[0]), node[1]))
    return DuplicateGroup(ordered, max(block.place.score for block in blocks), reasons)


def _build_blocks(rows: Any, user: User) -> list[LikenessBlock]:
    """The sets with at least two records that the user sees."""
    read = list(rows.order_by("group", "block", "table", "record").values_list(*COLUMNS)[:ROWS])
    seen = get_visible_nodes({(table, record) for *_rest, table, record in read}, user)
    found: dict[int, LikenessBlock] = {}
    for score, number, reason, table, record in read:
        block = found.setdefault(number, LikenessBlock(GroupPlace(score, number), reason, []))
        if (table, record) in seen:
            block.nodes.append((table, record))
    return [block for block in found.values() if len(block.nodes) > 1]


COLUMNS = ("score", "block", "reason", "table", "record")


def parse_nodes(texts: Iterable[str]) -> list[Node]:
    """Those of a form, such as "lead-12"; anything else is dropped."""
    found = []
    for text in texts:
        table, _dash, number = text.partition("-")
        if table in COMPARED_TABLES and number.isascii() and number.isdigit() and len(number) < 19:
            found.append((table, int(number)))
    return sorted(set(found))
