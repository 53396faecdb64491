from django.db import migrations, models

# Owners of customers see that days are sealed, not how much others do; nobody in the web seals.
WALL = """
SELECT portal_wall('customers_logbookseal', 'open', 'SELECT');
REVOKE SELECT ON customers_logbookseal FROM portal_web;
GRANT SELECT (day, digest) ON customers_logbookseal TO portal_web;
REVOKE INSERT, UPDATE, DELETE ON customers_logbookseal FROM portal_staff;

CREATE TRIGGER logbook_keeps_seals BEFORE UPDATE OR DELETE ON customers_logbookseal
    FOR EACH ROW EXECUTE FUNCTION logbook_refuses();
CREATE TRIGGER logbook_seals_are_not_emptied BEFORE TRUNCATE ON customers_logbookseal
    FOR EACH STATEMENT EXECUTE FUNCTION logbook_refuses();
ALTER TABLE customers_logbookseal ENABLE ALWAYS TRIGGER logbook_keeps_seals;
ALTER TABLE customers_logbookseal ENABLE ALWAYS TRIGGER logbook_seals_are_not_emptied;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0022_bind_agreements_to_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='LogbookSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('entries', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('sealed_at', models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]
