"""Records that were merged into others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0001_squashed_0032_activities_of_periods'),
    ]

    operations = [
        migrations.CreateModel(
            name='MergedRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=20)),
                ('record', models.BigIntegerField()),
                ('into', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': 'merged record',
                'verbose_name_plural': 'merged records',
                'default_permissions': (),
                'indexes': [models.Index(fields=['table', 'into'], name='merged_into')],
                'constraints': [models.UniqueConstraint(fields=('table', 'record'), name='merged_once')],
            },
        ),
    ]
