
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0060_confirmed_steps'),
    ]

    operations = [
        migrations.AddField(
            model_name='companysettings',
            name='base_currency',
            field=models.CharField(choices=[('EUR', 'EUR'), ('RON', 'RON'), ('USD', 'USD'), ('GBP', 'GBP'), ('CHF', 'CHF'), ('PLN', 'PLN'), ('CZK', 'CZK'), ('HUF', 'HUF'), ('BGN', 'BGN'), ('SEK', 'SEK'), ('NOK', 'NOK'), ('DKK', 'DKK'), ('UAH', 'UAH'), ('TRY', 'TRY'), ('MDL', 'MDL')], db_default='EUR', default='EUR', help_text='Of totals, goals, costs and reports. Other currencies are converted into it. It’s fixed once there are amounts.', max_length=3, verbose_name='base currency'),
        ),
    ]
