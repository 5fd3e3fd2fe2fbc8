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

# Entries of the audit log stay (crm/models/audit_entry.py), but truncating a partition by its name fires none of the parent's
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

# Rows without a month get one: their partition is replaced, because the audit log lets no row be deleted. Waiting for
# readers is short, because writers wait behind it; what fails is tried again within the hour.
MONTHS = """
CREATE OR REPLACE FUNCTION leadwell_months(parent text, "column" text, today timestamptz, ahead integer, over timestamptz)
RETURNS TABLE (added integer, dropped integer) LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
DECLARE
    this timestamp = date_trunc('month', today AT TIME ZONE 'UTC');
    other text = parent || '_other';
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
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', other) INTO found;
    IF found THEN
        -- A partition whose foreign keys are still to be checked can't be dropped.
        SET CONSTRAINTS ALL IMMEDIATE;
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, other);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', other, parent || '_moved');
        EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', other, parent);
        PERFORM leadwell_guard_partition(parent, other);
        FOR month IN EXECUTE format(
            'SELECT DISTINCT date_trunc(''month'', %I AT TIME ZONE ''UTC'') FROM %I', "column", parent || '_moved') LOOP
            PERFORM leadwell_partition(parent, month);
        END LOOP;
        EXECUTE format('INSERT INTO %I SELECT * FROM %I', parent, parent || '_moved');
        EXECUTE format('DROP TABLE %I', parent || '_moved');
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

FUNCTIONS = [STAYS, GUARD, ALL, ONE, MONTHS]
