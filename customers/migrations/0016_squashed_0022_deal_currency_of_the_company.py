"""The migrations 0016 to 0022 in one: a new database gets each table once, with all its columns and indexes."""

import crm.platform.configuration.company
import customers.models.request
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
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
        ('customers', '0016_consent'),
        ('customers', '0017_erased_persons'),
        ('customers', '0018_consent_words'),
        ('customers', '0019_custom_moments_in_utc'),
        ('customers', '0020_unsorted_search_words'),
        ('customers', '0021_erased_since'),
        ('customers', '0022_deal_currency_of_the_company'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
        ('customers', '0001_squashed_0015_deal_contacts'),
        ('leads', '0001_squashed_0040_no_shows_in_queue'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date added')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last change')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ('shared', models.BooleanField(db_default=False, default=False, help_text='Everyone can view this record. Who can change it stays the same.', verbose_name='shared with everyone')),
                ('name', models.CharField(max_length=300, verbose_name='name')),
                ('description', models.TextField(blank=True, max_length=50000, verbose_name='description')),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount')),
                ('currency', models.CharField(default=crm.platform.configuration.company.get_company_currency, max_length=3, verbose_name='currency')),
                ('expected_close', models.DateField(blank=True, null=True, verbose_name='expected close')),
                ('probability', models.PositiveSmallIntegerField(blank=True, help_text='In percent. Leave empty to use the probability of the stage.', null=True, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='probability')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='tags')),
                ('lost_remark', models.CharField(blank=True, max_length=500, verbose_name='lost reason details')),
                ('status_since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='in stage since')),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='closed')),
                ('name_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('base_value', models.DecimalField(decimal_places=2, editable=False, max_digits=24, null=True)),
                ('company', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.company', verbose_name='company')),
                ('contact', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.contact', verbose_name='contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.department', verbose_name='department')),
                ('lead', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.lead', verbose_name='lead')),
                ('lost_reason', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='leads.lostreason', verbose_name='lost reason')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('status', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='leads.status', verbose_name='stage')),
            ],
            options={
                'verbose_name': 'deal',
                'verbose_name_plural': 'deals',
                'permissions': [('take_deal', 'take an unassigned deal'), ('assign_deal', 'assign deals'), ('bulk_deal', 'change many deals at once'), ('export_deal', 'export deals'), ('import_deal', 'import deals'), ('purge_deal', 'delete deals permanently')],
                'indexes': [models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='deal_created'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'id'], name='deal_number'), models.Index(condition=models.Q(('owner__isnull', True), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='deal_unassigned'), models.Index(condition=models.Q(('shared', True), ('deleted_at__isnull', True)), fields=['created_at', 'id'], include=('deleted_at', 'department', 'owner'), name='deal_shared'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], name='deal_deleted'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('tags', []), _negated=True), fields=['tags'], name='deal_tags'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'status_since', 'id'], name='deal_since'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'status', 'status_since', 'id'], name='deal_stay'), models.Index(condition=models.Q(('company__isnull', False)), fields=['company', 'id'], name='deal_company'), models.Index(condition=models.Q(('contact__isnull', False)), fields=['contact', 'id'], name='deal_contact'), models.Index(condition=models.Q(('lead__isnull', False)), fields=['lead', 'id'], name='deal_lead'), models.Index(condition=models.Q(models.Q(('name_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'name_key', 'id'], name='deal_name'), models.Index(condition=models.Q(('base_value__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'base_value', 'id'], name='deal_value'), models.Index(condition=models.Q(('expected_close__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'expected_close', 'id'], name='deal_expected_close'), models.Index(condition=models.Q(('closed_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'closed_at', 'id'], name='deal_closed_at'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'status', 'created_at', 'id'], name='deal_status'), models.Index(condition=models.Q(('lost_reason__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'lost_reason', 'created_at', 'id'], name='deal_lost_reason'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['owner', 'department', 'created_at', 'id'], name='deal_owner')],
            },
        ),
        migrations.CreateModel(
            name='DealValues',
            fields=[
                ('values', models.JSONField(default=dict)),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='custom_values', serialize=False, to='customers.deal')),
            ],
        ),
        migrations.CreateModel(
            name='DealSearch',
            fields=[
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='customers.deal')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], gin_pending_list_limit=256, name='deal_search_words')],
            },
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date added')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last change')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ('shared', models.BooleanField(db_default=False, default=False, help_text='Everyone can view this record. Who can change it stays the same.', verbose_name='shared with everyone')),
                ('subject', models.CharField(max_length=300, verbose_name='subject')),
                ('text', models.TextField(blank=True, help_text='As it came. The message can’t be changed later.', max_length=49000, verbose_name='message')),
                ('channel', models.CharField(choices=[('here', 'Added here'), ('form', 'Web form'), ('email', 'Email'), ('phone', 'Phone'), ('chat', 'Chat'), ('other', 'Other')], db_default='here', default='here', max_length=8, verbose_name='channel')),
                ('state', models.CharField(choices=[('new', 'New'), ('in_progress', 'In progress'), ('done', 'Done'), ('spam', 'Spam')], db_default='new', default='new', max_length=12, verbose_name='state')),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=customers.models.request.this_second, validators=[customers.models.request.not_in_the_future], verbose_name='received')),
                ('first_name', models.CharField(blank=True, max_length=600, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=600, verbose_name='last name')),
                ('company_name', models.CharField(blank=True, max_length=300, verbose_name='company name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email')),
                ('phone', models.CharField(blank=True, max_length=60, verbose_name='phone')),
                ('website', models.CharField(blank=True, db_collation='C', max_length=300, verbose_name='website')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='tags')),
                ('name_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('company_name_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('email_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=254)),
                ('phone_normal', models.CharField(blank=True, db_default='', default='', editable=False, max_length=20)),
                ('company', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.company', verbose_name='company')),
                ('contact', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.contact', verbose_name='contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.department', verbose_name='department')),
                ('lead', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.lead', verbose_name='lead')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('deal', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.deal', verbose_name='deal')),
                ('erased_at', models.DateTimeField(editable=False, null=True, verbose_name='erased')),
            ],
            options={
                'verbose_name': 'request',
                'verbose_name_plural': 'requests',
                'permissions': [('take_request', 'take an unassigned request'), ('assign_request', 'assign requests'), ('bulk_request', 'change many requests at once'), ('export_request', 'export requests'), ('import_request', 'import requests'), ('purge_request', 'delete requests permanently')],
                'indexes': [models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='request_created'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'id'], name='request_number'), models.Index(condition=models.Q(('owner__isnull', True), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='request_unassigned'), models.Index(condition=models.Q(('shared', True), ('deleted_at__isnull', True)), fields=['created_at', 'id'], include=('deleted_at', 'department', 'owner'), name='request_shared'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], name='request_deleted'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('tags', []), _negated=True), fields=['tags'], name='request_tags'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'name_key', 'id'], name='request_name'), models.Index(condition=models.Q(('lead__isnull', False)), fields=['lead', 'id'], name='request_lead'), models.Index(condition=models.Q(('company__isnull', False)), fields=['company', 'id'], name='request_company'), models.Index(condition=models.Q(('contact__isnull', False)), fields=['contact', 'id'], name='request_contact'), models.Index(condition=models.Q(models.Q(('company_name_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'company_name_key', 'id'], name='request_company_name'), models.Index(condition=models.Q(models.Q(('email_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'email_key', 'id'], name='request_email'), models.Index(condition=models.Q(models.Q(('phone_normal', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'phone_normal', 'id'], name='request_phone'), models.Index(condition=models.Q(models.Q(('website', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'website', 'id'], name='request_website'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'state', 'created_at', 'id'], name='request_state'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'channel', 'created_at', 'id'], name='request_channel'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'received_at', 'id'], name='request_received_at'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'country', 'created_at', 'id'], name='request_country'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['owner', 'department', 'created_at', 'id'], name='request_owner'), models.Index(condition=models.Q(('deal__isnull', False)), fields=['deal', 'id'], name='request_deal'), models.Index(condition=models.Q(('erased_at__isnull', False)), fields=['erased_at'], name='request_erased')],
                'constraints': [models.CheckConstraint(condition=models.Q(('subject', ''), _negated=True), name='request_has_a_name', violation_error_message='Enter a subject.')],
            },
        ),
        migrations.CreateModel(
            name='RequestValues',
            fields=[
                ('values', models.JSONField(default=dict)),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='custom_values', serialize=False, to='customers.request')),
            ],
        ),
        migrations.CreateModel(
            name='RequestSearch',
            fields=[
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='customers.request')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], gin_pending_list_limit=256, name='request_search_words')],
            },
        ),
        migrations.CreateModel(
            name='DealContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date added')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last change')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ('role', models.CharField(blank=True, max_length=100, verbose_name='role')),
                ('contact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.contact', verbose_name='contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deal', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.deal', verbose_name='deal')),
            ],
            options={
                'verbose_name': 'contact of a deal',
                'verbose_name_plural': 'contacts of deals',
                'default_permissions': (),
                'indexes': [models.Index(fields=['deal', 'id'], name='contact_of_deal'), models.Index(fields=['contact', 'id'], name='deal_of_contact')],
            },
        ),
        migrations.CreateModel(
            name='ConsentPurpose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('is_newsletter', models.BooleanField(default=False, help_text='People who unsubscribe from all mailings withdraw this consent.', verbose_name='withdrawn by unsubscribing')),
            ],
            options={
                'verbose_name': 'purpose of consent',
                'verbose_name_plural': 'purposes of consent',
                'default_permissions': ('change',),
            },
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('ro', 'Romanian')], max_length=5, verbose_name='language')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('text', models.TextField(max_length=2000, verbose_name='text')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='customers.consentpurpose')),
            ],
            options={
                'verbose_name': 'consent text',
                'verbose_name_plural': 'consent texts',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('purpose', 'language', 'number'), name='consent_text_number')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.CharField(db_collation='C', max_length=254)),
                ('given', models.BooleanField(verbose_name='given')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='time')),
                ('source', models.CharField(choices=[('user', 'recorded by a user'), ('form', 'web form'), ('program', 'program'), ('unsubscribe', 'unsubscribe page'), ('conversion', 'carried over from the lead')], max_length=12, verbose_name='source')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='how')),
                ('submission', models.BigIntegerField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.consentpurpose')),
                ('text', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.consenttext')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'default_permissions': (),
                'indexes': [models.Index(fields=['person', '-at'], name='consent_of_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('submission__isnull', False)), fields=('submission', 'purpose'), name='consent_of_submission')],
            },
        ),
        migrations.CreateModel(
            name='ConsentState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.CharField(db_collation='C', max_length=254)),
                ('given', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.consentpurpose')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['purpose', 'given', 'person'], name='consent_state_people'), models.Index(fields=['person'], name='consent_state_person')],
                'constraints': [models.UniqueConstraint(fields=('purpose', 'person'), name='consent_state_once')],
            },
        ),
    ]
