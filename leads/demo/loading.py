"""Adding many leads at once: what the database does for each row, it does once for many of them.

Indexes are made from the finished table, foreign keys checked by one query each, search words put together from each word
that there is. All of it is one transaction: what is broken off leaves the database as it was. Who uses Leadwell meanwhile
waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from crm.fields.keys import SearchOfNew, searched_sql
from crm.records.functions import LEXEMES_OF_WORD, SPLIT
from leads import fields
from leads.models import Lead

# The tables that get a row or more for each lead.
TABLES = ["leads_lead", "leads_leadsearch", "leads_statusmove", "crm_change"]
# What a constraint rests upon is kept.
INDEXES = """
    SELECT format('DROP INDEX %%I', c.relname), pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    ORDER BY c.relname"""
FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
      format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conname"""


@contextmanager
def indexed_at_the_end() -> Iterator[None]:
    """Within this block the tables have no indexes and no foreign keys, and nothing writes search words; at its end all of
    it is there again."""
    with connection.cursor() as cursor:
        # What was written before in this transaction is checked before its checks go.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        again = []
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


def add_search_words(cursor) -> None:
    """The search words of the leads of one chunk (leads/demo/generate.py), as the trigger writes them.

    Most words are those of many leads: each is taken to pieces once, and a lead has the words of its texts together.
    """
    text = searched_sql(Lead, fields.SEARCH, "l")
    cursor.execute(
        "CREATE OR REPLACE AGGREGATE pg_temp.together(tsvector) (sfunc = tsvector_concat, stype = tsvector)"
    )
    cursor.execute(
        f"""CREATE TEMPORARY TABLE demo_word AS
            SELECT l.id, left(part, 200) AS part FROM demo_lead d JOIN leads_lead l ON l.id = d.id,
              regexp_split_to_table({text}, '{SPLIT}') AS part WHERE part <> ''"""
    )
    # OFFSET 0: otherwise each piece of a word would fold the word once more.
    cursor.execute(
        f"""CREATE TEMPORARY TABLE demo_words AS
            SELECT part, array_to_tsvector(ARRAY({LEXEMES_OF_WORD})) AS words FROM (
              SELECT part, leadwell_fold(part) AS word FROM (SELECT DISTINCT part FROM demo_word) AS parts OFFSET 0) AS folded"""
    )
    cursor.execute("ANALYZE demo_word, demo_words")
    cursor.execute(
        f"""INSERT INTO {Lead.search_table} (record_id, words)
            SELECT w.id, pg_temp.together(s.words) FROM demo_word w JOIN demo_words s USING (part) GROUP BY w.id
            UNION ALL SELECT d.id, '' FROM demo_lead d WHERE d.id NOT IN (SELECT id FROM demo_word)"""
    )
    cursor.execute("DROP TABLE demo_word, demo_words")
