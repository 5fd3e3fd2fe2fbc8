"""Rank by match: first the record with the number, then those whose name has the words of a search, whole or at the start of
its words, and then those that have them elsewhere; the newest first in each of these groups."""

import re
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Concat

from crm.fields.sort_segments import ColumnSort
from crm.platform.sql.functions import WORD_SEPARATORS
from crm.platform.web.id_parsing import parse_number

# The URL parameter of a list that is ordered by match as long as it has a search.
RANKED = "ranked"
BY_MATCH = ColumnSort("match", prefixes=())
# More words than these don't change the order.
MOST_WORDS = 5
# The start and the end of a word in a folded name.
START, END = "(^|[[:space:][:punct:]])", "([[:space:][:punct:]]|$)"


def build_match(model: Any, text: str) -> Case:
    """How well a record matches a search that finds it, as a number from 0 to 3: the column of BY_MATCH. Only for few records,
    because each name is compared."""
    key = model._meta.get_field("name_key")
    whole, begun = Q(), Q()
    words = [word for word in re.split(WORD_SEPARATORS, text) if word]
    for word in words[:MOST_WORDS]:
        folded = key.build_key_expression(word)
        whole &= Q(name_key__regex=Concat(Value(START), folded, Value(END)))
        begun &= Q(name_key__regex=Concat(Value(START), folded))
    number = parse_number(text)
    ranks = [(Q(pk=number), 3)] if number is not None else []
    ranks += [(whole, 2), (begun, 1)] if words else []
    return Case(
        *(When(condition, then=Value(rank)) for condition, rank in ranks),
        default=Value(0),
        output_field=IntegerField(),
    )
