import crm.records.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import django_countries.fields
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('crm', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                ('departments', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, help_text='New leads of these departments start in this pipeline.', size=None, verbose_name='first choice of')),
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
                ('day', models.DateField(verbose_name='from')),
                ('rate', models.DecimalField(decimal_places=8, help_text='What one unit is worth in the base currency.', max_digits=18, validators=[django.core.validators.MinValueValidator(Decimal('1E-8'))], verbose_name='rate')),
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
                ('kind', models.CharField(choices=[('website', 'website'), ('referral', 'referral'), ('paid_ads', 'paid ads'), ('cold_call', 'cold call'), ('event', 'event'), ('partner', 'partner'), ('other', 'other')], default='other', max_length=10, verbose_name='kind')),
                ('hue', models.PositiveSmallIntegerField(choices=[(0, '0°'), (10, '10°'), (20, '20°'), (30, '30°'), (40, '40°'), (50, '50°'), (60, '60°'), (70, '70°'), (80, '80°'), (90, '90°'), (100, '100°'), (110, '110°'), (120, '120°'), (130, '130°'), (140, '140°'), (150, '150°'), (160, '160°'), (170, '170°'), (180, '180°'), (190, '190°'), (200, '200°'), (210, '210°'), (220, '220°'), (230, '230°'), (240, '240°'), (250, '250°'), (260, '260°'), (270, '270°'), (280, '280°'), (290, '290°'), (300, '300°'), (310, '310°'), (320, '320°'), (330, '330°'), (340, '340°'), (350, '350°')], default=200, verbose_name='hue')),
                ('retired', models.BooleanField(default=False, help_text='New leads cannot choose it any more.', verbose_name='retired')),
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
                ('kind', models.CharField(choices=[('new', 'new'), ('contacted', 'contacted'), ('qualified', 'qualified'), ('proposal', 'proposal'), ('won', 'won'), ('lost', 'lost'), ('disqualified', 'disqualified')], default='contacted', help_text='What the product does with leads in this status; the label is free.', max_length=12, verbose_name='kind')),
                ('hue', models.PositiveSmallIntegerField(choices=[(0, '0°'), (10, '10°'), (20, '20°'), (30, '30°'), (40, '40°'), (50, '50°'), (60, '60°'), (70, '70°'), (80, '80°'), (90, '90°'), (100, '100°'), (110, '110°'), (120, '120°'), (130, '130°'), (140, '140°'), (150, '150°'), (160, '160°'), (170, '170°'), (180, '180°'), (190, '190°'), (200, '200°'), (210, '210°'), (220, '220°'), (230, '230°'), (240, '240°'), (250, '250°'), (260, '260°'), (270, '270°'), (280, '280°'), (290, '290°'), (300, '300°'), (310, '310°'), (320, '320°'), (330, '330°'), (340, '340°'), (350, '350°')], default=250, verbose_name='hue')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('meaning', models.TextField(blank=True, help_text='When a lead belongs here, in one sentence.', verbose_name='meaning')),
                ('required_fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='must be filled to enter')),
                ('most_days', models.PositiveSmallIntegerField(blank=True, help_text='How many days a lead may stay before it counts as stuck. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='at most')),
                ('next_action_prompt', models.CharField(blank=True, help_text='Proposed when a lead enters.', max_length=200, verbose_name='next action proposed')),
                ('is_default', models.BooleanField(default=False, help_text='New leads start here. Exactly one status of a pipeline is this; it is open and not retired.', verbose_name='for new leads')),
                ('retired', models.BooleanField(default=False, help_text='No lead can enter it any more; those in it stay until they move.', verbose_name='retired')),
                ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statuses', to='leads.pipeline', verbose_name='pipeline')),
            ],
            options={
                'verbose_name': 'status',
                'verbose_name_plural': 'statuses',
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
                ('shared', models.BooleanField(db_default=False, default=False, help_text='Everyone sees it; who may change it stays as it is.', verbose_name='shared with everyone')),
                ('first_name', models.CharField(blank=True, max_length=600, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=600, verbose_name='last name')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='position')),
                ('company', models.CharField(blank=True, max_length=300, verbose_name='company')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('second_email', models.EmailField(blank=True, max_length=254, verbose_name='second e-mail')),
                ('phone', models.CharField(blank=True, help_text='Any way of writing; it is found by its digits.', max_length=60, verbose_name='phone')),
                ('mobile', models.CharField(blank=True, max_length=60, verbose_name='mobile')),
                ('website', models.CharField(blank=True, db_collation='C', max_length=300, verbose_name='website')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country')),
                ('city', models.CharField(blank=True, max_length=150, verbose_name='city')),
                ('state', models.CharField(blank=True, max_length=150, verbose_name='county or state')),
                ('address', models.CharField(blank=True, max_length=500, verbose_name='address')),
                ('zip', models.CharField(blank=True, db_collation='C', max_length=30, verbose_name='postcode')),
                ('language', models.CharField(blank=True, db_collation='C', help_text='The language to write in.', max_length=40, verbose_name='language')),
                ('description', models.TextField(blank=True, max_length=50000, verbose_name='description')),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='value')),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='currency')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='tags')),
                ('vip', models.BooleanField(db_default=False, default=False, verbose_name='VIP')),
                ('lost_remark', models.CharField(blank=True, max_length=500, verbose_name='what happened')),
                ('next_action', models.CharField(blank=True, max_length=200, verbose_name='next action')),
                ('next_action_on', models.DateField(blank=True, null=True, verbose_name='next action on')),
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
            ],
            options={
                'verbose_name': 'lead',
                'verbose_name_plural': 'leads',
                'permissions': [('take_lead', 'take an unassigned lead'), ('assign_lead', 'assign leads'), ('bulk_lead', 'change many leads at once'), ('export_lead', 'export leads'), ('import_lead', 'import leads'), ('purge_lead', 'delete leads permanently')],
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
        ),
        migrations.CreateModel(
            name='LeadSearch',
            fields=[
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='leads.lead')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='lead_search_words')],
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
                'verbose_name': 'cost of a source',
                'verbose_name_plural': 'costs of sources',
                'ordering': ['-month'],
                'constraints': [models.UniqueConstraint(fields=('source', 'month'), name='cost_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='status',
            constraint=models.UniqueConstraint(models.F('pipeline'), django.db.models.functions.text.Lower('name'), name='status_once'),
        ),
        migrations.AddConstraint(
            model_name='status',
            constraint=crm.records.constraints.OnlyOne(condition=models.Q(('is_default', True)), group='pipeline', name='status_default_once'),
        ),
        migrations.AddConstraint(
            model_name='status',
            constraint=models.CheckConstraint(condition=models.Q(('is_default', False), models.Q(('retired', False), models.Q(('kind__in', ['won', 'lost', 'disqualified']), _negated=True)), _connector='OR'), name='status_default_is_open'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='lead_created'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'id'], name='lead_number'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('owner__isnull', True), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='lead_unassigned'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('shared', True), ('deleted_at__isnull', True)), fields=['created_at', 'id'], name='lead_shared'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], name='lead_deleted'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('tags', []), _negated=True), fields=['tags'], name='lead_tags'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'name_key', 'id'], name='lead_name'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'status_since', 'id'], name='lead_since'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('email_key', ''), _negated=True), fields=['email_key'], name='lead_by_email'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('phone_normal', ''), _negated=True), fields=['phone_normal'], name='lead_by_phone'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('company_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'company_key', 'id'], name='lead_company'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('email_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'email_key', 'id'], name='lead_email'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('second_email_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'second_email_key', 'id'], name='lead_second_email'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('title_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'title_key', 'id'], name='lead_title'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('city_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'city_key', 'id'], name='lead_city'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('state_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'state_key', 'id'], name='lead_state'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('address_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'address_key', 'id'], name='lead_address'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('zip', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'zip', 'id'], name='lead_zip'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('website', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'website', 'id'], name='lead_website'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('language', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'language', 'id'], name='lead_language'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('phone_normal', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'phone_normal', 'id'], name='lead_phone'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(models.Q(('mobile_normal', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'mobile_normal', 'id'], name='lead_mobile'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('base_value__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'base_value', 'id'], name='lead_value'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('next_action_on__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'next_action_on', 'id'], name='lead_next_action_on'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('assigned_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'assigned_at', 'id'], name='lead_assigned_at'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('first_contacted_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'first_contacted_at', 'id'], name='lead_first_contacted_at'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('last_contacted_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'last_contacted_at', 'id'], name='lead_last_contacted_at'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('converted_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'converted_at', 'id'], name='lead_converted_at'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'status', 'created_at', 'id'], name='lead_status'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'source', 'created_at', 'id'], name='lead_source'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'country', 'created_at', 'id'], name='lead_country'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('lost_reason__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'lost_reason', 'created_at', 'id'], name='lead_lost_reason'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['owner', 'department', 'created_at', 'id'], name='lead_owner'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('vip', True), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='lead_vip'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('company', ''), ('email', ''), ('first_name', ''), ('last_name', ''), ('mobile', ''), ('phone', ''), _negated=True), name='lead_has_a_name', violation_error_message='At least one of name, company, e-mail and phone is needed.'),
        ),
        migrations.AddIndex(
            model_name='statusmove',
            index=models.Index(fields=['to_status', 'entered'], name='move_to_status'),
        ),
        migrations.AddConstraint(
            model_name='statusmove',
            constraint=models.UniqueConstraint(condition=models.Q(('left', None), ('undone', False)), fields=('lead',), name='move_open'),
        ),
    ]
