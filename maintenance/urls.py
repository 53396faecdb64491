"""Addresses of what AWS announces and of what was saved."""

from django.urls import path

from maintenance.views import backups, notices

urlpatterns = [
    path("environments/<int:environment_id>/notices/", notices.notice_list, name="notices"),
    path("environments/<int:environment_id>/backups/", backups.backup_list, name="backups"),
]
