import crm.platform.configuration.company
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0032_names_of_colors'),
    ]

    operations = [
        migrations.AlterField(
            model_name='lead',
            name='currency',
            field=models.CharField(default=crm.platform.configuration.company.get_company_currency, max_length=3, verbose_name='currency'),
        ),
    ]
