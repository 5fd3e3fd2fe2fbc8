"""The planner learns which owners have leads in which departments, so it no longer expects 40,000 where there are none."""

from django.db import migrations

FORWARD = """
CREATE STATISTICS lead_owner_department (mcv) ON owner_id, department_id FROM leads_lead;
ANALYZE leads_lead (owner_id, department_id);
"""
BACKWARD = "DROP STATISTICS lead_owner_department;"


class Migration(migrations.Migration):
    dependencies = [("leads", "0003_plainer_words")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
