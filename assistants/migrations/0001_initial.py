"""What assistants may do at most, what they have done, and what they have previewed."""

import assistants.models.change_preview
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('crm', '0068_assistants'),
    ]

    operations = [
        migrations.CreateModel(
            name='AssistantLimits',
            fields=[
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='assistant_limits', serialize=False, to='crm.token')),
                ('preview_above', models.PositiveIntegerField(db_default=1, default=1, help_text='A bulk change of more records, or the undo of one, has to be previewed first.', validators=[django.core.validators.MaxValueValidator(3000)], verbose_name='records changed without a preview')),
                ('records_per_call', models.PositiveIntegerField(db_default=100, default=100, help_text='A call that would change more is refused.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3000)], verbose_name='records per call')),
                ('records_per_hour', models.PositiveIntegerField(db_default=500, default=500, help_text='Once the assistant has changed so many, it has to wait for the next hour.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='records per hour')),
                ('may_send', models.BooleanField(db_default=False, default=False, help_text='By starting sequences, whose emails go to customers.', verbose_name='may send emails')),
            ],
            options={
                'verbose_name': 'limits of an assistant',
                'verbose_name_plural': 'limits of assistants',
            },
        ),
        migrations.CreateModel(
            name='AssistantUse',
            fields=[
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='assistant_use', serialize=False, to='crm.token')),
                ('hour', models.DateTimeField()),
                ('records', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ChangePreview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=assistants.models.change_preview.build_code, max_length=40, unique=True)),
                ('tool', models.CharField(max_length=40)),
                ('arguments', models.JSONField()),
                ('versions', models.JSONField(default=dict)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('used_at', models.DateTimeField(null=True)),
                ('frozen_set', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.frozenset')),
                ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.token')),
            ],
        ),
    ]
