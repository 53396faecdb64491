from django.db import migrations

WALLS = """
SELECT portal_wall('incidents_alarm', 'environment');
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("customers", "0004_walls")]

    operations = [migrations.RunSQL(WALLS, migrations.RunSQL.noop)]
