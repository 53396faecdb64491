from django.db import migrations

BEGIN = """
INSERT INTO customers_trustproof (environment_id, due_at, openings, tries)
SELECT id, now(), '[]', 0 FROM customers_environment
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0012_take_on_environments'),
    ]

    operations = [
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
    ]
