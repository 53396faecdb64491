"""Add places for sealed texts; what lies in clear is sealed by the first housekeeping or `rotate_secrets`."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0017_refuse_hidden_characters_in_names'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='contactchannel',
            name='contact_channel_is_there_once',
        ),
        migrations.AddField(
            model_name='contactchannel',
            name='sealed_address',
            field=models.TextField(blank=True, db_default='', default='', help_text='the whole one of a chat'),
        ),
        migrations.AddField(
            model_name='message',
            name='sealed_secrets',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AlterField(
            model_name='contactchannel',
            name='address',
            field=models.CharField(help_text='of a chat only what a page shows of it', max_length=500),
        ),
        migrations.AlterField(
            model_name='message',
            name='address',
            field=models.CharField(help_text='of a chat only what a page shows of it', max_length=500),
        ),
        migrations.AlterField(
            model_name='message',
            name='secrets',
            field=models.JSONField(blank=True, help_text='in clear, as older releases wrote them', null=True),
        ),
        migrations.AddConstraint(
            model_name='contactchannel',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'chat'), _negated=True), fields=('contact', 'kind', 'address'), name='contact_channel_is_there_once'),
        ),
    ]
