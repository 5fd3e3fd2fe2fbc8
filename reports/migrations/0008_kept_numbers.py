"""Numbers that took long are kept, and leads in Trash are found by an index."""

import django.db.models.functions.datetime
import reports.models.kept_numbers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_single_sign_on'),
        ('leads', '0023_rules_of_company_managers'),
        ('reports', '0007_faster_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptNumbers',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True, verbose_name='counted')),
                ('rows', models.JSONField(decoder=reports.models.kept_numbers.ExactDecoder, encoder=reports.models.kept_numbers.Exact)),
            ],
            options={
                'verbose_name': 'kept numbers',
                'verbose_name_plural': 'kept numbers',
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='leadprogress',
            index=models.Index(condition=models.Q(('present', False)), fields=['lead'], name='progress_absent'),
        ),
    ]
