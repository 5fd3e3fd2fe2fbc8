"""The migrations 0001 to 0015 in one: a new database gets each table once, with all its columns and indexes."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.math
import reports.models.cached_numbers
from crm.platform.database.squashed_migrations import SquashedMigration
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('reports', '0001_squashed_0009_goals'),
        ('reports', '0010_read_reports'),
        ('reports', '0011_revenue_without_rate_and_costs_for_company_managers'),
        ('reports', '0012_report_emails_sent_now'),
        ('reports', '0013_numbers_of_today'),
        ('reports', '0014_last_touched'),
        ('reports', '0015_dashboards'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('leads', '0001_squashed_0040_no_shows_in_queue'),
    ]

    operations = [
        migrations.CreateModel(
            name='CurrentProgress',
            fields=[
                ('lead', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='leads.lead', verbose_name='lead')),
                ('created_at', models.DateTimeField(verbose_name='added')),
                ('contacted_at', models.DateTimeField(null=True, verbose_name='contacted')),
                ('qualified_at', models.DateTimeField(null=True, verbose_name='qualified')),
                ('proposal_at', models.DateTimeField(null=True, verbose_name='proposal')),
                ('opportunity_at', models.DateTimeField(null=True, verbose_name='opportunity')),
                ('won_at', models.DateTimeField(null=True, verbose_name='won')),
                ('lost_at', models.DateTimeField(null=True, verbose_name='lost')),
                ('first_contacted_at', models.DateTimeField(null=True, verbose_name='first contacted')),
                ('status_since', models.DateTimeField(verbose_name='in status since')),
                ('revenue_at', models.DateTimeField(null=True, verbose_name='revenue since')),
                ('base_value', models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name='value')),
                ('revenue', models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name='revenue')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('vip', models.BooleanField(verbose_name='VIP')),
                ('shared', models.BooleanField(verbose_name='shared with everyone')),
                ('present', models.BooleanField(verbose_name='outside Trash')),
                ('has_value', models.BooleanField(verbose_name='has a value')),
                ('revenue_missing', models.BooleanField(verbose_name='revenue missing')),
                ('erased', models.BooleanField(verbose_name='erased')),
                ('path', models.TextField(verbose_name='status path')),
                ('revenue_without_rate', models.BooleanField(db_default=False, verbose_name='revenue without a rate')),
                ('touched_at', models.DateTimeField(null=True, verbose_name='last touched')),
            ],
            options={
                'verbose_name': 'progress of a lead',
                'verbose_name_plural': 'progress of leads',
                'db_table': 'reports_currentprogress',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='ChangedLead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('query', models.TextField(blank=True)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='auth.group', verbose_name='role')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='LeadProgress',
            fields=[
                ('lead', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='leads.lead', verbose_name='lead')),
                ('created_at', models.DateTimeField(verbose_name='added')),
                ('contacted_at', models.DateTimeField(null=True, verbose_name='contacted')),
                ('qualified_at', models.DateTimeField(null=True, verbose_name='qualified')),
                ('proposal_at', models.DateTimeField(null=True, verbose_name='proposal')),
                ('opportunity_at', models.DateTimeField(null=True, verbose_name='opportunity')),
                ('won_at', models.DateTimeField(null=True, verbose_name='won')),
                ('lost_at', models.DateTimeField(null=True, verbose_name='lost')),
                ('first_contacted_at', models.DateTimeField(null=True, verbose_name='first contacted')),
                ('status_since', models.DateTimeField(verbose_name='in status since')),
                ('revenue_at', models.DateTimeField(null=True, verbose_name='revenue since')),
                ('base_value', models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name='value')),
                ('revenue', models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name='revenue')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('vip', models.BooleanField(verbose_name='VIP')),
                ('shared', models.BooleanField(verbose_name='shared with everyone')),
                ('present', models.BooleanField(verbose_name='outside Trash')),
                ('has_value', models.BooleanField(verbose_name='has a value')),
                ('revenue_missing', models.BooleanField(verbose_name='revenue missing')),
                ('erased', models.BooleanField(verbose_name='erased')),
                ('path', models.TextField(verbose_name='status path')),
                ('department', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.department')),
                ('lost_reason', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='leads.lostreason')),
                ('owner', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='leads.source')),
                ('status', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='leads.status')),
                ('contact_due_at', models.DateTimeField(null=True, verbose_name='first contact due')),
                ('revenue_without_rate', models.BooleanField(db_default=False, verbose_name='revenue without a rate')),
                ('touched_at', models.DateTimeField(null=True, verbose_name='last touched')),
            ],
            options={
                'verbose_name': 'progress of a lead',
                'verbose_name_plural': 'progress of leads',
                'indexes': [models.Index(condition=models.Q(('lost_at__isnull', False)), fields=['lost_at'], name='progress_lost'), models.Index(condition=models.Q(('present', False)), fields=['lead'], name='progress_absent'), models.Index(fields=['created_at'], include=('owner', 'department', 'shared', 'present'), name='progress_created'), models.Index(fields=['owner', 'created_at'], include=('department', 'shared', 'present'), name='progress_owner'), models.Index(condition=models.Q(('won_at__isnull', False)), fields=['won_at'], include=('owner', 'department', 'shared', 'present'), name='progress_won'), models.Index(condition=models.Q(('revenue_at__isnull', False)), fields=['revenue_at'], include=('owner', 'department', 'shared', 'present', 'revenue', 'revenue_missing', 'revenue_without_rate'), name='progress_revenue')],
            },
        ),
        migrations.CreateModel(
            name='DoneOfCurrentProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deleted_at', models.DateTimeField(null=True)),
                ('of', models.CharField(max_length=40)),
                ('type', models.CharField(max_length=10)),
                ('outcome', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'crm_activity',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DoneOfLeadProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deleted_at', models.DateTimeField(null=True)),
                ('of', models.CharField(max_length=40)),
                ('type', models.CharField(max_length=10)),
                ('outcome', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'crm_activity',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ImportedOfCurrentProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=6)),
            ],
            options={
                'db_table': 'crm_change',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ImportedOfLeadProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=6)),
            ],
            options={
                'db_table': 'crm_change',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SentOfCurrentProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(null=True)),
                ('bounced_at', models.DateTimeField(null=True)),
                ('clicked_at', models.DateTimeField(null=True)),
                ('of', models.CharField(max_length=40)),
                ('opened_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(max_length=300)),
                ('replied_at', models.DateTimeField(null=True)),
                ('state', models.CharField(max_length=10)),
                ('unsubscribed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'mailings_delivery',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SentOfLeadProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(null=True)),
                ('bounced_at', models.DateTimeField(null=True)),
                ('clicked_at', models.DateTimeField(null=True)),
                ('of', models.CharField(max_length=40)),
                ('opened_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(max_length=300)),
                ('replied_at', models.DateTimeField(null=True)),
                ('state', models.CharField(max_length=10)),
                ('unsubscribed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'mailings_delivery',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='StayOfCurrentProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entered', models.DateTimeField()),
                ('left', models.DateTimeField(null=True)),
                ('undone', models.BooleanField()),
            ],
            options={
                'db_table': 'leads_statusmove',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='StayOfLeadProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entered', models.DateTimeField()),
                ('left', models.DateTimeField(null=True)),
                ('undone', models.BooleanField()),
            ],
            options={
                'db_table': 'leads_statusmove',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='BiAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=63, unique=True)),
                ('everything', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('everything', True), ('user', None)), models.Q(('everything', False), ('user__isnull', False)), _connector='OR'), name='bi_access_user_or_everything')],
            },
        ),
        migrations.CreateModel(
            name='Pin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shipped', models.CharField(blank=True, default='', max_length=40)),
                ('query', models.TextField(blank=True, default='')),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reports.report', verbose_name='report')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'pinned report',
                'verbose_name_plural': 'pinned reports',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('user'), models.F('report'), models.F('shipped'), name='pin_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='KeptNumbers',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True, verbose_name='counted')),
                ('rows', models.JSONField(decoder=reports.models.cached_numbers.ExactDecoder, encoder=reports.models.cached_numbers.Exact)),
            ],
            options={
                'verbose_name': 'kept numbers',
                'verbose_name_plural': 'kept numbers',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('measure', models.CharField(choices=[('leads', 'New leads'), ('qualified', 'Qualified leads'), ('opportunities', 'Opportunities'), ('won', 'Won leads'), ('revenue', 'Revenue'), ('calls', 'Calls'), ('meetings', 'Meetings')], max_length=20, verbose_name='number')),
                ('target', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0.01'), 'Enter a number greater than 0.')], verbose_name='target')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'goal',
                'verbose_name_plural': 'goals',
                'default_permissions': ('add', 'change', 'delete'),
                'constraints': [models.UniqueConstraint(models.F('month'), models.F('user'), models.F('department'), models.F('measure'), name='goal_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('user', None), ('department', None), _connector='OR'), name='goal_of_one'), models.CheckConstraint(condition=models.Q(('target__gt', 0)), name='goal_above_zero'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='goal_from_first_day'), models.CheckConstraint(condition=models.Q(('measure', 'revenue'), ('target', django.db.models.functions.math.Floor('target')), _connector='OR'), name='goal_of_whole_numbers')],
            },
        ),
        migrations.CreateModel(
            name='ReadReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('query', models.TextField()),
                ('read_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='last read')),
                ('counted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='counted')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'read report',
                'verbose_name_plural': 'read reports',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='one_read_report')],
            },
        ),
        migrations.CreateModel(
            name='Dashboard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('version', models.PositiveIntegerField(db_default=1, default=1)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='auth.group', verbose_name='role')),
            ],
            options={
                'verbose_name': 'dashboard',
                'verbose_name_plural': 'dashboards',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReportSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shipped', models.CharField(blank=True, max_length=40)),
                ('query', models.TextField(blank=True)),
                ('title', models.CharField(max_length=80)),
                ('every', models.CharField(choices=[('daily', 'Every day'), ('weekly', 'Every week'), ('monthly', 'Every month')], default='weekly', max_length=7, verbose_name='send')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0, verbose_name='weekday')),
                ('day', models.PositiveSmallIntegerField(default=1, help_text='From 1 to 31. Shorter months send on their last day.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='day of the month')),
                ('hour', models.PositiveSmallIntegerField(choices=[(0, '00:00'), (1, '01:00'), (2, '02:00'), (3, '03:00'), (4, '04:00'), (5, '05:00'), (6, '06:00'), (7, '07:00'), (8, '08:00'), (9, '09:00'), (10, '10:00'), (11, '11:00'), (12, '12:00'), (13, '13:00'), (14, '14:00'), (15, '15:00'), (16, '16:00'), (17, '17:00'), (18, '18:00'), (19, '19:00'), (20, '20:00'), (21, '21:00'), (22, '22:00'), (23, '23:00')], default=8, verbose_name='time')),
                ('zone', models.CharField(blank=True, max_length=50)),
                ('next_at', models.DateTimeField(null=True, verbose_name='next email')),
                ('pause', models.CharField(blank=True, choices=[('user', 'You paused these emails.'), ('inactive', 'Your account was deactivated.'), ('permission', 'You no longer have the permission to view reports.'), ('deleted', 'The report or dashboard was deleted.'), ('hidden', 'The report or dashboard is no longer shared with you.'), ('no_parts', 'The dashboard has no reports that you may view.'), ('problem', 'The report can’t be computed anymore.')], max_length=10)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='reports.report')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dashboard', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='reports.dashboard')),
            ],
            options={
                'verbose_name': 'scheduled email',
                'verbose_name_plural': 'scheduled emails',
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('pause', '')), fields=['next_at'], name='schedule_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('next_at__isnull', False), ('pause', '')), models.Q(models.Q(('pause', ''), _negated=True), ('next_at', None)), _connector='OR'), name='schedule_next_unless_paused')],
            },
        ),
        migrations.CreateModel(
            name='ReportEmail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('not_sent', 'Not sent')], default='waiting', max_length=8)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('sent_at', models.DateTimeField(null=True)),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='emails', to='reports.reportschedule')),
                ('sent_now', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('schedule', 'due_at'), name='report_email_once')],
            },
        ),
        migrations.CreateModel(
            name='DashboardPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shipped', models.CharField(blank=True, default='', max_length=40)),
                ('query', models.TextField(blank=True, default='')),
                ('wide', models.BooleanField(default=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('dashboard', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='reports.dashboard', verbose_name='dashboard')),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reports.report', verbose_name='report')),
            ],
            options={
                'verbose_name': 'part of a dashboard',
                'verbose_name_plural': 'parts of dashboards',
                'default_permissions': (),
            },
        ),
    ]
