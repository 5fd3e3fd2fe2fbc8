"""The months of the audit log: each is a partition, made two months ahead and dropped when its time is over.

Rows never change, so dropping a whole month is the only way in which entries disappear. What has no month yet is kept
in the partition `crm_auditentry_other`, so no entry is ever refused.
"""

from django.conf import settings
from django.db import connection
from django.utils import timezone

from crm.jobs.housekeeping import every_hour

AHEAD = 2

# Truncating a partition by its name fires none of the parent's triggers.
STAYS = """
CREATE OR REPLACE FUNCTION leadwell_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Entries of the audit log can''t be changed or deleted';
END;
$$;
"""

MONTH = """
CREATE OR REPLACE FUNCTION leadwell_audit_month(month timestamp) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    name text = 'crm_auditentry_' || to_char(month, 'YYYY_MM');
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF crm_auditentry FOR VALUES FROM (%L) TO (%L)',
        name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('CREATE TRIGGER audit_stays BEFORE TRUNCATE ON %I EXECUTE FUNCTION leadwell_audit_stays()', name);
    RETURN true;
END;
$$;
"""

# Entries without a month get one: their partition is replaced, because its rows can't be deleted. Waiting for readers
# is short, because writers wait behind it; what fails is tried again within the hour.
MONTHS = """
CREATE OR REPLACE FUNCTION leadwell_audit_months(today timestamptz, ahead integer, keep integer) RETURNS integer
LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
DECLARE
    this timestamp = date_trunc('month', today AT TIME ZONE 'UTC');
    month timestamp;
    name text;
    dropped integer = 0;
BEGIN
    IF EXISTS (SELECT FROM crm_auditentry_other) THEN
        ALTER TABLE crm_auditentry DETACH PARTITION crm_auditentry_other;
        ALTER TABLE crm_auditentry_other RENAME TO crm_auditentry_moved;
        CREATE TABLE crm_auditentry_other PARTITION OF crm_auditentry DEFAULT;
        CREATE TRIGGER audit_stays BEFORE TRUNCATE ON crm_auditentry_other
            EXECUTE FUNCTION leadwell_audit_stays();
        FOR month IN SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC') FROM crm_auditentry_moved LOOP
            PERFORM leadwell_audit_month(month);
        END LOOP;
        INSERT INTO crm_auditentry SELECT * FROM crm_auditentry_moved;
        DROP TABLE crm_auditentry_moved;
    END IF;
    FOR month IN SELECT generate_series(this, this + ahead * interval '1 month', interval '1 month') LOOP
        PERFORM leadwell_audit_month(month);
    END LOOP;
    FOR name IN SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
                WHERE inhparent = 'crm_auditentry'::regclass AND relname ~ '^crm_auditentry_[0-9]{4}_[0-9]{2}$' LOOP
        IF to_timestamp(right(name, 7), 'YYYY_MM')::timestamp < this - keep * interval '1 month' THEN
            EXECUTE format('DROP TABLE %I', name);
            dropped = dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END;
$$;
"""

FUNCTIONS = [STAYS, MONTH, MONTHS]


@every_hour
def months_of_the_audit_log() -> int:
    """Make the coming months and drop those that are over; returns how many were dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leadwell_audit_months(%s, %s, %s)", [timezone.now(), AHEAD, settings.AUDIT_MONTHS]
        )
        return cursor.fetchone()[0]


def prepare(**_signal) -> None:
    """After the migrations, so that the first entry finds its month."""
    months_of_the_audit_log()
