"""A customer's people read of their own changes when somebody is reminded; only the portal makes reminders."""

from django.db import migrations

WALL = """
SELECT portal_wall('maintenance_reminder', 'change_id IN (SELECT id FROM maintenance_change)', 'SELECT');
"""


class Migration(migrations.Migration):
    dependencies = [("maintenance", "0008_remind_of_changes")]

    operations = [migrations.RunSQL(WALL, migrations.RunSQL.noop)]
