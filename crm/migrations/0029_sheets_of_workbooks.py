import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0028_audit_stream'),
    ]

    operations = [
        migrations.AddField(
            model_name='export',
            name='also',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='import',
            name='first',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.import'),
        ),
        migrations.AddField(
            model_name='import',
            name='part',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='import',
            name='parts',
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
