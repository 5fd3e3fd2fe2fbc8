"""In an existing installation, the won stages of deals require an amount too, as in a new one; an administrator can allow deals to be
won without one. Those who go back keep the rule, because some may have had it before."""

from django.db import migrations
from django.db.models import F, Func, Value


def require(apps, _schema_editor) -> None:
    stages = apps.get_model("leads", "Status").objects.filter(kind="won", pipeline__purpose="deals")
    longer = Func(F("required_fields"), Value("value"), function="array_append")
    stages.exclude(required_fields__contains=["value"]).update(required_fields=longer)


class Migration(migrations.Migration):
    dependencies = [("leads", "0026_stuck_leads_by_department")]

    operations = [migrations.RunPython(require, migrations.RunPython.noop)]
