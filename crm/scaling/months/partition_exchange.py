"""The database's own functions that copy rows into new partitions while everyone goes on writing, and exchange them in one short moment.

Copying takes no lock that others notice, so no one waits for it, however long it takes. What happens meanwhile is found at the end,
under the lock of the exchange: rows that were added have higher ids and are copied then, and after an UPDATE or a DELETE, such as by
erasing a person, the copy is outdated and dropped. Such statements are counted by a sequence, because it counts at once and not
with the commit.
"""

# The table is locked before a statement is counted, so under the lock of the exchange nothing is about to be counted.
WATCH = """
CREATE OR REPLACE FUNCTION leadwell_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval(TG_TABLE_NAME || '_rewritten');
    RETURN NULL;
END;
$$;
CREATE OR REPLACE FUNCTION leadwell_watch(parent text, "column" text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    counter text = parent || '_rewritten';
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = parent::regclass AND tgname = 'rewritten') THEN
        -- Not by its id, whose sequence is another one.
        EXECUTE format('CREATE SEQUENCE %I OWNED BY %I.%I', counter, parent, "column");
        EXECUTE format('CREATE TRIGGER rewritten BEFORE UPDATE OR DELETE ON %I FOR EACH STATEMENT
            EXECUTE FUNCTION leadwell_rewritten()', parent);
    END IF;
END;
$$;
CREATE OR REPLACE FUNCTION leadwell_last(sequence text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    last bigint;
BEGIN
    EXECUTE format('SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM %s', sequence::regclass) INTO last;
    RETURN last;
END;
$$;
"""

# A moment in which no one writes: every row until the last id is committed. NULLs if the table is busy, or isn't watched yet. Only
# the end of a block by an error gives a lock back.
QUIET = """
CREATE OR REPLACE FUNCTION leadwell_quiet(parent text, OUT id bigint, OUT rewritten bigint) LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass(quote_ident(parent || '_rewritten')) IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', parent);
    id = leadwell_last(pg_get_serial_sequence(parent, 'id'));
    rewritten = leadwell_last(quote_ident(parent || '_rewritten'));
    RAISE EXCEPTION USING ERRCODE = 'LWFRE';
EXCEPTION
    WHEN lock_not_available OR deadlock_detected THEN NULL;
    WHEN SQLSTATE 'LWFRE' THEN NULL;
END;
$$;
"""

# A table with the rows of these parts in this time until the last id, ready to be attached: with the same indexes, and with a
# check, so that no row is read again.
COPY = """
CREATE OR REPLACE FUNCTION leadwell_copy(
    parent text, "column" text, name text, parts text[], since timestamptz, until timestamptz, last bigint, rewritten bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part text;
    definition text;
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
    FOREACH part IN ARRAY parts LOOP
        EXECUTE format('INSERT INTO %I SELECT * FROM %I WHERE %I >= %L AND %I < %L AND id <= %L',
            name, part, "column", since, "column", until, last);
        IF leadwell_last(quote_ident(parent || '_rewritten')) <> rewritten THEN
            RAISE EXCEPTION 'Rows of % were changed while they were copied', parent USING ERRCODE = 'lock_not_available';
        END IF;
    END LOOP;
    SELECT pg_get_constraintdef(oid) INTO definition FROM pg_constraint WHERE conrelid = parent::regclass AND contype = 'p';
    EXECUTE format('ALTER TABLE %I ADD %s', name, definition);
    FOR definition IN
        SELECT regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX \\S+ ON (ONLY )?\\S+ ', format(' INDEX ON %I ', name))
        FROM pg_index i WHERE i.indrelid = parent::regclass AND NOT i.indisprimary LOOP
        EXECUTE definition;
    END LOOP;
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT copied CHECK (%I >= %L AND %I < %L)', name, "column", since, "column", until);
    EXECUTE format('ANALYZE %I', name);
END;
$$;
"""

# Lock the table and these parts until the end of the transaction. Each try gives up after the lock_timeout, because others wait
# behind it. An error of a lock if the table stays busy or the copy is outdated.
STOP = """
CREATE OR REPLACE FUNCTION leadwell_stop(parent text, parts text[], rewritten bigint, tries integer)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    names text = (SELECT string_agg(format('ONLY %I', name), ', ') FROM unnest(parent || parts) name);
BEGIN
    FOR attempt IN 1..tries LOOP
        BEGIN
            EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', names);
            EXIT;
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
            -- Who has changed rows and isn't done keeps the table locked, and makes the copy useless.
            IF attempt = tries OR leadwell_last(quote_ident(parent || '_rewritten')) <> rewritten THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(3);
        END;
    END LOOP;
    IF leadwell_last(quote_ident(parent || '_rewritten')) <> rewritten THEN
        RAISE EXCEPTION 'Rows of % were changed while they were copied', parent USING ERRCODE = 'lock_not_available';
    END IF;
END;
$$;
"""

FUNCTIONS = [WATCH, QUIET, COPY, STOP]
