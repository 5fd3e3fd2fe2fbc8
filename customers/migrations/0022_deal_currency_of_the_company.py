import crm.platform.configuration.company
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0021_erased_since'),
    ]

    operations = [
        migrations.AlterField(
            model_name='deal',
            name='currency',
            field=models.CharField(default=crm.platform.configuration.company.get_company_currency, max_length=3, verbose_name='currency'),
        ),
    ]
