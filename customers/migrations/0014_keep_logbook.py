
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0013_prove_trust_of_known_environments'),
    ]

    operations = [
        migrations.AddField(
            model_name='contactchannel',
            name='codes_sent',
            field=models.PositiveSmallIntegerField(default=0, help_text='since it last proved right'),
        ),
        migrations.AddField(
            model_name='logbookentry',
            name='address',
            field=models.GenericIPAddressField(null=True),
        ),
        migrations.AddField(
            model_name='logbookentry',
            name='agreement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.agreement'),
        ),
        migrations.AddField(
            model_name='logbookentry',
            name='on_behalf_of',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='logbookentry',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='logbookentry',
            index=models.Index(fields=['-at', '-id'], name='logbook_newest'),
        ),
        migrations.AddIndex(
            model_name='logbookentry',
            index=models.Index(fields=['environment', '-at', '-id'], name='logbook_by_environment'),
        ),
        migrations.AddIndex(
            model_name='logbookentry',
            index=models.Index(fields=['actor', '-at', '-id'], name='logbook_by_actor'),
        ),
        migrations.AddIndex(
            model_name='logbookentry',
            index=models.Index(fields=['verb', '-at', '-id'], name='logbook_by_verb'),
        ),
    ]
