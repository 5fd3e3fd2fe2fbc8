"""Search finds activities by their words. Those of existing ones are written in parts while people work, and an interrupted
migration goes on where it stopped."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, transaction

from crm.records.functions import FOLD, WORDS

ROWS_AT_ONCE = 5_000


def write_words(apps, editor):
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM crm_activity")
        (last,) = cursor.fetchone()
        if not last:
            return
        # The functions are brought up to date after all migrations, which is too late here.
        for function in (FOLD, WORDS):
            cursor.execute(function)
        for start in range(0, last, ROWS_AT_ONCE):
            with transaction.atomic():
                cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
                cursor.execute(
                    "UPDATE crm_activity SET words = leadwell_words(text) WHERE id > %s AND id <= %s AND words IS NULL",
                    [start, start + ROWS_AT_ONCE],
                )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('crm', '0018_directions_of_calls'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='words',
            field=django.contrib.postgres.search.SearchVectorField(editable=False, null=True),
        ),
        migrations.RunPython(write_words, migrations.RunPython.noop, atomic=False),
        AddIndexConcurrently(
            model_name='activity',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='activity_words'),
        ),
    ]
