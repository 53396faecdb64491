from django.db import migrations, models


class Migration(migrations.Migration):
    """The span of point-in-time restore replaces a moment that moved at every reading."""

    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RemoveField("database", "restorable_until"),
        migrations.AddField("database", "restorable_from", models.DateTimeField(null=True)),
        migrations.AddField("database", "restorable_lag_minutes", models.PositiveIntegerField(null=True)),
    ]
