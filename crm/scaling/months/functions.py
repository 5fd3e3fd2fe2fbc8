"""The database's own functions that add and drop partitions.

A partition is named after its months: `crm_change_2026_11`, `crm_change_until_2026_10` for everything before, `crm_change_2024`
for a whole year. Rows without a month are kept in `crm_change_other`, so no row is ever refused.
"""

ONE = """
CREATE OR REPLACE FUNCTION leadwell_partition(parent text, month timestamp) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    name text = parent || '_' || to_char(month, 'YYYY_MM');
BEGIN
    -- Another partition may have this month already, such as the first one.
    IF EXISTS (
        SELECT FROM leadwell_partitions(parent) p WHERE p.since <= month AT TIME ZONE 'UTC' AND p.until > month AT TIME ZONE 'UTC'
    ) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
        name, parent, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    PERFORM leadwell_guard_partition(parent, name);
    RETURN true;
END;
$$;
"""

# Entries of the audit log stay (crm/platform/models/audit_entry.py), but truncating a partition by its name fires none of the parent's
# triggers.
STAYS = """
CREATE OR REPLACE FUNCTION leadwell_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Entries of the audit log can''t be changed or deleted';
END;
$$;
"""
GUARD = """
CREATE OR REPLACE FUNCTION leadwell_guard_partition(parent text, name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF parent = 'crm_auditentry' THEN
        EXECUTE format(
            'CREATE TRIGGER audit_stays BEFORE TRUNCATE ON %I EXECUTE FUNCTION leadwell_audit_stays()', name);
    END IF;
END;
$$;
"""

# The first partition has no beginning, and the one of rows without a month has neither beginning nor end.
ALL = """
CREATE OR REPLACE FUNCTION leadwell_partitions(parent text)
RETURNS TABLE (name text, since timestamptz, until timestamptz) LANGUAGE sql STABLE AS $$
    SELECT p.name,
        CASE WHEN bound LIKE 'FOR VALUES FROM (MINVALUE)%' THEN '-infinity'
             ELSE substring(bound FROM 'FROM \\(''([^'']+)''\\)') END::timestamptz,
        substring(bound FROM 'TO \\(''([^'']+)''\\)')::timestamptz
    FROM (SELECT c.relname::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(parent)) p
    ORDER BY 2 NULLS LAST
$$;
"""

# Rows without a month get one, and their partition is replaced, because the audit log lets no row be deleted. The rows may be a whole
# month, after workers and starts were away for long, so they are copied while everything goes on (partition_exchange.py).
EMPTIED = """
CREATE OR REPLACE FUNCTION leadwell_empty_other(parent text, "column" text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    other text = parent || '_other';
    moved text = parent || '_moved';
    this timestamp = date_trunc('month', now() AT TIME ZONE 'UTC');
    months timestamp[];
    month timestamp;
    name text;
    quiet record;
BEGIN
    SELECT * INTO quiet FROM leadwell_quiet(parent);
    IF quiet.id IS NULL THEN
        RAISE EXCEPTION '% is busy', parent USING ERRCODE = 'lock_not_available';
    END IF;
    EXECUTE format('SELECT array_agg(DISTINCT date_trunc(''month'', %I AT TIME ZONE ''UTC'')) FROM %I', "column", other) INTO months;
    -- This month too, in which others may add the first rows while the others are copied.
    IF NOT EXISTS (SELECT FROM leadwell_partitions(parent) p WHERE p.since <= now() AND p.until > now()) THEN
        months = array_append(array_remove(months, this), this);
    END IF;
    FOREACH month IN ARRAY months LOOP
        PERFORM leadwell_copy(parent, "column", parent || to_char(month, '_YYYY_MM'), ARRAY[other],
            month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC', quiet.id, quiet.rewritten);
    END LOOP;
    -- A partition whose foreign keys are still to be checked can't be exchanged.
    SET CONSTRAINTS ALL IMMEDIATE;
    PERFORM leadwell_stop(parent, ARRAY[other], quiet.rewritten, 5);
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, other);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', other, moved);
    FOREACH month IN ARRAY months LOOP
        name = parent || to_char(month, '_YYYY_MM');
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            parent, name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT copied', name);
        PERFORM leadwell_guard_partition(parent, name);
    END LOOP;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', other, parent);
    PERFORM leadwell_guard_partition(parent, other);
    EXECUTE format('INSERT INTO %I SELECT * FROM %I WHERE id > %L', parent, moved, quiet.id);
    EXECUTE format('DROP TABLE %I', moved);
END;
$$;
"""

# Waiting for readers is short, because writers wait behind it; what fails is tried again within the hour.
MONTHS = """
CREATE OR REPLACE FUNCTION leadwell_months(parent text, "column" text, today timestamptz, ahead integer, over timestamptz)
RETURNS TABLE (added integer, dropped integer) LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
DECLARE
    this timestamp = date_trunc('month', today AT TIME ZONE 'UTC');
    month timestamp;
    one text;
    found boolean;
BEGIN
    added = 0;
    dropped = 0;
    -- Before its migration, or after going back to an earlier one.
    IF NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(parent) AND relkind = 'p') THEN
        RETURN NEXT;
        RETURN;
    END IF;
    PERFORM leadwell_watch(parent, "column");
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', parent || '_other') INTO found;
    IF found THEN
        PERFORM leadwell_empty_other(parent, "column");
    END IF;
    FOR month IN SELECT generate_series(this, this + ahead * interval '1 month', interval '1 month') LOOP
        added = added + leadwell_partition(parent, month)::integer;
    END LOOP;
    -- The newest ones stay, whatever the clock says.
    FOR one IN SELECT p.name FROM leadwell_partitions(parent) p
               WHERE p.until <= over AND p.until <= this AT TIME ZONE 'UTC' LOOP
        EXECUTE format('DROP TABLE %I', one);
        dropped = dropped + 1;
    END LOOP;
    RETURN NEXT;
END;
$$;
"""

FUNCTIONS = [STAYS, GUARD, ALL, ONE, EMPTIED, MONTHS]
