from django.db import migrations, models


def distrust(apps, schema_editor):
    """Believe nothing that was read before until it is read again, within the minute."""
    apps.get_model("customers", "Poll").objects.update(trusted_until=models.F("succeeded_at"))


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="poll",
            name="trusted_until",
            field=models.DateTimeField(help_text="when the last success is too old to be believed", null=True),
        ),
        migrations.RunPython(distrust, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="poll", index=models.Index(fields=["trusted_until"], name="poll_trusted")
        ),
    ]
