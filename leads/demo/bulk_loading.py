"""Adds many leads at once: what the database normally does for each row, it does once for all of them.

Indexes are built on the finished table, each foreign key is checked by one query, and search words are assembled from
the list of distinct words. It is all one transaction: if it is interrupted, the database stays as it was. Until it is
done, other users of these tables wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from crm.fields.search_columns import SearchOfNew, build_searched_text_sql
from crm.platform.sql.functions import LEXEMES_OF_WORD, WORD_SEPARATORS
from leads import fields
from leads.models import Lead

# The tables that get a row or more for each lead.
TABLES = ["leads_lead", "leads_leadsearch", "leads_statusmove", "crm_task", "crm_change"]
# Indexes that a constraint needs are kept. An index of a partitioned table is built on all its partitions, and there it gets
# a name that PostgreSQL makes up.
INDEXES = """
    SELECT format('DROP INDEX %%I', c.relname), replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    ORDER BY c.relname"""
IN_PARTITIONS = """
    SELECT (whole.relname, part.indrelid::regclass)::text, c.relname
    FROM pg_inherits h JOIN pg_class whole ON whole.oid = h.inhparent JOIN pg_class c ON c.oid = h.inhrelid
      JOIN pg_index part ON part.indexrelid = c.oid JOIN pg_index i ON i.indexrelid = whole.oid
    WHERE i.indrelid = ANY(%s::regclass[])"""
FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
      format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conname"""


def use_more_memory() -> None:
    """Until the end of the transaction: sorts of a chunk and the index of search words otherwise go through files."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL maintenance_work_mem = '512MB'")


@contextmanager
def rebuild_indexes_at_end() -> Iterator[None]:
    """Inside this block, the tables have no indexes and no foreign keys, and no trigger writes search words. At its end,
    all of them are back."""
    with connection.cursor() as cursor:
        # Rows written earlier in this transaction are checked before the constraints are dropped.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        again = []
        cursor.execute(IN_PARTITIONS, [TABLES])
        names = dict(cursor.fetchall())
        for query in (FOREIGN_KEYS, INDEXES):
            cursor.execute(query, [TABLES])
            found = cursor.fetchall()
            again += [make for _drop, make in found]
            for drop, _make in found:
                cursor.execute(drop)
        name = SearchOfNew(fields.SEARCH).get_pgid(Lead)  # type: ignore[arg-type]
        cursor.execute(f"ALTER TABLE leads_lead DISABLE TRIGGER {name}")
        yield
        cursor.execute(f"ALTER TABLE leads_lead ENABLE TRIGGER {name}")
        # Indexes first: a foreign key is checked faster with them.
        for make in reversed(again):
            cursor.execute(make)
        cursor.execute(IN_PARTITIONS, [TABLES])
        for place, made_up in cursor.fetchall():
            if made_up != names[place]:
                cursor.execute(f'ALTER INDEX "{made_up}" RENAME TO "{names[place]}"')


def add_search_words(cursor) -> None:
    """Write the search words of the leads of one chunk (leads/demo/generation.py), the same as the trigger would.

    Most words occur in many leads, so each distinct word is split once, and a lead gets those of all its texts.
    """
    text = build_searched_text_sql(Lead, fields.SEARCH, "l")
    cursor.execute(
        "CREATE OR REPLACE AGGREGATE pg_temp.together(tsvector) (sfunc = tsvector_concat, stype = tsvector)"
    )
    cursor.execute(
        f"""CREATE TEMPORARY TABLE demo_word AS
            SELECT l.id, left(part, 200) AS part FROM demo_added l, regexp_split_to_table({text}, '{WORD_SEPARATORS}') AS part
            WHERE part <> ''"""
    )
    # OFFSET 0, because otherwise each part of a word would fold the word again.
    cursor.execute(
        f"""CREATE TEMPORARY TABLE demo_words AS
            SELECT part, array_to_tsvector(ARRAY({LEXEMES_OF_WORD})) AS words FROM (
              SELECT part, leadwell_fold(part) AS word FROM (SELECT DISTINCT part FROM demo_word) AS parts OFFSET 0) AS folded"""
    )
    cursor.execute("ANALYZE demo_word, demo_words (part)")
    cursor.execute(
        f"""INSERT INTO {Lead.search_table} (record_id, words)
            SELECT w.id, pg_temp.together(s.words) FROM demo_word w JOIN demo_words s USING (part) GROUP BY w.id"""
    )
    # Leads whose texts consist of punctuation.
    cursor.execute(
        f"""INSERT INTO {Lead.search_table} (record_id, words)
            SELECT id, '' FROM (SELECT id FROM demo_added EXCEPT SELECT id FROM demo_word) AS wordless"""
    )
    cursor.execute("DROP TABLE demo_word, demo_words")
