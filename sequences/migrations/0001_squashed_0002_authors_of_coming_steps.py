"""The migrations 0001 to 0002 in one: a new database gets each table once, with all its columns and indexes."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('sequences', '0001_initial'),
        ('sequences', '0002_authors_of_coming_steps'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sequence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('table_of', models.CharField(max_length=40, verbose_name='record type')),
                ('turned_on', models.BooleanField(db_default=False, default=False, verbose_name='turned on')),
                ('sender', models.CharField(choices=[('owner', 'the owner of each record'), ('starter', 'the user who starts it')], default='owner', help_text='Emails are in their name, and tasks are for them.', max_length=10, verbose_name='sender')),
                ('route', models.CharField(choices=[('own', 'the sender’s own mailbox'), ('department', 'the mailbox of the record’s department')], default='own', max_length=10, verbose_name='mailbox')),
                ('stop_statuses', models.JSONField(blank=True, db_default=[], default=list, help_text='Every closed status ends it too.', verbose_name='statuses that end it')),
                ('steps', models.JSONField(db_default=[], default=list, verbose_name='steps')),
                ('position', models.PositiveSmallIntegerField(db_default=0, default=0)),
            ],
            options={
                'verbose_name': 'sequence',
                'verbose_name_plural': 'sequences',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('retired', False)), name='sequence_once')],
            },
        ),
        migrations.CreateModel(
            name='Enrollment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table_of', models.CharField(max_length=40)),
                ('record', models.BigIntegerField()),
                ('email_key', models.CharField(max_length=254)),
                ('started', models.BigIntegerField()),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('running', 'running'), ('finished', 'finished'), ('stopped', 'stopped')], db_default='running', default='running', max_length=10, verbose_name='state')),
                ('stop_reason', models.CharField(blank=True, choices=[('retired', 'The sequence was deleted.'), ('merged', 'The record was merged into another one.'), ('deleted', 'The record was deleted.'), ('erased', 'The person was erased.'), ('converted', 'The lead was converted.'), ('status', 'The record reached a status that ends the sequence.'), ('replied', 'They replied.'), ('meeting', 'A meeting was arranged.'), ('unsubscribed', 'They unsubscribed.'), ('bounced', 'An email couldn’t be delivered.'), ('suppressed', 'The email address is suppressed.'), ('no_address', 'The record no longer has an email address.'), ('address_taken', 'Another record with this email address is in a sequence.'), ('owner_changed', 'The record has another owner.'), ('author_gone', 'The sender is no longer active.'), ('author_may_not', 'The sender may no longer change the record.'), ('failed', 'A step couldn’t be done.'), ('by_hand', 'A user stopped it.'), ('undone', 'The start was undone.')], db_default='', default='', max_length=20, verbose_name='why it stopped')),
                ('ended_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sequence', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='enrollments', to='sequences.sequence')),
            ],
            options={
                'verbose_name': 'record in a sequence',
                'verbose_name_plural': 'records in sequences',
                'default_permissions': (),
                'indexes': [models.Index(fields=['sequence', '-id'], name='enrollment_newest'), models.Index(fields=['sequence', 'state', '-id'], name='enrollment_by_state'), models.Index(fields=['record', 'table_of', '-id'], name='enrollment_by_record'), models.Index(fields=['email_key'], name='enrollment_by_address'), models.Index(fields=['ended_at'], name='enrollment_ended')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('email_key',), name='enrollment_of_address'), models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('table_of', 'record'), name='enrollment_of_record'), models.CheckConstraint(condition=models.Q(('email_key', ''), ('state', 'running'), _negated=True), name='enrollment_has_address')],
            },
        ),
        migrations.CreateModel(
            name='ComingStep',
            fields=[
                ('enrollment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='coming', serialize=False, to='sequences.enrollment')),
                ('key', models.CharField(blank=True, db_default='', default='', max_length=16)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sequence', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sequences.sequence')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('key', ''), _negated=True), fields=['author', 'sequence', 'due_at', 'enrollment'], name='sequence_step_due'), models.Index(condition=models.Q(('key', ''), ('author', None), _connector='OR'), fields=['due_at', 'enrollment'], name='sequence_step_unplanned')],
            },
        ),
        migrations.CreateModel(
            name='EditedEmail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=16)),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('text', models.TextField(max_length=20000, verbose_name='text')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ('enrollment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='edited_emails', to='sequences.enrollment')),
            ],
            options={
                'verbose_name': 'edited email',
                'verbose_name_plural': 'edited emails',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('enrollment', 'key'), name='edited_email_once')],
            },
        ),
        migrations.CreateModel(
            name='EnrollmentStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=16)),
                ('done_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('outcome', models.CharField(choices=[('email', 'email written'), ('task', 'task added'), ('skipped', 'skipped')], max_length=10, verbose_name='outcome')),
                ('reason', models.CharField(blank=True, db_default='', default='', max_length=60)),
                ('activity', models.BigIntegerField(null=True)),
                ('sender', models.CharField(blank=True, db_default='', default='', max_length=254)),
                ('task', models.BigIntegerField(null=True)),
                ('written', models.BigIntegerField(null=True)),
                ('enrollment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps_done', to='sequences.enrollment')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('task__isnull', False)), fields=['task'], name='enrollment_step_task'), models.Index(condition=models.Q(('sender', ''), _negated=True), fields=['sender', 'done_at'], name='enrollment_step_sender')],
                'constraints': [models.UniqueConstraint(fields=('enrollment', 'key'), name='enrollment_step_once'), models.UniqueConstraint(fields=('activity',), name='enrollment_step_email')],
            },
        ),
    ]
