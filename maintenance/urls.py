"""Addresses of what AWS announces and of what was saved."""

from django.urls import path

from maintenance.views import approvals, backups, notices

urlpatterns = [
    path("environments/<int:environment_id>/notices/", notices.notice_list, name="notices"),
    path("environments/<int:environment_id>/backups/", backups.backup_list, name="backups"),
    path("changes/<int:change_id>/answer/", approvals.answer_in_portal, name="answer-change"),
    path("answers/<str:token>/", approvals.answer_approval, name="answer-approval"),
]
