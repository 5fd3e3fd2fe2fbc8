"""The migrations 0001 to 0005 in one: a new database gets each table once, with all its columns and indexes."""

import accounts.models.push
import crm.platform.configuration.time_zones
import crm.platform.push.vapid_signature
import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import django_countries.fields
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('accounts', '0001_squashed_0004_signature'),
        ('accounts', '0005_push'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('country', django_countries.fields.CountryField(blank=True, help_text='Phone numbers without a country code are treated as numbers from this country.', max_length=2, verbose_name='country')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('contact_within', models.PositiveIntegerField(blank=True, help_text='The working time in which a new lead must be contacted, such as 30 min or 4 h. A source’s own limit takes precedence. Leave empty for no limit.', null=True, validators=[django.core.validators.MinValueValidator(1, 'Enter at least 1 min.'), django.core.validators.MaxValueValidator(30000, 'Enter at most 500 h.')], verbose_name='first contact within')),
            ],
            options={
                'verbose_name': 'department',
                'verbose_name_plural': 'departments',
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('group_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='auth.group')),
                ('key', models.CharField(blank=True, max_length=20)),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('second_factor_days', models.PositiveSmallIntegerField(blank=True, help_text='0 requires it at once. Leave empty if this role doesn’t require it.', null=True, validators=[django.core.validators.MaxValueValidator(90, 'Enter at most 90 days.')], verbose_name='days to set it up')),
                ('second_factor_from', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'role',
                'verbose_name_plural': 'roles',
                'permissions': [('see_own', 'can view own records'), ('see_unassigned', 'can view own records and unassigned records in own departments'), ('see_departments', 'can view records in own departments'), ('see_all', 'can view records in all departments')],
            },
            bases=('auth.group',),
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='email')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='added')),
                ('hue', models.PositiveSmallIntegerField(default=260)),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('ro', 'Română')], max_length=5, verbose_name='language')),
                ('time_zone', models.CharField(blank=True, choices=crm.platform.configuration.time_zones.time_zones, max_length=50, verbose_name='time zone')),
                ('theme', models.CharField(blank=True, choices=[('', 'same as device'), ('light', 'light'), ('dark', 'dark')], max_length=5, verbose_name='theme')),
                ('density', models.CharField(blank=True, choices=[('', 'comfortable'), ('compact', 'compact')], max_length=10, verbose_name='row density')),
                ('rows_per_page', models.PositiveSmallIntegerField(choices=[(25, '25'), (50, '50'), (100, '100'), (200, '200')], default=50, verbose_name='rows per page')),
                ('sign_out_count', models.PositiveIntegerField(default=0)),
                ('link_sent_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='password link sent')),
                ('mail_reminders', models.BooleanField(db_default=True, default=True, verbose_name='send reminders by email too')),
                ('remind_before', models.PositiveSmallIntegerField(choices=[(0, 'when it is due'), (5, '5 minutes before'), (15, '15 minutes before'), (30, '30 minutes before'), (60, '1 hour before'), (1440, '1 day before')], db_default=15, default=15, help_text='Calls are announced at their time.', verbose_name='remind me of a task with a time')),
                ('reminded_on', models.DateField(editable=False, null=True)),
                ('reminder_time', models.TimeField(db_default=datetime.time(8, 0), default=datetime.time(8, 0), help_text='On working days, in your time zone.', verbose_name='summary of the day’s tasks at')),
                ('signature', models.TextField(blank=True, db_default='', default='', help_text='Added below the emails that you write to leads and companies.', max_length=2000, verbose_name='email signature')),
                ('push_mentions', models.BooleanField(db_default=True, default=True, verbose_name='show mentions on your devices')),
                ('push_reminders', models.BooleanField(db_default=True, default=True, help_text='On each device that you turned on, as listed below.', verbose_name='show reminders on your devices')),
                ('start_page', models.CharField(blank=True, choices=[('', 'today'), ('list', 'list')], db_default='', default='', max_length=5, verbose_name='start page')),
                ('invited_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections_made', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.department')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('user', 'department'), name='membership_once')],
            },
        ),
        migrations.CreateModel(
            name='AccountChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('kind', models.CharField(choices=[('email', 'email'), ('roles', 'roles'), ('departments', 'departments'), ('password', 'password'), ('token_added', 'API token created'), ('token_renewed', 'new secret for an API token'), ('token_revoked', 'API token revoked'), ('assistant_connected', 'assistant connected'), ('assistant_changed', 'assistant changed'), ('assistant_removed', 'assistant disconnected'), ('app_added', 'authenticator app added'), ('app_removed', 'authenticator app removed'), ('passkey_added', 'passkey added'), ('passkey_removed', 'passkey removed'), ('codes_made', 'new recovery codes'), ('code_used', 'recovery code used'), ('codes_wrong', 'wrong codes entered'), ('factors_off', 'two-step verification turned off'), ('factors_reset', 'two-step verification reset')], max_length=20)),
                ('before', models.JSONField(default=list)),
                ('after', models.JSONField(default=list)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='account_changes', to=settings.AUTH_USER_MODEL)),
                ('program', models.CharField(blank=True, db_default='', default='', max_length=100)),
            ],
            options={
                'verbose_name': 'account change',
                'verbose_name_plural': 'account changes',
            },
        ),
        migrations.CreateModel(
            name='TaskReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task', models.BigIntegerField(unique=True)),
                ('moment', models.DateTimeField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_read_at', models.DateTimeField(null=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'calendar feed',
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateField(verbose_name='first day')),
                ('last', models.DateField(verbose_name='last day')),
                ('substitute', models.ForeignKey(blank=True, help_text='Gets the reminders on these days.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='substitute')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'absence',
                'verbose_name_plural': 'absences',
                'indexes': [models.Index(fields=['user', 'last'], name='absence_of_user')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='absence_ends_later', violation_error_message='The last day is before the first.')],
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='date')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='holidays', to='accounts.department', verbose_name='department')),
            ],
            options={
                'verbose_name': 'holiday',
                'verbose_name_plural': 'holidays',
                'constraints': [models.UniqueConstraint(fields=('day', 'department'), name='holiday_once', nulls_distinct=False, violation_error_message='This day is already a holiday there.')],
            },
        ),
        migrations.CreateModel(
            name='WorkingHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')])),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='working_hours', to='accounts.department')),
            ],
            options={
                'verbose_name': 'working hours',
                'verbose_name_plural': 'working hours',
                'constraints': [models.UniqueConstraint(fields=('department', 'weekday'), name='working_hours_once'), models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens'))), name='working_hours_end_later')],
            },
        ),
        migrations.CreateModel(
            name='PushDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=100)),
                ('endpoint', models.CharField(max_length=1000, unique=True, validators=[accounts.models.push.push_endpoint])),
                ('browser_key', models.CharField(max_length=100, validators=[accounts.models.push.point])),
                ('secret', models.CharField(max_length=30, validators=[accounts.models.push.shared_secret])),
                ('server_key', models.CharField(default=crm.platform.push.vapid_signature.public_key, editable=False, max_length=100)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('refused_with', models.PositiveSmallIntegerField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_devices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'device with notifications',
            },
        ),
        migrations.AddField(
            model_name='user',
            name='departments',
            field=models.ManyToManyField(blank=True, related_name='users', through='accounts.Membership', to='accounts.department', verbose_name='departments'),
        ),
    ]
