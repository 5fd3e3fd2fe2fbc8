"""The migrations 0001 to 0002 in one: a new database gets each table once, with all its columns and indexes."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('calendars', '0001_connected_calendars'),
        ('calendars', '0002_provider_accounts'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConnectedCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(help_text='Such as https://caldav.example.com. Your calendar program or provider names it.', max_length=500, verbose_name='address of the calendar server')),
                ('username', models.CharField(max_length=254, validators=[django.core.validators.MinLengthValidator(1)], verbose_name='username')),
                ('secret', models.TextField(blank=True, default='', editable=False)),
                ('path', models.CharField(blank=True, default='', editable=False, max_length=1000, verbose_name='calendar')),
                ('name', models.CharField(blank=True, default='', editable=False, max_length=200)),
                ('known_as', models.TextField(blank=True, default='', editable=False)),
                ('cursor', models.TextField(blank=True, default='', editable=False)),
                ('leaving', models.BooleanField(db_default=False, default=False, editable=False)),
                ('problem', models.CharField(blank=True, default='', editable=False, max_length=300)),
                ('failures', models.PositiveIntegerField(default=0, editable=False)),
                ('notified', models.BooleanField(default=False, editable=False)),
                ('last_success_at', models.DateTimeField(editable=False, null=True)),
                ('next_check_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('busy_until', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('owner', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('access_token', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('provider', models.CharField(choices=[('caldav', 'CalDAV'), ('google', 'Google'), ('microsoft', 'Microsoft')], db_default='caldav', default='caldav', editable=False, max_length=10)),
                ('refresh_token', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('token_until', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'connected calendar',
                'verbose_name_plural': 'connected calendars',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CalendarEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=1000)),
                ('uid', models.CharField(blank=True, default='', max_length=500)),
                ('etag', models.CharField(blank=True, default='', max_length=200)),
                ('recurring', models.BooleanField(default=False)),
                ('read_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='calendars.connectedcalendar')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['uid'], name='calendar_event_uid')],
                'constraints': [models.UniqueConstraint(fields=('calendar', 'path'), name='calendar_event_path')],
            },
        ),
        migrations.CreateModel(
            name='EventTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recurrence', models.CharField(blank=True, default='', max_length=40)),
                ('begins', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('busy', models.BooleanField(default=True)),
                ('activity', models.BigIntegerField(null=True)),
                ('task', models.BigIntegerField(null=True)),
                ('agreed', models.CharField(blank=True, default='', max_length=64)),
                ('ours', models.BooleanField(default=False)),
                ('organized_elsewhere', models.BooleanField(default=False)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='times', to='calendars.calendarevent')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('busy', True)), fields=['event', 'ends'], name='calendar_busy_times')],
                'constraints': [models.UniqueConstraint(fields=('event', 'recurrence'), name='calendar_event_time'), models.UniqueConstraint(condition=models.Q(('activity__isnull', False)), fields=('activity',), name='calendar_meeting'), models.UniqueConstraint(condition=models.Q(('task__isnull', False)), fields=('task',), name='calendar_task')],
            },
        ),
    ]
