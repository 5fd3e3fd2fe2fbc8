import crm.models.webhook
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Which program uses it.', max_length=100, verbose_name='name')),
                ('prefix', models.CharField(editable=False, max_length=20)),
                ('hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('rights', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='may')),
                ('expires_on', models.DateField(blank=True, help_text='The last day on which it works.', null=True, verbose_name='expires on')),
                ('addresses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, help_text='IP addresses or networks such as 203.0.113.0/24. Empty: from anywhere.', size=None, verbose_name='only from these addresses')),
                ('calls_a_minute', models.PositiveIntegerField(blank=True, help_text='More are answered with 429. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='calls a minute')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('revoked_at', models.DateTimeField(editable=False, null=True)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(blank=True, help_text='Empty: the first department of the user.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department of new leads')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'API token',
                'verbose_name_plural': 'API tokens',
            },
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('table', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200, verbose_name='file')),
                ('file', models.CharField(blank=True, max_length=200)),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='size')),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('reading', 'is read'), ('columns', 'waits for its columns'), ('plan', 'has a plan'), ('done', 'done'), ('cancelled', 'cancelled')], default='reading', max_length=9)),
                ('sheets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), default=list, size=None)),
                ('sheet', models.CharField(blank=True, max_length=100)),
                ('encoding', models.CharField(blank=True, max_length=20)),
                ('header_row', models.PositiveIntegerField(null=True)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('columns', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=list)),
                ('options', models.JSONField(default=dict)),
                ('decisions', models.JSONField(default=dict)),
                ('unknown', models.JSONField(default=dict)),
                ('counts', models.JSONField(default=dict)),
                ('ended_at', models.DateTimeField(null=True)),
                ('rows_kept', models.BooleanField(default=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('pk', models.CompositePrimaryKey('of_id', 'row', blank=True, editable=False, primary_key=True, serialize=False)),
                ('row', models.PositiveIntegerField()),
                ('kinds', models.TextField(blank=True)),
                ('cells', models.JSONField()),
                ('fixes', models.JSONField(default=dict)),
                ('choice', models.CharField(blank=True, max_length=6)),
                ('takes', models.JSONField(default=list)),
                ('of', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='file_rows', to='crm.import')),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('arguments', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('finished', 'finished'), ('cancelled', 'cancelled'), ('failed', 'stopped')], default='waiting', max_length=10)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('cancel_asked', models.BooleanField(default=False)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('problem', models.TextField(blank=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
            },
        ),
        migrations.AddField(
            model_name='import',
            name='job',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.job'),
        ),
        migrations.CreateModel(
            name='ListSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('columns', models.JSONField(default=dict)),
                ('start_views', models.JSONField(default=dict)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='list_settings', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Operation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='what')),
                ('table', models.CharField(blank=True, max_length=40)),
                ('parameters', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('channel', models.CharField(choices=[('web', 'on the screen'), ('bulk', 'in bulk'), ('import', 'by import'), ('api', 'through the API'), ('system', 'by the system')], default='web', max_length=10, verbose_name='way')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                ('milliseconds', models.PositiveIntegerField(null=True, verbose_name='took')),
                ('matched', models.PositiveIntegerField(default=0, verbose_name='matched')),
                ('changed', models.PositiveIntegerField(default=0, verbose_name='changed')),
                ('unchanged', models.PositiveIntegerField(default=0, verbose_name='unchanged')),
                ('refused', models.PositiveIntegerField(default=0, verbose_name='refused')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='operations', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('undoes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='crm.operation')),
            ],
            options={
                'verbose_name': 'operation',
                'verbose_name_plural': 'operations',
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('parameters', models.JSONField(default=dict)),
                ('path', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                ('operation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.operation')),
            ],
            options={
                'verbose_name': 'notification',
                'verbose_name_plural': 'notifications',
            },
        ),
        migrations.AddField(
            model_name='job',
            name='operation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='jobs', to='crm.operation'),
        ),
        migrations.AddField(
            model_name='import',
            name='operation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports', to='crm.operation'),
        ),
        migrations.CreateModel(
            name='FrozenSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('table', models.CharField(max_length=40)),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('count', models.PositiveIntegerField()),
                ('query', models.TextField(blank=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('operation', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='frozen_set', to='crm.operation')),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('row', models.BigIntegerField()),
                ('version', models.PositiveIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('kind', models.CharField(choices=[('insert', 'added'), ('update', 'changed'), ('delete', 'permanently deleted')], max_length=6)),
                ('fields', models.JSONField(null=True)),
                ('role', models.CharField(blank=True, db_default='', max_length=63)),
                ('operation', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='crm.operation')),
            ],
        ),
        migrations.CreateModel(
            name='PlannedRow',
            fields=[
                ('pk', models.CompositePrimaryKey('of_id', 'row', blank=True, editable=False, primary_key=True, serialize=False)),
                ('row', models.PositiveIntegerField()),
                ('verdict', models.CharField(choices=[('new', 'new'), ('changed', 'changed'), ('unchanged', 'unchanged'), ('duplicate', 'duplicate'), ('error', 'error'), ('left_out', 'left out')], max_length=9)),
                ('action', models.CharField(blank=True, max_length=6)),
                ('choice', models.CharField(blank=True, max_length=6)),
                ('match', models.CharField(blank=True, max_length=5)),
                ('record', models.BigIntegerField(null=True)),
                ('version', models.PositiveIntegerField(null=True)),
                ('title', models.TextField(blank=True)),
                ('subtitle', models.TextField(blank=True)),
                ('values', models.JSONField(default=dict)),
                ('old', models.JSONField(default=dict)),
                ('conflicts', models.JSONField(default=dict)),
                ('errors', models.JSONField(default=list)),
                ('keys', models.JSONField(default=list)),
                ('unknown', models.JSONField(default=list)),
                ('of', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='plan', to='crm.import')),
            ],
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.TextField(blank=True)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved_views', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='auth.group', verbose_name='role')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'permissions': [('share_view', 'share saved views')],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='tag_once')],
            },
        ),
        migrations.CreateModel(
            name='TokenUse',
            fields=[
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='use', serialize=False, to='crm.token')),
                ('used_at', models.DateTimeField(null=True)),
                ('address', models.GenericIPAddressField(null=True)),
                ('minute', models.DateTimeField(null=True)),
                ('calls', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='ApiReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255)),
                ('asked', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('status', models.PositiveSmallIntegerField()),
                ('body', models.BinaryField()),
                ('token', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.token')),
            ],
        ),
        migrations.CreateModel(
            name='ApiCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('method', models.CharField(max_length=10)),
                ('path', models.CharField(max_length=200)),
                ('status', models.PositiveSmallIntegerField()),
                ('milliseconds', models.PositiveIntegerField()),
                ('address', models.GenericIPAddressField(null=True)),
                ('token', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='api_calls', to='crm.token')),
            ],
            options={
                'verbose_name': 'call',
                'verbose_name_plural': 'calls',
            },
        ),
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('word', models.CharField(choices=[('changed', 'changed'), ('unchanged', 'already so'), ('refused', 'refused')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('count', models.PositiveIntegerField()),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='crm.operation')),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(help_text='It begins with https:// and is open to the world; our own network is never called.', max_length=500, validators=[crm.models.webhook.callable_address], verbose_name='address')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, validators=[crm.models.webhook.known_kinds], verbose_name='told of')),
                ('secret', models.CharField(editable=False, max_length=64)),
                ('active', models.BooleanField(default=True, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.ForeignKey(help_text='It is told of the operations that this user sees.', on_delete=django.db.models.deletion.PROTECT, related_name='webhooks', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('delivered', 'delivered'), ('failed', 'failed')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('milliseconds', models.PositiveIntegerField(null=True)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('operation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.operation')),
                ('webhook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='crm.webhook')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('table', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120, verbose_name='file')),
                ('words', models.TextField(blank=True, verbose_name='records')),
                ('query', models.TextField(blank=True)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, verbose_name='columns')),
                ('format', models.CharField(choices=[('xlsx', 'Excel (.xlsx)'), ('csv', 'CSV, UTF-8')], default='xlsx', max_length=4, verbose_name='file type')),
                ('matched', models.PositiveIntegerField(null=True, verbose_name='matched')),
                ('wrote', models.PositiveIntegerField(null=True, verbose_name='wrote')),
                ('size', models.PositiveBigIntegerField(null=True, verbose_name='size')),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('note', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('asked', 'waits for approval'), ('approved', 'approved'), ('declined', 'declined'), ('writing', 'being written'), ('finished', 'finished'), ('failed', 'stopped')], default='writing', max_length=8)),
                ('decided_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('file', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'export',
                'verbose_name_plural': 'exports',
                'permissions': [('approve_export', 'approve large exports')],
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['user', '-id'], name='export_user')],
            },
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('signature', models.CharField(max_length=64)),
                ('headings', models.JSONField(default=list)),
                ('mapping', models.JSONField()),
                ('options', models.JSONField()),
                ('used_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'table', 'name'), name='mapping_once')],
            },
        ),
        migrations.AddIndex(
            model_name='operation',
            index=models.Index(fields=['by', '-id'], name='operation_by'),
        ),
        migrations.AddIndex(
            model_name='operation',
            index=models.Index(fields=['undoes'], name='operation_undoes'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['user', '-id'], name='notification_user'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notification_unread'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['user', '-id'], name='job_user'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['kind', 'started_at'], name='job_running'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['user', '-id'], name='import_user'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['table', 'row', 'id'], name='change_row'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['operation', 'id'], name='change_operation'),
        ),
        migrations.AddIndex(
            model_name='plannedrow',
            index=models.Index(fields=['of', 'verdict', 'row'], name='planned_verdict'),
        ),
        migrations.AddIndex(
            model_name='apireply',
            index=models.Index(fields=['at'], name='api_reply_at'),
        ),
        migrations.AddConstraint(
            model_name='apireply',
            constraint=models.UniqueConstraint(fields=('token', 'key'), name='api_reply_once'),
        ),
        migrations.AddIndex(
            model_name='apicall',
            index=models.Index(fields=['token', '-id'], name='api_call_token'),
        ),
        migrations.AddIndex(
            model_name='apicall',
            index=models.Index(fields=['at'], name='api_call_at'),
        ),
        migrations.AddIndex(
            model_name='verdict',
            index=models.Index(fields=['operation'], name='verdict_operation'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['webhook', '-id'], name='delivery_of_webhook'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['at'], name='delivery_of_webhook_at'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('webhook', 'operation'), name='delivery_of_operation_once'),
        ),
    ]
