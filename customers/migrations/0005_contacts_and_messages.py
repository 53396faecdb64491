
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('position', models.CharField(blank=True, max_length=80)),
                ('language', models.CharField(choices=[('ja', 'Japanese'), ('en', 'English')], default='ja', max_length=5)),
                ('business_rung', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('night_rung', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='customers.customer')),
                ('environment', models.ForeignKey(blank=True, help_text='empty: all of them', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='customers.environment')),
            ],
        ),
        migrations.CreateModel(
            name='ContactChannel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mail', 'Mail'), ('sms', 'SMS'), ('voice', 'Phone call'), ('chat', 'Chat')], max_length=5)),
                ('address', models.CharField(max_length=500)),
                ('hours', models.CharField(choices=[('always', 'At any time'), ('business', 'Business hours'), ('night', 'Night')], default='always', max_length=8)),
                ('place', models.PositiveSmallIntegerField()),
                ('created_at', models.DateTimeField()),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('broken_at', models.DateTimeField(blank=True, null=True)),
                ('code_hash', models.CharField(blank=True, max_length=64)),
                ('code_sent_at', models.DateTimeField(blank=True, null=True)),
                ('code_ends_at', models.DateTimeField(blank=True, null=True)),
                ('code_tries', models.PositiveSmallIntegerField(default=0)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='channels', to='customers.contact')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('lease', models.UUIDField(blank=True, null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('reference', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField()),
                ('kind', models.SlugField(max_length=40)),
                ('channel', models.CharField(choices=[('mail', 'Mail'), ('sms', 'SMS'), ('voice', 'Phone call'), ('chat', 'Chat')], max_length=5)),
                ('address', models.CharField(max_length=500)),
                ('language', models.CharField(choices=[('ja', 'Japanese'), ('en', 'English')], max_length=5)),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('body', models.TextField()),
                ('secrets', models.JSONField(blank=True, default=dict)),
                ('state', models.CharField(choices=[('waiting', 'To be sent'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Not sent')], default='waiting', max_length=7)),
                ('useless_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('tried_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('carrier', models.CharField(blank=True, max_length=20)),
                ('receipt', models.CharField(blank=True, max_length=200)),
                ('failure', models.JSONField(blank=True, default=dict, help_text='{word, detail} of the last try that failed')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='customers.contact')),
                ('contact_channel', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='customers.contactchannel')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='customers.customer')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('removed_at', None)), fields=['customer'], name='contact_present'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['ja', 'en'])), name='contact_language_is_known'),
        ),
        migrations.AddConstraint(
            model_name='contactchannel',
            constraint=models.UniqueConstraint(fields=('contact', 'kind', 'address'), name='contact_channel_is_there_once'),
        ),
        migrations.AddConstraint(
            model_name='contactchannel',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['mail', 'sms', 'voice', 'chat'])), name='contact_channel_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='contactchannel',
            constraint=models.CheckConstraint(condition=models.Q(('hours__in', ['always', 'business', 'night'])), name='contact_channel_hours_are_known'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='message_waiting'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['-at', '-id'], name='message_newest'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['customer', '-at', '-id'], name='message_by_customer'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['contact_channel', '-at'], name='message_by_contact_channel'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sending', 'sent', 'failed'])), name='message_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['mail', 'sms', 'voice', 'chat'])), name='message_channel_is_known'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['ja', 'en'])), name='message_language_is_known'),
        ),
        migrations.RunSQL(
            """
            SELECT portal_wall('customers_contact', 'customer');
            SELECT portal_wall('customers_contactchannel', 'customer');
            -- What was said to others may hold a link that opens a door.
            SELECT portal_wall('customers_message', 'user', 'SELECT');
            """,
            migrations.RunSQL.noop,
        ),
    ]
