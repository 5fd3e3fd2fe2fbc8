"""The migrations 0001 to 0015 in one: a new database gets each table once, with all its columns and indexes."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import django_countries.fields
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('customers', '0001_squashed_0009_employments'),
        ('customers', '0010_squashed_0015_deal_contacts'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date added')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last change')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ('shared', models.BooleanField(db_default=False, default=False, help_text='Everyone can view this record. Who can change it stays the same.', verbose_name='shared with everyone')),
                ('name', models.CharField(max_length=300, verbose_name='name')),
                ('domain', models.CharField(blank=True, db_collation='C', help_text='For example: example.com', max_length=253, verbose_name='domain')),
                ('phone', models.CharField(blank=True, max_length=60, verbose_name='phone')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='tags')),
                ('name_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('phone_normal', models.CharField(blank=True, db_default='', default='', editable=False, max_length=20)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('address', models.CharField(blank=True, max_length=500, verbose_name='address')),
                ('address_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('city', models.CharField(blank=True, max_length=150, verbose_name='city')),
                ('city_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('description', models.TextField(blank=True, max_length=50000, verbose_name='description')),
                ('domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), blank=True, db_default=[], default=list, editable=False, size=None)),
                ('other_domains', models.CharField(blank=True, help_text='Separated by commas.', max_length=1000, verbose_name='other domains')),
                ('parent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.company', verbose_name='parent company')),
                ('state', models.CharField(blank=True, max_length=150, verbose_name='state or region')),
                ('state_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('tax_id', models.CharField(blank=True, db_collation='C', max_length=40, verbose_name='tax ID')),
                ('website', models.CharField(blank=True, db_collation='C', max_length=300, verbose_name='website')),
                ('zip', models.CharField(blank=True, db_collation='C', max_length=30, verbose_name='postal code')),
            ],
            options={
                'verbose_name': 'company',
                'verbose_name_plural': 'companies',
                'permissions': [('take_company', 'take an unassigned company'), ('assign_company', 'assign companies'), ('bulk_company', 'change many companies at once'), ('export_company', 'export companies'), ('import_company', 'import companies'), ('purge_company', 'delete companies permanently')],
                'indexes': [models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='company_created'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'id'], name='company_number'), models.Index(condition=models.Q(('owner__isnull', True), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='company_unassigned'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], name='company_deleted'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('tags', []), _negated=True), fields=['tags'], name='company_tags'), models.Index(condition=models.Q(models.Q(('name_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'name_key', 'id'], name='company_name'), models.Index(condition=models.Q(models.Q(('domain', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'domain', 'id'], name='company_domain'), models.Index(condition=models.Q(models.Q(('phone_normal', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'phone_normal', 'id'], name='company_phone'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'country', 'created_at', 'id'], name='company_country'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['owner', 'department', 'created_at', 'id'], name='company_owner'), models.Index(condition=models.Q(('shared', True), ('deleted_at__isnull', True)), fields=['created_at', 'id'], include=('deleted_at', 'department', 'owner'), name='company_shared'), models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent', 'id'], name='company_parent'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('deleted_at__isnull', True), models.Q(('domains', []), _negated=True)), fields=['domains'], name='company_by_domain'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['name_key'], name='company_by_name'), models.Index(condition=models.Q(('deleted_at__isnull', True), models.Q(('phone_normal', ''), _negated=True)), fields=['phone_normal'], name='company_by_phone'), models.Index(condition=models.Q(models.Q(('tax_id', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'tax_id', 'id'], name='company_tax_id'), models.Index(condition=models.Q(models.Q(('website', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'website', 'id'], name='company_website'), models.Index(condition=models.Q(models.Q(('address_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'address_key', 'id'], name='company_address'), models.Index(condition=models.Q(models.Q(('zip', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'zip', 'id'], name='company_zip'), models.Index(condition=models.Q(models.Q(('city_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'city_key', 'id'], name='company_city'), models.Index(condition=models.Q(models.Q(('state_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'state_key', 'id'], name='company_state')],
            },
        ),
        migrations.CreateModel(
            name='CompanySearch',
            fields=[
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='customers.company')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], gin_pending_list_limit=256, name='company_search_words')],
            },
        ),
        migrations.CreateModel(
            name='CompanyValues',
            fields=[
                ('values', models.JSONField(default=dict)),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='custom_values', serialize=False, to='customers.company')),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date added')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last change')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ('shared', models.BooleanField(db_default=False, default=False, help_text='Everyone can view this record. Who can change it stays the same.', verbose_name='shared with everyone')),
                ('first_name', models.CharField(blank=True, max_length=600, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=600, verbose_name='last name')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='position')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email')),
                ('second_email', models.EmailField(blank=True, max_length=254, verbose_name='second email')),
                ('phone', models.CharField(blank=True, max_length=60, verbose_name='phone')),
                ('mobile', models.CharField(blank=True, max_length=60, verbose_name='mobile')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='tags')),
                ('name_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('title_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('email_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=254)),
                ('second_email_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=254)),
                ('phone_normal', models.CharField(blank=True, db_default='', default='', editable=False, max_length=20)),
                ('mobile_normal', models.CharField(blank=True, db_default='', default='', editable=False, max_length=20)),
                ('company', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.company', verbose_name='company')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('erased_at', models.DateTimeField(editable=False, null=True, verbose_name='erased')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'permissions': [('take_contact', 'take an unassigned contact'), ('assign_contact', 'assign contacts'), ('bulk_contact', 'change many contacts at once'), ('export_contact', 'export contacts'), ('import_contact', 'import contacts'), ('purge_contact', 'delete contacts permanently')],
                'indexes': [models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='contact_created'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'id'], name='contact_number'), models.Index(condition=models.Q(('owner__isnull', True), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='contact_unassigned'), models.Index(condition=models.Q(('shared', True), ('deleted_at__isnull', True)), fields=['created_at', 'id'], include=('deleted_at', 'department', 'owner'), name='contact_shared'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], name='contact_deleted'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('tags', []), _negated=True), fields=['tags'], name='contact_tags'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'name_key', 'id'], name='contact_name'), models.Index(condition=models.Q(('company__isnull', False)), fields=['company', 'id'], name='contact_company'), models.Index(condition=models.Q(('deleted_at__isnull', True), models.Q(('email_key', ''), _negated=True)), fields=['email_key'], name='contact_by_email'), models.Index(condition=models.Q(models.Q(('title_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'title_key', 'id'], name='contact_title'), models.Index(condition=models.Q(models.Q(('email_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'email_key', 'id'], name='contact_email'), models.Index(condition=models.Q(models.Q(('second_email_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'second_email_key', 'id'], name='contact_second_email'), models.Index(condition=models.Q(models.Q(('phone_normal', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'phone_normal', 'id'], name='contact_phone'), models.Index(condition=models.Q(models.Q(('mobile_normal', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'mobile_normal', 'id'], name='contact_mobile'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'country', 'created_at', 'id'], name='contact_country'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['owner', 'department', 'created_at', 'id'], name='contact_owner'), models.Index(condition=models.Q(('deleted_at__isnull', True), models.Q(('second_email_key', ''), _negated=True)), fields=['second_email_key'], name='contact_by_second_email'), models.Index(condition=models.Q(('deleted_at__isnull', True), models.Q(('phone_normal', ''), _negated=True)), fields=['phone_normal'], name='contact_by_phone'), models.Index(condition=models.Q(('deleted_at__isnull', True), models.Q(('mobile_normal', ''), _negated=True)), fields=['mobile_normal'], name='contact_by_mobile'), models.Index(condition=models.Q(('erased_at__isnull', False)), fields=['erased_at'], name='contact_erased')],
                'constraints': [models.CheckConstraint(condition=models.Q(('email', ''), ('first_name', ''), ('last_name', ''), ('mobile', ''), ('phone', ''), _negated=True), name='contact_has_a_name', violation_error_message='Enter at least a name, email or phone.')],
            },
        ),
        migrations.CreateModel(
            name='ContactValues',
            fields=[
                ('values', models.JSONField(default=dict)),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='custom_values', serialize=False, to='customers.contact')),
            ],
        ),
        migrations.CreateModel(
            name='ContactSearch',
            fields=[
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='customers.contact')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], gin_pending_list_limit=256, name='contact_search_words')],
            },
        ),
        migrations.CreateModel(
            name='ConversionRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('automatic', models.BooleanField(db_default=True, default=True, help_text='A company and a contact are found or added, however the lead enters a won status. If several match, the lead can’t be won until someone chooses on its conversion page.', verbose_name='convert leads when they’re won')),
                ('makes_deal', models.BooleanField(db_default=False, default=False, help_text='With the value of the lead, in the first stage of its department.', verbose_name='also add a deal')),
                ('mapping', models.JSONField(blank=True, db_default={}, default=dict, verbose_name='custom fields')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': 'conversion',
                'verbose_name_plural': 'conversion',
                'default_permissions': ('change',),
            },
        ),
        migrations.CreateModel(
            name='Employment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date added')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='last change')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ('role', models.CharField(blank=True, max_length=200, verbose_name='position')),
                ('started_on', models.DateField(blank=True, null=True, verbose_name='from')),
                ('ended_on', models.DateField(blank=True, help_text='Leave it empty if the employment continues.', null=True, verbose_name='to')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.company', verbose_name='company')),
                ('contact', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.contact', verbose_name='contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'employment',
                'verbose_name_plural': 'employments',
                'default_permissions': (),
                'indexes': [models.Index(fields=['contact', 'id'], name='employment_of_contact'), models.Index(fields=['company', 'id'], name='employment_at_company')],
                'constraints': [models.CheckConstraint(condition=models.Q(('started_on', None), ('ended_on', None), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='employment_ends_after_it_starts', violation_error_message='An employment can’t end before it starts.')],
            },
        ),
    ]
