"""Keep with an invitation in which language its mail is, also when it is sent again by somebody who reads another."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0028_bind_entries_of_staff")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="language",
            field=models.CharField(
                choices=[("ja", "Japanese"), ("en", "English")], db_default="ja", default="ja", max_length=5
            ),
        ),
    ]
