"""The migrations 0001 to 0005 in one: a new database gets each table once, with all its columns and indexes."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('privacy', '0001_initial'),
        ('privacy', '0002_rights_on_privacy'),
        ('privacy', '0003_retention'),
        ('privacy', '0004_processing'),
        ('privacy', '0005_erasing_rules'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
        ('leads', '0001_squashed_0040_no_shows_in_queue'),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='date')),
                ('records', models.JSONField(default=dict, verbose_name='records')),
                ('digests', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None, verbose_name='digests')),
                ('cleared', models.JSONField(default=dict, verbose_name='cleared')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('reason', models.CharField(choices=[('request', 'Erased by a user'), ('retention', 'Retention rule'), ('restored', 'Repeated after a restore')], db_default='request', default='request', max_length=10, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'erasure',
                'verbose_name_plural': 'erasures',
                'ordering': ['-at', '-pk'],
                'permissions': [('view_person_data', 'Can see all that is stored about a person'), ('erase_person', 'Can erase a person')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RetentionExemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('until', models.DateField(blank=True, help_text='Without a date, it is kept until you change this.', null=True, verbose_name='until')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.lead')),
            ],
            options={
                'verbose_name': 'exemption from retention rules',
                'verbose_name_plural': 'exemptions from retention rules',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('months', models.PositiveSmallIntegerField(default=24, help_text='From 1 to 240. They count from the last change, activity or entry into the status.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)], verbose_name='months')),
                ('notice_days', models.PositiveSmallIntegerField(default=14, help_text='From 1 to 90: how long before that the owners, or the managers, are notified.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)], verbose_name='days of notice')),
                ('action', models.CharField(choices=[('delete', 'Move to Trash'), ('erase', 'Erase the person')], default='delete', help_text='Leads in Trash can be restored. Erased persons can’t: names, emails, phones and texts are removed everywhere.', max_length=10, verbose_name='what happens')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_confirmed', models.BooleanField(default=False, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('status', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.status', verbose_name='status')),
            ],
            options={
                'verbose_name': 'retention rule',
                'verbose_name_plural': 'retention rules',
                'default_permissions': ('change',),
            },
        ),
        migrations.CreateModel(
            name='RetentionNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deletes_on', models.DateField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.lead')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='privacy.retentionrule')),
                ('action', models.CharField(choices=[('delete', 'Move to Trash'), ('erase', 'Erase the person')], db_default='delete', default='delete', max_length=10)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('announced', models.PositiveIntegerField(default=0)),
                ('deleted', models.PositiveIntegerField(default=0)),
                ('is_paused', models.BooleanField(default=False)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='privacy.retentionrule')),
                ('erased', models.PositiveIntegerField(db_default=0, default=0)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['rule', '-at'], name='retention_run_of_rule')],
            },
        ),
        migrations.CreateModel(
            name='ProcessingTexts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company', models.TextField(blank=True, default='', help_text='The name and address of the company.', max_length=5000, verbose_name='controller')),
                ('contact', models.TextField(blank=True, default='', help_text='How people reach the company about their data.', max_length=5000, verbose_name='contact')),
                ('officer', models.TextField(blank=True, default='', help_text='The name, email and phone.', max_length=5000, verbose_name='data protection officer')),
                ('purposes', models.TextField(blank=True, default='', help_text='Such as selling our products to companies.', max_length=5000, verbose_name='purposes of processing')),
                ('basis', models.TextField(blank=True, default='', help_text='Such as consent, a contract or a legitimate interest.', max_length=5000, verbose_name='legal basis')),
                ('persons', models.TextField(blank=True, default='', max_length=5000, verbose_name='further categories of persons')),
                ('recipients', models.TextField(blank=True, default='', help_text='Such as an agency, or the company that runs the server.', max_length=5000, verbose_name='further recipients')),
                ('transfers', models.TextField(blank=True, default='', help_text='To which country, and with which safeguards; or that there are none.', max_length=5000, verbose_name='transfers to third countries')),
                ('measures', models.TextField(blank=True, default='', help_text='Such as locked rooms, training and contracts.', max_length=5000, verbose_name='further security measures')),
                ('sensitive', models.JSONField(blank=True, db_default=[], default=list, verbose_name='fields with sensitive data')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': 'record of processing',
                'verbose_name_plural': 'record of processing',
                'default_permissions': ('view', 'change'),
            },
        ),
    ]
