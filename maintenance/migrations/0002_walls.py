from django.db import migrations

WALLS = """
SELECT portal_wall('maintenance_notice', 'environment');
SELECT portal_wall('maintenance_backup', 'environment');
SELECT portal_wall('maintenance_enginelifecycle', 'open', 'SELECT');
"""


class Migration(migrations.Migration):
    dependencies = [("maintenance", "0001_initial"), ("customers", "0004_walls")]

    operations = [migrations.RunSQL(WALLS, migrations.RunSQL.noop)]
