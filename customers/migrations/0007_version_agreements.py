import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0006_keep_observations_in_reach'),
    ]

    operations = [
        migrations.CreateModel(
            name='BusinessHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')])),
                ('opens', models.PositiveSmallIntegerField()),
                ('closes', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='SpecialDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('closed', 'Closed day'), ('blackout', 'No planned work')], max_length=8)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('name', models.CharField(max_length=80)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_starts_once_at_a_time',
        ),
        migrations.AddField(
            model_name='agreement',
            name='approvals',
            field=models.JSONField(blank=True, default=dict, help_text='class → {role, second_factor, two_persons}'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='begun_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='confirmed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='confirmed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreement',
            name='digest',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='agreement',
            name='drafted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='drafted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreement',
            name='ended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreement',
            name='ended_reason',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='agreement',
            name='long_work_minutes',
            field=models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)]),
        ),
        migrations.AddField(
            model_name='agreement',
            name='night_choices',
            field=models.JSONField(blank=True, default=dict, help_text='class → band → {choice, minutes, silence}'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='night_from',
            field=models.TimeField(default=datetime.time(22, 0)),
        ),
        migrations.AddField(
            model_name='agreement',
            name='night_until',
            field=models.TimeField(default=datetime.time(7, 0)),
        ),
        migrations.AddField(
            model_name='agreement',
            name='notice_aws_days',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(90)]),
        ),
        migrations.AddField(
            model_name='agreement',
            name='notice_long_days',
            field=models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MaxValueValidator(90)]),
        ),
        migrations.AddField(
            model_name='agreement',
            name='notice_short_days',
            field=models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MaxValueValidator(90)]),
        ),
        migrations.AddField(
            model_name='agreement',
            name='number',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='plan_duties',
            field=models.JSONField(blank=True, default=list, help_text="the plan's duties when this was proposed"),
        ),
        migrations.AddField(
            model_name='agreement',
            name='proposed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='proposed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreement',
            name='remarks',
            field=models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(2000)]),
        ),
        migrations.AddField(
            model_name='agreement',
            name='side',
            field=models.CharField(choices=[('provider', 'Provider'), ('customer', 'Customer')], default='provider', max_length=8),
        ),
        migrations.AddField(
            model_name='agreement',
            name='signed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='signed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreement',
            name='signed_language',
            field=models.CharField(blank=True, max_length=5),
        ),
        migrations.AddField(
            model_name='agreement',
            name='site_text',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='agreement',
            name='site_url',
            field=models.URLField(blank=True, validators=[django.core.validators.URLValidator(schemes=['http', 'https'])]),
        ),
        migrations.AddField(
            model_name='agreement',
            name='starts_on',
            field=models.DateField(blank=True, help_text="in the customer's zone; empty: from the signature", null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Waiting'), ('signed', 'Signed'), ('provisional', 'Provisional'), ('declined', 'Declined'), ('withdrawn', 'Taken back')], default='provisional', max_length=12),
        ),
        migrations.AddField(
            model_name='agreement',
            name='texts',
            field=models.JSONField(blank=True, default=dict, help_text='language → sections as they were shown'),
        ),
        migrations.AddField(
            model_name='customer',
            name='holidays',
            field=models.CharField(choices=[('closed', 'Closed on public holidays'), ('sunday', 'As on Sunday'), ('ordinary', 'As on any day')], default='closed', max_length=8),
        ),
        migrations.AlterField(
            model_name='agreement',
            name='retention_days',
            field=models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)]),
        ),
        migrations.AlterField(
            model_name='agreement',
            name='valid_from',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='plan',
            name='name_en',
            field=models.CharField(max_length=80, unique=True),
        ),
        migrations.AlterField(
            model_name='plan',
            name='name_ja',
            field=models.CharField(max_length=80, unique=True),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(condition=models.Q(('begun_at__isnull', True), ('state', 'signed')), fields=['environment'], name='agreement_waiting_to_begin'),
        ),
        migrations.AddField(
            model_name='businesshours',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='business_hours', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='specialday',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='special_days', to='customers.customer'),
        ),
        migrations.AddConstraint(
            model_name='businesshours',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__range', (0, 6))), name='hours_weekday_is_known'),
        ),
        migrations.AddConstraint(
            model_name='businesshours',
            constraint=models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens')), ('opens__lt', 1440), ('closes__lte', django.db.models.expressions.CombinedExpression(models.F('opens'), '+', models.Value(1440)))), name='hours_are_at_most_a_day_long'),
        ),
        migrations.AddConstraint(
            model_name='businesshours',
            constraint=models.UniqueConstraint(fields=('customer', 'weekday', 'opens'), name='hours_open_once_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='specialday',
            index=models.Index(fields=['customer', 'last'], name='customers_s_custome_fa1545_idx'),
        ),
        migrations.AddConstraint(
            model_name='specialday',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['closed', 'blackout'])), name='special_day_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='specialday',
            constraint=models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='special_day_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='specialday',
            constraint=models.UniqueConstraint(fields=('customer', 'kind', 'first', 'name'), name='special_day_is_there_once'),
        ),
    ]
