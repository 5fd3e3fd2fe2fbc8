"""The migrations 0001 to 0008 in one: a new database gets each table once, with all its columns and indexes."""

import crm.fields.types.texts
import crm.platform.configuration.company
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import intake.color_contrast
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('intake', '0001_squashed_0004_calls_with_several_records'),
        ('intake', '0005_formats_of_signatures'),
        ('intake', '0006_language_of_company'),
        ('intake', '0007_same_words_for_known_people'),
        ('intake', '0008_published_form_in_words'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
        ('leads', '0001_squashed_0040_no_shows_in_queue'),
    ]

    operations = [
        migrations.CreateModel(
            name='StopWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=100, verbose_name='word')),
                ('last_hit', models.DateField(editable=False, null=True, verbose_name='last found')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': 'stop word',
                'verbose_name_plural': 'stop words',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('text'), name='stop_word_once')],
            },
        ),
        migrations.CreateModel(
            name='WebForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(help_text='Visitors see it as the title of the form.', max_length=80, validators=[crm.fields.types.texts.one_line], verbose_name='name')),
                ('slug', models.SlugField(db_index=False, help_text='The last part of the form’s address: letters, digits and hyphens.', max_length=60, unique=True, verbose_name='address')),
                ('intro', models.TextField(blank=True, max_length=2000, verbose_name='introduction')),
                ('published', models.BooleanField(default=True, help_text='Visitors can open the form once it’s published.', verbose_name='published')),
                ('language', models.CharField(choices=[('en', 'English'), ('ro', 'Romanian')], default=crm.platform.configuration.company.get_company_language, max_length=10, verbose_name='language')),
                ('button', models.CharField(blank=True, max_length=60, validators=[crm.fields.types.texts.one_line], verbose_name='label of the button')),
                ('task', models.CharField(blank=True, help_text='Each new lead gets this task, such as “Call back”.', max_length=200, validators=[crm.fields.types.texts.one_line], verbose_name='task')),
                ('task_days', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(365)], verbose_name='days until the task is due')),
                ('duplicates', models.CharField(choices=[('add', 'add another lead'), ('fill', 'fill the empty fields of the lead'), ('note', 'add a note to the lead')], default='add', help_text='What happens if an open lead has the same email or phone.', max_length=4, verbose_name='known people')),
                ('notify', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None, verbose_name='also notify')),
                ('thanks', models.TextField(blank=True, max_length=2000, verbose_name='thank-you text')),
                ('redirect', models.URLField(blank=True, help_text='An address like https://example.com/thanks.', max_length=500, verbose_name='page to open instead')),
                ('confirms', models.BooleanField(default=False, help_text='The lead is added when the visitor opens the link in an email (double opt-in).', verbose_name='confirm the email address')),
                ('color', models.CharField(default='#3056d3', max_length=7, validators=[intake.color_contrast.check_color], verbose_name='main color')),
                ('background', models.CharField(default='#ffffff', max_length=7, validators=[intake.color_contrast.check_color], verbose_name='background color')),
                ('seconds', models.PositiveSmallIntegerField(default=3, help_text='Forms that are sent sooner after opening are quarantined.', validators=[django.core.validators.MaxValueValidator(60)], verbose_name='shortest time in seconds')),
                ('most_an_hour', models.PositiveIntegerField(default=20, help_text='From one network address.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000)], verbose_name='most forms an hour')),
                ('plain', models.BooleanField(default=False, help_text='Forms on other sites can’t prove how long a visitor took. Otherwise they are quarantined.', verbose_name='accept plain HTML forms')),
                ('questions', models.JSONField(blank=True, default=list, verbose_name='questions')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(blank=True, help_text='Unassigned leads get an owner by the assignment rules.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.source', verbose_name='source')),
                ('status', models.ForeignKey(blank=True, help_text='If empty, leads start in the default status of the department.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.status', verbose_name='status')),
                ('days_kept', models.PositiveSmallIntegerField(db_default=365, default=365, help_text='What was sent is deleted after so many days. The lead keeps its values. Enter 0 to keep it forever.', validators=[django.core.validators.MaxValueValidator(3650)], verbose_name='days to keep what was sent')),
            ],
            options={
                'verbose_name': 'web form',
                'verbose_name_plural': 'web forms',
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='sent')),
                ('state', models.CharField(choices=[('lead', 'lead added'), ('known', 'known lead'), ('waiting', 'not confirmed yet'), ('spam', 'quarantined'), ('failed', 'no lead added')], max_length=10, verbose_name='result')),
                ('reasons', models.JSONField(blank=True, default=list)),
                ('values', models.JSONField(default=dict)),
                ('files', models.JSONField(blank=True, default=list)),
                ('consents', models.JSONField(blank=True, default=list)),
                ('first_touch', models.JSONField(blank=True, default=dict)),
                ('last_touch', models.JSONField(blank=True, default=dict)),
                ('address', models.CharField(max_length=32)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('nonce', models.CharField(max_length=64, unique=True)),
                ('lead', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='leads.lead')),
                ('form', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='submissions', to='intake.webform')),
                ('cleared', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'verbose_name': 'submission',
                'verbose_name_plural': 'submissions',
                'default_permissions': (),
                'indexes': [models.Index(fields=['form', 'state', '-id'], name='submission_of_form'), models.Index(fields=['address', 'at'], name='submission_from'), models.Index(condition=models.Q(('state', 'waiting')), fields=['email', 'at'], name='submission_email'), models.Index(condition=models.Q(('cleared', False)), fields=['form', 'at'], name='submission_values')],
            },
        ),
        migrations.CreateModel(
            name='FormView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('number', models.PositiveBigIntegerField()),
                ('form', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='views', to='intake.webform')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('form', 'day'), name='form_view_once')],
            },
        ),
        migrations.CreateModel(
            name='IncomingWebhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('public_id', models.CharField(editable=False, max_length=24, unique=True)),
                ('proof', models.CharField(choices=[('address', 'A secret in the address'), ('signature', 'A signature of the body (HMAC-SHA256) in a header')], default='address', max_length=10, verbose_name='authentication')),
                ('signature_header', models.CharField(blank=True, default='X-Signature', help_text='Meta sends X-Hub-Signature-256, Cal.com X-Cal-Signature-256, Calendly Calendly-Webhook-Signature.', max_length=60, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9-]+$', 'Enter the name of a header, like X-Signature.')], verbose_name='header with the signature')),
                ('secret', models.TextField(db_default='', default='', editable=False)),
                ('key', models.TextField(db_default='', default='', editable=False)),
                ('makes', models.CharField(choices=[('lead', 'A lead'), ('request', 'A request')], default='lead', max_length=8, verbose_name='what a call creates')),
                ('duplicates', models.CharField(choices=[('add', 'add another lead'), ('fill', 'fill the empty fields of the lead'), ('note', 'add a note to the lead'), ('skip', 'skip the call')], default='add', help_text='What happens if a lead has the same email or phone.', max_length=6, verbose_name='known people')),
                ('calls_a_minute', models.PositiveSmallIntegerField(default=60, help_text='Further calls are refused with status 429, and most programs send them again later.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='calls per minute')),
                ('days_kept', models.PositiveSmallIntegerField(default=30, help_text='Calls contain personal data. They’re deleted from the log after so many days.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days in the log')),
                ('mapping', models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='mapping')),
                ('retired', models.BooleanField(default=False, help_text='Calls are refused.', verbose_name='turned off')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(blank=True, help_text='Unassigned leads get an owner by the assignment rules.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.source', verbose_name='source')),
                ('status', models.ForeignKey(blank=True, help_text='If empty, leads start in the default status of the department.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.status', verbose_name='status')),
                ('signature_format', models.CharField(blank=True, choices=[('hex', 'The body, in hexadecimal digits'), ('prefixed', 'The body, in hexadecimal digits after “sha256=”'), ('base64', 'The body, in base64'), ('moment', 'The time and the body, as “t=…,v1=…”')], db_default='', default='', help_text='Cal.com signs in hexadecimal digits, Meta and GitHub after “sha256=”, Shopify in base64, Calendly and Stripe with the time.', max_length=8, verbose_name='format of the signature')),
            ],
            options={
                'verbose_name': 'incoming webhook',
                'verbose_name_plural': 'incoming webhooks',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='incoming_webhook_once')],
            },
        ),
        migrations.CreateModel(
            name='IncomingUse',
            fields=[
                ('webhook', models.OneToOneField(db_index=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='use', serialize=False, to='intake.incomingwebhook')),
                ('minute', models.DateTimeField(null=True)),
                ('calls', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('refused_at', models.DateTimeField(null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='IncomingCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('address', models.CharField(blank=True, max_length=16)),
                ('headers', models.JSONField(default=dict)),
                ('content_type', models.CharField(blank=True, max_length=100)),
                ('body', models.TextField(blank=True)),
                ('cut', models.BooleanField(default=False)),
                ('delivery', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('added', 'added'), ('updated', 'updated'), ('skipped', 'skipped'), ('attention', 'needs attention')], default='attention', max_length=10)),
                ('problems', models.JSONField(default=list)),
                ('of', models.CharField(blank=True, max_length=40)),
                ('record', models.BigIntegerField(null=True)),
                ('webhook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='intake.incomingwebhook')),
                ('place', models.PositiveSmallIntegerField(db_default=1, default=1)),
                ('places', models.PositiveSmallIntegerField(db_default=1, default=1)),
                ('digest', models.CharField(blank=True, db_default='', default='', max_length=64)),
            ],
            options={
                'verbose_name': 'call',
                'verbose_name_plural': 'calls',
                'default_permissions': (),
                'indexes': [models.Index(fields=['webhook', '-id'], name='call_of_incoming_webhook'), models.Index(fields=['at'], name='incoming_call_at'), models.Index(condition=models.Q(('record__isnull', False)), fields=['record'], name='incoming_call_record')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('delivery', ''), _negated=True), fields=('webhook', 'delivery'), name='incoming_delivery_once')],
            },
        ),
    ]
