"""Number the versions that were made before versions had numbers, by the order in which they begin."""

from django.db import migrations

FILL = """
    UPDATE customers_agreement agreement
    SET number = old.number, plan_duties = old.duties, drafted_at = old.valid_from, begun_at = old.valid_from,
        site_url = old.site_url, site_text = old.site_text
    FROM (
        SELECT a.id, a.valid_from, p.provider_duties AS duties, e.site_url, e.site_text,
               row_number() OVER (PARTITION BY a.environment_id ORDER BY a.valid_from, a.id) AS number
        FROM customers_agreement a
        JOIN customers_plan p ON p.id = a.plan_id
        JOIN customers_environment e ON e.id = a.environment_id
    ) old
    WHERE agreement.id = old.id
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_version_agreements")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
