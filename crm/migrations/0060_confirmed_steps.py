import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0059_operation_demo'),
    ]

    operations = [
        migrations.AddField(
            model_name='setupprogress',
            name='confirmed',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), db_default=[], default=list, size=None, verbose_name='confirmed steps'),
        ),
    ]
