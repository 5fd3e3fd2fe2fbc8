import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django_countries.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                ('shared', models.BooleanField(db_default=False, default=False, help_text='Everyone sees it; who may change it stays as it is.', verbose_name='shared with everyone')),
                ('name', models.CharField(max_length=300, verbose_name='name')),
                ('domain', models.CharField(blank=True, db_collation='C', help_text='Such as example.com.', max_length=253, validators=[django.core.validators.RegexValidator('^[^\\s/@]+\\.[^\\s/@]+$', 'A domain looks like example.com.')], verbose_name='domain')),
                ('phone', models.CharField(blank=True, max_length=60, verbose_name='phone')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='tags')),
                ('name_key', models.CharField(blank=True, db_collation='C', db_default='', default='', editable=False, max_length=100)),
                ('phone_normal', models.CharField(blank=True, db_default='', default='', editable=False, max_length=20)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'company',
                'verbose_name_plural': 'companies',
                'permissions': [('take_company', 'take an unassigned company'), ('assign_company', 'assign companies'), ('bulk_company', 'change many companies at once'), ('export_company', 'export companies'), ('import_company', 'import companies'), ('purge_company', 'delete companies permanently')],
            },
        ),
        migrations.CreateModel(
            name='CompanySearch',
            fields=[
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='customers.company')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='company_search_words')],
            },
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='company_created'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'id'], name='company_number'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('owner__isnull', True), ('deleted_at__isnull', True)), fields=['department', 'created_at', 'id'], name='company_unassigned'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('shared', True), ('deleted_at__isnull', True)), fields=['created_at', 'id'], name='company_shared'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], name='company_deleted'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('tags', []), _negated=True), fields=['tags'], name='company_tags'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(models.Q(('name_key', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'name_key', 'id'], name='company_name'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(models.Q(('domain', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'domain', 'id'], name='company_domain'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(models.Q(('phone_normal', ''), _negated=True), ('deleted_at__isnull', True)), fields=['department', 'phone_normal', 'id'], name='company_phone'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['department', 'country', 'created_at', 'id'], name='company_country'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['owner', 'department', 'created_at', 'id'], name='company_owner'),
        ),
    ]
