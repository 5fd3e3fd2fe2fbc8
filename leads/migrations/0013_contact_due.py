import django.core.validators
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_contact_limits'),
        ('leads', '0012_stuck'),
    ]

    operations = [
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
        migrations.AddField(
            model_name='source',
            name='contact_within',
            field=models.PositiveIntegerField(blank=True, help_text='The working time in which a new lead must be contacted, such as 30 min or 4 h. Leave empty to use the department’s limit.', null=True, validators=[django.core.validators.MinValueValidator(1, 'Enter at least 1 min.'), django.core.validators.MaxValueValidator(30000, 'Enter at most 500 h.')], verbose_name='first contact within'),
        ),
        migrations.AddField(
            model_name='lead',
            name='contact_due_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='first contact due'),
        ),
        migrations.AddField(
            model_name='lead',
            name='contact_warning_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('contact_due_at__isnull', False), ('deleted_at__isnull', True)), fields=['department', 'contact_due_at', 'id'], name='lead_contact_due_at'),
        ),
    ]
