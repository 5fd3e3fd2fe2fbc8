"""The migrations 0001 to 0006 in one: a new database gets each table once, with all its columns and indexes."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('automations', '0001_initial'),
        ('automations', '0002_automation_trial'),
        ('automations', '0003_clock'),
        ('automations', '0004_responses'),
        ('automations', '0005_meetings_and_bookings'),
        ('automations', '0006_meeting_times'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
    ]

    operations = [
        migrations.CreateModel(
            name='Automation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('table_of', models.CharField(max_length=40, verbose_name='record type')),
                ('turned_on', models.BooleanField(db_default=False, default=False, verbose_name='turned on')),
                ('trigger', models.CharField(choices=[('added', 'is added'), ('field_changed', 'has a field changed'), ('status_entered', 'gets a status'), ('status_left', 'leaves a status'), ('activity', 'has an activity logged'), ('email_received', 'sends you an email'), ('meeting_held', 'has a meeting held'), ('no_show', 'doesn’t come to a meeting'), ('booking_made', 'books a meeting'), ('booking_moved', 'has a booked meeting moved'), ('booking_canceled', 'has a booked meeting canceled'), ('mailing_answered', 'answers a mailing'), ('mailing_opened', 'opens a mailing'), ('mailing_clicked', 'clicks a link in a mailing'), ('mailing_bounced', 'has a mailing bounced'), ('sequence_ended', 'has a sequence ended'), ('quiet', 'is quiet for some working days'), ('date', 'has a date that comes near or has passed'), ('meeting_time', 'has a meeting that comes near or has begun'), ('task_overdue', 'has an overdue task'), ('daily', 'meets the conditions, each day at a time')], default='added', max_length=20, verbose_name='when a record')),
                ('trigger_values', models.JSONField(blank=True, db_default={}, default=dict, verbose_name='trigger values')),
                ('for_imports', models.BooleanField(db_default=False, default=False, help_text='An import can wake the automation for thousands of records at once.', verbose_name='also for imports')),
                ('conditions', models.TextField(blank=True, verbose_name='conditions')),
                ('steps', models.JSONField(db_default=[], default=list, verbose_name='steps')),
                ('most_an_hour', models.PositiveIntegerField(db_default=1000, default=1000, help_text='Further records within the hour are skipped and listed in the log.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000)], verbose_name='most records an hour')),
                ('off_reason', models.CharField(blank=True, choices=[('owner_inactive', 'The owner is no longer active.'), ('owner_permissions', 'The owner no longer has the permissions for its steps.'), ('conditions', 'Its conditions or steps name something that no longer exists.'), ('faults', 'It failed several times in a row.')], db_default='', default='', max_length=20, verbose_name='why it was turned off')),
                ('position', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('owner', models.ForeignKey(help_text='The automation changes only what its owner may change.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'automation',
                'verbose_name_plural': 'automations',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('retired', False)), name='automation_once')],
            },
        ),
        migrations.CreateModel(
            name='WakingOperation',
            fields=[
                ('operation', models.BigIntegerField(primary_key=True, serialize=False)),
                ('waiting', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AutomationState',
            fields=[
                ('automation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='automations.automation')),
                ('faults', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('limit_told_at', models.DateTimeField(null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AutomationRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('waking', models.BigIntegerField()),
                ('record', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('outcome', models.CharField(choices=[('acted', 'acted'), ('unchanged', 'already set'), ('refused', 'can’t be changed'), ('unmet', 'conditions not met'), ('unseen', 'not visible to the owner'), ('trash', 'in Trash'), ('merged', 'merged into another record'), ('limit', 'limit an hour reached'), ('waiting', 'waiting for the next step'), ('undone', 'ended by an undo'), ('depth', 'too many automations in a row'), ('fault', 'failed')], max_length=10, verbose_name='outcome')),
                ('reasons', models.JSONField(db_default=[], default=list)),
                ('written', models.BigIntegerField(null=True)),
                ('automation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='automations.automation')),
                ('occasion', models.CharField(blank=True, db_default='', default='', max_length=60)),
                ('step', models.PositiveSmallIntegerField(db_default=0, default=0)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['automation', '-id'], name='automation_run_newest'), models.Index(fields=['automation', 'outcome', '-id'], name='automation_run_outcome'), models.Index(fields=['automation', 'at'], name='automation_run_at'), models.Index(fields=['record'], name='automation_run_record')],
                'constraints': [models.UniqueConstraint(fields=('automation', 'waking', 'record', 'occasion', 'step'), name='automation_run_once')],
            },
        ),
        migrations.CreateModel(
            name='AutomationTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.PositiveSmallIntegerField(choices=[(30, '30 days'), (90, '90 days'), (365, '365 days')], default=90, verbose_name='period')),
                ('definition', models.JSONField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(null=True)),
                ('is_cut', models.BooleanField(db_default=False, default=False)),
                ('woken', models.PositiveIntegerField(default=0)),
                ('acted_records', models.PositiveIntegerField(default=0)),
                ('unmet', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('reasons', models.JSONField(default=list)),
                ('acted', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('refused', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('automation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trials', to='automations.automation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('over_limit', models.PositiveIntegerField(db_default=0, default=0)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['automation', 'user', '-id'], name='automation_trial_of_reader')],
            },
        ),
        migrations.CreateModel(
            name='AutomationClock',
            fields=[
                ('automation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='automations.automation')),
                ('looked_at', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['next_at'], name='automation_clock_next')],
            },
        ),
        migrations.CreateModel(
            name='WaitingRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.BigIntegerField()),
                ('step', models.PositiveSmallIntegerField()),
                ('due_at', models.DateTimeField()),
                ('waking', models.BigIntegerField()),
                ('occasion', models.CharField(blank=True, db_default='', default='', max_length=60)),
                ('depth', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('written', models.BigIntegerField(null=True)),
                ('automation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='automations.automation')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['due_at', 'id'], name='automation_wait_due'), models.Index(fields=['record'], name='automation_wait_record')],
                'constraints': [models.UniqueConstraint(fields=('automation', 'waking', 'record', 'occasion', 'step'), name='automation_waits_once')],
            },
        ),
        migrations.CreateModel(
            name='MailingResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('delivery', models.BigIntegerField()),
                ('automation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='automations.automation')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('automation', 'delivery'), name='automation_response_once')],
            },
        ),
    ]
