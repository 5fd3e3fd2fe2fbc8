"""A search reads few pages of its index after many writes too."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.fields.search_columns import MOST_UNSORTED
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.search.spelling_suggestions import generate_spellings, suggest_spelling
from leads.kind import LEAD
from leads.models import LeadSearch

# As many as the search words of about a thousand leads: in an index with PostgreSQL's own limit, they are 2 MB that each look reads.
WRITES, WORDS_OF_ONE = 150, 500
# 8 kB each. What one write adds beyond the limit has a few more.
UNSORTED_PAGES = MOST_UNSORTED // 8 + 10


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_few_new_words_wait_to_be_sorted_into_the_index_of_a_search(db, kind):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.reloptions FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
               WHERE i.indrelid = %s::regclass AND a.amname = 'gin'""",
            [kind.search.words._meta.db_table],
        )
        assert cursor.fetchall() == [([f"gin_pending_list_limit={MOST_UNSORTED}"],)]


def test_looking_for_other_spellings_reads_few_pages_after_many_writes(ada, make_lead):
    lead = make_lead("Ana Pop")
    before = count_pages_read(ada)
    with connection.cursor() as cursor:
        for write in range(WRITES):
            cursor.execute(
                f"""UPDATE {LeadSearch._meta.db_table} SET words = (
                        SELECT array_to_tsvector(array_agg(%s || n)) FROM generate_series(1, {WORDS_OF_ONE}) n)
                    WHERE record_id = %s""",
                [f"word{write}n", lead.pk],
            )
    looks = len(list(generate_spellings("xyzzyq")))
    # The index itself has one level more by then.
    assert count_pages_read(ada) <= before + looks * (UNSORTED_PAGES + 2)


def count_pages_read(user) -> int:
    """By the statement that looks for all spellings of a word that nothing has."""
    with CaptureQueriesContext(connection) as queries:
        assert suggest_spelling(LEAD, "xyzzyq", user) == ""
    (_word, spelled) = [query["sql"] for query in queries if "unnest" in query["sql"]]
    with connection.cursor() as cursor:
        # Of one row, the planner would read the table.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {spelled}")
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
