"""The origin of first and last contacted. The values that are there stay, as set by a status change, unless a recorded call or
meeting says more: those are the only rows that are updated."""

from django.db import migrations, models

CHOICES = [('status', 'by a status change'), ('activity', 'by an activity'), ('hand', 'set manually')]


def as_text(moment: str) -> str:
    return f"""to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


RECORDED = f"""
    UPDATE leads_lead l SET
        first_contacted_at = least(l.first_contacted_at, w.first),
        first_contacted_by = CASE WHEN l.first_contacted_at <= w.first THEN 'status' ELSE 'activity' END,
        last_contacted_at = greatest(l.last_contacted_at, w.last),
        last_contacted_by = CASE WHEN l.last_contacted_at >= w.last THEN 'status' ELSE 'activity' END,
        contacted_otherwise = jsonb_strip_nulls(jsonb_build_object(
            'first', CASE WHEN l.first_contacted_at > w.first
                THEN jsonb_build_array({as_text("l.first_contacted_at")}, 'status') END,
            'last', CASE WHEN l.last_contacted_at < w.last
                THEN jsonb_build_array({as_text("l.last_contacted_at")}, 'status') END))
    FROM (
        SELECT a.record, min(a.at) AS first, max(a.at) AS last FROM crm_activity a
        WHERE a.of = 'lead' AND a.deleted_at IS NULL
        AND (a.type = 'meeting' OR a.type = 'call' AND a.outcome = 'reached') GROUP BY a.record
    ) w
    WHERE l.id = w.record
"""


def count_recorded(apps, schema_editor):
    # The activities write these columns themselves from here on (crm/activities/contact.py).
    schema_editor.execute("SELECT set_config('leadwell.writes_contact', 'on', true)")
    schema_editor.execute(RECORDED)
    schema_editor.execute("SELECT set_config('leadwell.writes_contact', '', true)")


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0010_shared_records'),
        ('crm', '0014_searched_custom_fields'),
    ]

    operations = [
        migrations.AddField(
            model_name='lead',
            name='contacted_otherwise',
            field=models.JSONField(db_default={}, editable=False),
        ),
        migrations.AddField(
            model_name='lead',
            name='first_contacted_by',
            field=models.CharField(choices=CHOICES, db_default='status', default='status', editable=False, max_length=8, verbose_name='origin of first contacted'),
        ),
        migrations.AddField(
            model_name='lead',
            name='last_contacted_by',
            field=models.CharField(choices=CHOICES, db_default='status', default='status', editable=False, max_length=8, verbose_name='origin of last contacted'),
        ),
        migrations.RunPython(count_recorded, migrations.RunPython.noop),
    ]
