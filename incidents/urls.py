"""Addresses of what watches and rings."""

from django.urls import path

from incidents.views import alarms

urlpatterns = [
    path("environments/<int:environment_id>/alarms/", alarms.alarm_list, name="alarms"),
]
