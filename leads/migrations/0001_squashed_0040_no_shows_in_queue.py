"""The migrations 0001 to 0040 in one: a new database gets each table once, with all its columns and indexes."""

import crm.platform.configuration.company
import crm.platform.sql.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import django_countries.fields
import leads.models.score_rule
from crm.platform.database.squashed_migrations import SquashedMigration
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('leads', '0001_squashed_0018_queue_outcomes'),
        ('leads', '0019_clients'),
        ('leads', '0020_pipeline_purpose'),
        ('leads', '0021_known_companies'),
        ('leads', '0022_assignment_rules'),
        ('leads', '0023_rules_of_company_managers'),
        ('leads', '0024_erased_persons'),
        ('leads', '0025_board_of_an_owner'),
        ('leads', '0026_stuck_leads_by_department'),
        ('leads', '0027_won_deals_require_an_amount'),
        ('leads', '0028_unsorted_search_words'),
        ('leads', '0029_rules_for_roles_and_users'),
        ('leads', '0030_erased_since'),
        ('leads', '0031_phone_without_help'),
        ('leads', '0032_names_of_colors'),
        ('leads', '0033_currency_of_the_company'),
        ('leads', '0034_scores'),
        ('leads', '0035_score_index'),
        ('leads', '0036_score_proposal'),
        ('leads', '0037_score_in_queue'),
        ('leads', '0038_fading_facts'),
        ('leads', '0039_stopped_scoring_round'),
        ('leads', '0040_no_shows_in_queue'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
        ('crm', '0001_squashed_0035_installation'),
        ('customers', '0001_squashed_0015_deal_contacts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Unsubscribe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email_key', models.CharField(max_length=254, unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='LostReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('key', models.CharField(blank=True, max_length=20)),
                ('name', models.CharField(max_length=100, verbose_name='reason')),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'lost reason',
                'verbose_name_plural': 'lost reasons',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='lost_reason_once')],
            },
        ),
        migrations.CreateModel(
            name='Pipeline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('departments', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, help_text='New leads or deals in these departments start in this pipeline.', size=None, verbose_name='default for')),
                ('purpose', models.CharField(choices=[('leads', 'leads'), ('deals', 'deals')], db_default='leads', default='leads', help_text='What moves through this pipeline. You can’t change it later.', max_length=8, verbose_name='purpose')),
            ],
            options={
                'verbose_name': 'pipeline',
                'verbose_name_plural': 'pipelines',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='pipeline_once')],
            },
        ),
        migrations.CreateModel(
            name='Rate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('day', models.DateField(verbose_name='valid from')),
                ('rate', models.DecimalField(decimal_places=8, help_text='The value of one unit in the base currency.', max_digits=18, validators=[django.core.validators.MinValueValidator(Decimal('1E-8'))], verbose_name='rate')),
            ],
            options={
                'verbose_name': 'exchange rate',
                'verbose_name_plural': 'exchange rates',
                'constraints': [models.UniqueConstraint(fields=('currency', 'day'), name='rate_once')],
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('key', models.CharField(blank=True, editable=False, max_length=20)),
                ('name', models.CharField(max_length=60, verbose_name='label')),
                ('kind', models.CharField(choices=[('website', 'website'), ('referral', 'referral'), ('paid_ads', 'paid ads'), ('cold_call', 'cold call'), ('event', 'event'), ('partner', 'partner'), ('other', 'other')], default='other', max_length=10, verbose_name='category')),
                ('hue', models.PositiveSmallIntegerField(choices=[(0, 'Raspberry'), (10, 'Rose'), (20, 'Crimson'), (30, 'Red'), (40, 'Vermilion'), (50, 'Rust'), (60, 'Orange'), (70, 'Apricot'), (80, 'Amber'), (90, 'Gold'), (100, 'Mustard'), (110, 'Olive'), (120, 'Moss'), (130, 'Lime'), (140, 'Grass'), (150, 'Green'), (160, 'Emerald'), (170, 'Jade'), (180, 'Sea green'), (190, 'Teal'), (200, 'Turquoise'), (210, 'Cyan'), (220, 'Lagoon'), (230, 'Sky blue'), (240, 'Azure'), (250, 'Blue'), (260, 'Cobalt'), (270, 'Ultramarine'), (280, 'Indigo'), (290, 'Violet'), (300, 'Purple'), (310, 'Plum'), (320, 'Orchid'), (330, 'Magenta'), (340, 'Fuchsia'), (350, 'Pink')], default=200, verbose_name='color')),
                ('retired', models.BooleanField(default=False, help_text='A retired source can’t be chosen anymore.', verbose_name='retired')),
                ('contact_within', models.PositiveIntegerField(blank=True, help_text='The working time in which a new lead must be contacted, such as 30 min or 4 h. Leave empty to use the department’s limit.', null=True, validators=[django.core.validators.MinValueValidator(1, 'Enter at least 1 min.'), django.core.validators.MaxValueValidator(30000, 'Enter at most 500 h.')], verbose_name='first contact within')),
                ('position', models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='position')),
            ],
            options={
                'verbose_name': 'source',
                'verbose_name_plural': 'sources',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='source_once')],
            },
        ),
        migrations.CreateModel(
            name='Status',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('key', models.CharField(blank=True, editable=False, max_length=20)),
                ('name', models.CharField(max_length=60, verbose_name='label')),
                ('kind', models.CharField(choices=[('new', 'new'), ('contacted', 'contacted'), ('qualified', 'qualified'), ('proposal', 'proposal'), ('won', 'won'), ('lost', 'lost'), ('disqualified', 'disqualified')], default='contacted', help_text='Defines how records in this status are treated. You can choose any label.', max_length=12, verbose_name='category')),
                ('hue', models.PositiveSmallIntegerField(choices=[(0, 'Raspberry'), (10, 'Rose'), (20, 'Crimson'), (30, 'Red'), (40, 'Vermilion'), (50, 'Rust'), (60, 'Orange'), (70, 'Apricot'), (80, 'Amber'), (90, 'Gold'), (100, 'Mustard'), (110, 'Olive'), (120, 'Moss'), (130, 'Lime'), (140, 'Grass'), (150, 'Green'), (160, 'Emerald'), (170, 'Jade'), (180, 'Sea green'), (190, 'Teal'), (200, 'Turquoise'), (210, 'Cyan'), (220, 'Lagoon'), (230, 'Sky blue'), (240, 'Azure'), (250, 'Blue'), (260, 'Cobalt'), (270, 'Ultramarine'), (280, 'Indigo'), (290, 'Violet'), (300, 'Purple'), (310, 'Plum'), (320, 'Orchid'), (330, 'Magenta'), (340, 'Fuchsia'), (350, 'Pink')], default=250, verbose_name='color')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('meaning', models.TextField(blank=True, help_text='Describe in one sentence when a record belongs in this status.', verbose_name='definition')),
                ('required_fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='required fields')),
                ('most_days', models.PositiveSmallIntegerField(blank=True, help_text='How many days a lead can stay before it counts as stuck, unless something is planned. Leave empty for no limit.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='time limit')),
                ('next_action_prompt', models.CharField(blank=True, help_text='Suggested when a lead enters this status.', max_length=200, verbose_name='suggested next action')),
                ('is_default', models.BooleanField(default=False, help_text='New leads start in this status. Each pipeline has exactly one default status, which must be open and in use.', verbose_name='default for new leads')),
                ('retired', models.BooleanField(default=False, help_text='Leads can’t move into a retired status. Leads already in it stay until they’re moved.', verbose_name='retired')),
                ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statuses', to='leads.pipeline', verbose_name='pipeline')),
                ('next_statuses', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, help_text='Where a lead can move from here. Select none to allow all.', size=None, verbose_name='allowed next statuses')),
                ('probability', models.PositiveSmallIntegerField(blank=True, help_text='How likely deals in this stage are won, in percent.', null=True, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='probability')),
            ],
            options={
                'verbose_name': 'status',
                'verbose_name_plural': 'statuses',
                'constraints': [models.UniqueConstraint(models.F('pipeline'), django.db.models.functions.text.Lower('name'), name='status_once'), crm.platform.sql.constraints.OnlyOne(condition=models.Q(('is_default', True)), group='pipeline', name='status_default_once'), models.CheckConstraint(condition=models.Q(('is_default', False), models.Q(('retired', False), models.Q(('kind__in', ['won', 'lost', 'disqualified']), _negated=True)), _connector='OR'), name='status_default_is_open')],
            },
        ),
        migrations.CreateModel(
            name='Lead',
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
                ('company', models.CharField(blank=True, max_length=300, verbose_name='company')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email')),
                ('second_email', models.EmailField(blank=True, max_length=254, verbose_name='second email')),
                ('phone', models.CharField(blank=True, max_length=60, verbose_name='phone')),
                ('mobile', models.CharField(blank=True, max_length=60, verbose_name='mobile')),
                ('website', models.CharField(blank=True, db_collation='C', max_length=300, verbose_name='website')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country')),
                ('city', models.CharField(blank=True, max_length=150, verbose_name='city')),
                ('state', models.CharField(blank=True, max_length=150, verbose_name='state or region')),
                ('address', models.CharField(blank=True, max_length=500, verbose_name='address')),
                ('zip', models.CharField(blank=True, db_collation='C', max_length=30, verbose_name='postal code')),
                ('language', models.CharField(blank=True, db_collation='C', help_text='The language to use when you write to this lead.', max_length=40, verbose_name='language')),
                ('description', models.TextField(blank=True, max_length=50000, verbose_name='description')),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='value')),
                ('currency', models.CharField(default=crm.platform.configuration.company.get_company_currency, max_length=3, verbose_name='currency')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='tags')),
                ('vip', models.BooleanField(db_default=False, default=False, verbose_name='VIP')),
                ('lost_remark', models.CharField(blank=True, max_length=500, verbose_name='lost reason details')),
                ('next_action', models.CharField(blank=True, max_length=200, verbose_name='next action')),
                ('next_action_on', models.DateField(blank=True, null=True, verbose_name='next action date')),
                ('status_since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='in status since')),
                ('assigned_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='assigned')),
                ('first_contacted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='first contacted')),
                ('last_contacted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last contacted')),
                ('converted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='won')),
                ('name_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('title_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('company_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('email_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=254)),
                ('second_email_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=254)),
                ('phone_normal', models.CharField(blank=True, db_default='', default='', editable=False, max_length=20)),
                ('mobile_normal', models.CharField(blank=True, db_default='', default='', editable=False, max_length=20)),
                ('city_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('state_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('address_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('base_value', models.DecimalField(decimal_places=2, editable=False, max_digits=24, null=True)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('lost_reason', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='leads.lostreason', verbose_name='lost reason')),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='leads.source', verbose_name='source')),
                ('status', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='leads.status', verbose_name='status')),
                ('contacted_otherwise', models.JSONField(db_default={}, editable=False)),
                ('first_contacted_by', models.CharField(choices=[('status', 'by a status change'), ('activity', 'by an activity'), ('hand', 'set manually')], db_default='status', default='status', editable=False, max_length=8, verbose_name='origin of first contacted')),
                ('last_contacted_by', models.CharField(choices=[('status', 'by a status change'), ('activity', 'by an activity'), ('hand', 'set manually')], db_default='status', default='status', editable=False, max_length=8, verbose_name='origin of last contacted')),
                ('contact_due_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='first contact due')),
                ('contact_warning_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('client', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.company', verbose_name='client')),
                ('client_contact', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.contact', verbose_name='client contact')),
                ('known_company', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.company', verbose_name='existing company')),
                ('erased_at', models.DateTimeField(editable=False, null=True, verbose_name='erased')),
                ('score', models.IntegerField(db_default=0, default=0, editable=False, verbose_name='score')),
            ],
            options={
                'verbose_name': 'lead',
                'verbose_name_plural': 'leads',
                'permissions': [('take_lead', 'take an unassigned lead'), ('assign_lead', 'assign leads'), ('bulk_lead', 'change many leads at once'), ('export_lead', 'export leads'), ('import_lead', 'import leads'), ('purge_lead', 'delete leads permanently')],
                'indexes': [models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='lead_created'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'id'], name='lead_number'), models.Index(condition=models.Q(('owner__isnull', True), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='lead_unassigned'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], name='lead_deleted'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('tags', []), _negated=True), fields=['tags'], name='lead_tags'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'name_key', 'id'], name='lead_name'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'status_since', 'id'], name='lead_since'), models.Index(condition=models.Q(('email_key', ''), _negated=True), fields=['email_key'], name='lead_by_email'), models.Index(condition=models.Q(('phone_normal', ''), _negated=True), fields=['phone_normal'], name='lead_by_phone'), models.Index(condition=models.Q(models.Q(('company_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'company_key', 'id'], name='lead_company'), models.Index(condition=models.Q(models.Q(('email_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'email_key', 'id'], name='lead_email'), models.Index(condition=models.Q(models.Q(('second_email_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'second_email_key', 'id'], name='lead_second_email'), models.Index(condition=models.Q(models.Q(('title_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'title_key', 'id'], name='lead_title'), models.Index(condition=models.Q(models.Q(('city_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'city_key', 'id'], name='lead_city'), models.Index(condition=models.Q(models.Q(('state_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'state_key', 'id'], name='lead_state'), models.Index(condition=models.Q(models.Q(('address_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'address_key', 'id'], name='lead_address'), models.Index(condition=models.Q(models.Q(('zip', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'zip', 'id'], name='lead_zip'), models.Index(condition=models.Q(models.Q(('website', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'website', 'id'], name='lead_website'), models.Index(condition=models.Q(models.Q(('language', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'language', 'id'], name='lead_language'), models.Index(condition=models.Q(models.Q(('phone_normal', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'phone_normal', 'id'], name='lead_phone'), models.Index(condition=models.Q(models.Q(('mobile_normal', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'mobile_normal', 'id'], name='lead_mobile'), models.Index(condition=models.Q(('base_value__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'base_value', 'id'], name='lead_value'), models.Index(condition=models.Q(('next_action_on__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'next_action_on', 'id'], name='lead_next_action_on'), models.Index(condition=models.Q(('assigned_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'assigned_at', 'id'], name='lead_assigned_at'), models.Index(condition=models.Q(('first_contacted_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'first_contacted_at', 'id'], name='lead_first_contacted_at'), models.Index(condition=models.Q(('last_contacted_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'last_contacted_at', 'id'], name='lead_last_contacted_at'), models.Index(condition=models.Q(('converted_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'converted_at', 'id'], name='lead_converted_at'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'status', 'created_at', 'id'], name='lead_status'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'source', 'created_at', 'id'], name='lead_source'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'country', 'created_at', 'id'], name='lead_country'), models.Index(condition=models.Q(('lost_reason__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'lost_reason', 'created_at', 'id'], name='lead_lost_reason'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['owner', 'department', 'created_at', 'id'], name='lead_owner'), models.Index(condition=models.Q(('vip', True), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='lead_vip'), models.Index(condition=models.Q(('created_at__gt', django.db.models.functions.comparison.Least('first_contacted_at', 'last_contacted_at', 'converted_at')), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='lead_earlier'), models.Index(condition=models.Q(('shared', True), ('deleted_at__isnull', True)), fields=['created_at', 'id'], include=('deleted_at', 'department', 'owner', 'status', 'source', 'country', 'name_key', 'company_key', 'base_value', 'next_action_on', 'last_contacted_at', 'status_since'), name='lead_shared'), models.Index(condition=models.Q(('contact_due_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'contact_due_at', 'id'], name='lead_contact_due_at'), models.Index(condition=models.Q(('deleted_at__isnull', True), ('contact_due_at__isnull', False)), fields=['owner', 'contact_due_at'], name='lead_queue_contact'), models.Index(condition=models.Q(('client__isnull', False)), fields=['client', 'id'], name='lead_client'), models.Index(condition=models.Q(('client_contact__isnull', False)), fields=['client_contact', 'id'], name='lead_client_contact'), models.Index(condition=models.Q(('known_company__isnull', False)), fields=['known_company', 'id'], name='lead_known_company'), models.Index(condition=models.Q(('deleted_at__isnull', True), ('owner__isnull', False)), fields=['owner', 'status', 'status_since', 'id'], name='lead_stay_of_owner'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'status', 'status_since', 'id'], include=('next_action_on', 'owner', 'shared'), name='lead_stay'), models.Index(condition=models.Q(('erased_at__isnull', False)), fields=['erased_at'], name='lead_erased'), models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'score', 'id'], name='lead_score')],
                'constraints': [models.CheckConstraint(condition=models.Q(('company', ''), ('email', ''), ('first_name', ''), ('last_name', ''), ('mobile', ''), ('phone', ''), _negated=True), name='lead_has_a_name', violation_error_message='Enter at least a name, company, email or phone.')],
            },
        ),
        migrations.CreateModel(
            name='StatusMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entered', models.DateTimeField()),
                ('left', models.DateTimeField(null=True)),
                ('undone', models.BooleanField(default=False)),
                ('from_status', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.status')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='leads.lead')),
                ('operation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.operation')),
                ('to_status', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.status')),
            ],
            options={
                'indexes': [models.Index(fields=['to_status', 'entered'], name='move_to_status')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('left', None), ('undone', False)), fields=('lead',), name='move_open')],
            },
        ),
        migrations.CreateModel(
            name='LeadSearch',
            fields=[
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='leads.lead')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], gin_pending_list_limit=256, name='lead_search_words')],
            },
        ),
        migrations.CreateModel(
            name='Newsletter',
            fields=[
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='newsletter', serialize=False, to='leads.lead')),
                ('received', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('none', 'No newsletter received yet'), ('receiving', 'Receives newsletters'), ('unsubscribed', 'Unsubscribed')], max_length=12)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'lead'], name='newsletter_state')],
            },
        ),
        migrations.CreateModel(
            name='SourceCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='costs', to='leads.source')),
            ],
            options={
                'verbose_name': 'source cost',
                'verbose_name_plural': 'source costs',
                'ordering': ['-month'],
                'constraints': [models.UniqueConstraint(fields=('source', 'month'), name='cost_once')],
            },
        ),
        migrations.CreateModel(
            name='LeadValues',
            fields=[
                ('values', models.JSONField(default=dict)),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='custom_values', serialize=False, to='leads.lead')),
            ],
        ),
        migrations.CreateModel(
            name='ContactLimitChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('rounds', models.PositiveSmallIntegerField(db_default=0, default=0)),
            ],
        ),
        migrations.CreateModel(
            name='ContactReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.BigIntegerField()),
                ('late', models.BooleanField()),
                ('moment', models.DateTimeField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('lead', 'late'), name='contact_reminder_once')],
            },
        ),
        migrations.CreateModel(
            name='QueueHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.BigIntegerField(unique=True)),
                ('until', models.DateTimeField()),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['user', 'until'], name='queue_hold_of_user')],
            },
        ),
        migrations.CreateModel(
            name='QueueRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact_overdue', models.PositiveSmallIntegerField(db_default=100, default=100, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='first contact overdue')),
                ('task_overdue', models.PositiveSmallIntegerField(db_default=80, default=80, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='task overdue')),
                ('contact_today', models.PositiveSmallIntegerField(db_default=60, default=60, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='first contact due today')),
                ('task_today', models.PositiveSmallIntegerField(db_default=50, default=50, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='task due today')),
                ('new', models.PositiveSmallIntegerField(db_default=40, default=40, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='new and not contacted')),
                ('stuck', models.PositiveSmallIntegerField(db_default=30, default=30, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='stuck')),
                ('vip', models.PositiveSmallIntegerField(db_default=15, default=15, help_text='In addition to the points of the reasons.', validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='VIP')),
                ('hold_minutes', models.PositiveSmallIntegerField(db_default=15, default=15, help_text='For this long, a user who was given an unassigned lead is the only one who gets it.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(480)], verbose_name='minutes for an unassigned lead')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('outcomes_off', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, db_default=[], default=list, size=None, verbose_name='outcomes that aren’t offered')),
                ('retry_days', models.PositiveSmallIntegerField(db_default=1, default=1, help_text='When a call wasn’t answered, the next one is planned for this day.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='working days until the retry')),
                ('score', models.PositiveSmallIntegerField(db_default=100, default=100, help_text='This much of the score of a lead is added to its points. 0 leaves the score aside.', validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='score, in percent')),
                ('no_show', models.PositiveSmallIntegerField(db_default=70, default=70, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='didn’t come to a meeting')),
            ],
            options={
                'verbose_name': 'queue',
                'verbose_name_plural': 'queue',
                'default_permissions': ('change',),
            },
        ),
        migrations.CreateModel(
            name='QueueStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.BigIntegerField()),
                ('day', models.DateField()),
                ('outcome', models.CharField(max_length=20)),
                ('reason', models.CharField(blank=True, choices=[('later', 'not now'), ('unknown', 'information is missing'), ('colleague', 'a colleague takes care of it'), ('other', 'another reason')], max_length=20, verbose_name='reason')),
                ('operation', models.BigIntegerField()),
                ('until', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'step in the queue',
                'default_permissions': (),
                'indexes': [models.Index(fields=['user', 'day', '-id'], name='queue_step_of_day'), models.Index(fields=['lead', 'user', 'until'], name='queue_step_of_lead')],
            },
        ),
        migrations.CreateModel(
            name='AssignmentRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('turned_on', models.BooleanField(db_default=True, default=True, verbose_name='turned on')),
                ('conditions', models.TextField(blank=True, verbose_name='conditions')),
                ('ways', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('api', 'API'), ('import', 'import'), ('form', 'web forms'), ('webhook', 'incoming webhooks'), ('mail', 'email'), ('manual', 'selected leads in the list')], max_length=10), db_default=[], default=list, size=None, verbose_name='leads that come from')),
                ('assigns_to', models.CharField(choices=[('user', 'one user'), ('in_turn', 'members of a department in turn'), ('fewest', 'the member of a department with the fewest open leads')], default='in_turn', max_length=10, verbose_name='assign to')),
                ('most_open', models.PositiveIntegerField(blank=True, help_text='Users with this many open leads are skipped. Empty means no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='most open leads per user')),
                ('present', models.CharField(blank=True, choices=[('', 'always'), ('day', 'on their working days'), ('hours', 'in their working hours')], default='', help_text='By the working time of their first department, in their time zone.', max_length=10, verbose_name='users get leads')),
                ('otherwise', models.CharField(choices=[('next', 'try the next rule'), ('no_owner', 'leave the lead unassigned')], default='next', max_length=10, verbose_name='if no one is available')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='only these roles')),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, help_text='Members with one of these roles and these members get leads. Without a selection, all members of the department do.', size=None, verbose_name='only these users')),
            ],
            options={
                'verbose_name': 'assignment rule',
                'verbose_name_plural': 'assignment rules',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('retired', False)), name='assignment_rule_once')],
            },
        ),
        migrations.CreateModel(
            name='AssignmentTurn',
            fields=[
                ('rule', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='leads.assignmentrule')),
                ('last', models.BigIntegerField(null=True)),
                ('idle_told', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AssignmentRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('api', 'API'), ('import', 'import'), ('form', 'web forms'), ('webhook', 'incoming webhooks'), ('mail', 'email'), ('manual', 'selected leads in the list')], max_length=10)),
                ('leads', models.PositiveIntegerField()),
                ('assigned', models.PositiveIntegerField()),
                ('no_one', models.PositiveIntegerField(default=0)),
                ('counts', models.JSONField(default=list)),
                ('undone_by', models.BigIntegerField(null=True)),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.operation')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RuleAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.BigIntegerField()),
                ('operation', models.BigIntegerField()),
                ('rule', models.BigIntegerField()),
                ('owner', models.BigIntegerField()),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['lead', 'operation'], name='rule_assignment_of_lead')],
            },
        ),
        migrations.CreateModel(
            name='ScoreRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('turned_on', models.BooleanField(db_default=True, default=True, verbose_name='turned on')),
                ('counts', models.CharField(choices=[('fact', 'leads that meet conditions'), ('call', 'calls that reached someone'), ('missed', 'calls without an answer'), ('meeting', 'meetings that took place'), ('received', 'emails received'), ('sent', 'emails sent')], default='fact', max_length=10, verbose_name='what it counts')),
                ('points', models.SmallIntegerField(help_text='From −100 to 100. Negative points lower the score.', validators=[django.core.validators.MinValueValidator(-100), django.core.validators.MaxValueValidator(100), leads.models.score_rule.refuse_no_points], verbose_name='points')),
                ('conditions', models.TextField(blank=True, verbose_name='conditions')),
                ('fades_over', models.PositiveSmallIntegerField(blank=True, help_text='The points go down evenly and are 0 after these days. Empty means they stay.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='fades over days')),
                ('at_most', models.PositiveSmallIntegerField(blank=True, help_text='All these activities of a lead together give no more points than this, from 1 to 1,000.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='at most')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('fades_from', models.CharField(blank=True, db_default='', help_text='The date of the lead from which the days count. Leads without it get no points.', max_length=30, verbose_name='fades from')),
            ],
            options={
                'verbose_name': 'score rule',
                'verbose_name_plural': 'score rules',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('retired', False)), name='score_rule_once')],
            },
        ),
        migrations.CreateModel(
            name='ScoreState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement', models.TextField(blank=True)),
                ('changed', models.TextField(blank=True)),
                ('reads_values', models.BooleanField()),
                ('reads_activities', models.BooleanField()),
                ('rules', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('day', models.DateField()),
                ('at', models.DateTimeField()),
                ('rounds', models.PositiveSmallIntegerField(default=0)),
                ('scored_to', models.BigIntegerField(null=True)),
                ('stopped', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ScoreProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(null=True)),
                ('since', models.DateField()),
                ('quarter', models.DateField()),
                ('won', models.PositiveIntegerField(default=0)),
                ('lost', models.PositiveIntegerField(default=0)),
                ('compared', models.PositiveSmallIntegerField(default=0)),
                ('facts', models.JSONField(default=list)),
                ('scores', models.JSONField(default=dict)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RunSQL(
            sql='\nALTER TABLE leads_lead SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);\nALTER TABLE leads_lead ALTER COLUMN owner_id SET STATISTICS 1000;\nALTER TABLE leads_lead ALTER COLUMN department_id SET STATISTICS 1000;\nALTER TABLE leads_leadsearch ALTER COLUMN words SET STATISTICS 300;\n',
            reverse_sql='\nALTER TABLE leads_lead RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor);\nALTER TABLE leads_lead ALTER COLUMN owner_id SET STATISTICS -1;\nALTER TABLE leads_lead ALTER COLUMN department_id SET STATISTICS -1;\nALTER TABLE leads_leadsearch ALTER COLUMN words SET STATISTICS -1;\n',
        ),
        migrations.RunSQL(
            sql='\nCREATE STATISTICS lead_owner_department (mcv) ON owner_id, department_id FROM leads_lead;\nANALYZE leads_lead (owner_id, department_id);\n',
            reverse_sql='DROP STATISTICS lead_owner_department;',
        ),
    ]
