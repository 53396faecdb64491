"""Know since when an admin is one: whoever was made so a moment ago is no second pair of eyes."""

from django.db import migrations, models

# The columns of people that the web reads are named one by one.
SEEN = "GRANT SELECT (admin_since) ON customers_user TO portal_web, portal_staff"


class Migration(migrations.Migration):
    dependencies = [("customers", "0026_tell_who_it_was")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="admin_since",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="when another admin made this one; empty: made on the machine",
                null=True,
            ),
        ),
        migrations.RunSQL(SEEN, migrations.RunSQL.noop),
    ]
