"""Addresses of what AWS announces, of what was saved, and of what is done on purpose."""

from django.urls import path

from maintenance.views import approvals, backups, changes, freezes, notices

urlpatterns = [
    path("environments/<int:environment_id>/notices/", notices.notice_list, name="notices"),
    path("environments/<int:environment_id>/backups/", backups.backup_list, name="backups"),
    path("environments/<int:environment_id>/changes/", changes.change_list, name="changes"),
    path("environments/<int:environment_id>/changes/new/", changes.choose_change, name="choose-change"),
    path("environments/<int:environment_id>/changes/new/<slug:action>/", changes.new_change, name="new-change"),
    path("changes/<int:change_id>/", changes.change_page, name="change"),
    path("changes/<int:change_id>/cancel/", changes.cancel_change, name="cancel-change"),
    path("changes/<int:change_id>/seen-to/", changes.see_to_change, name="see-to-change"),
    path("changes/<int:change_id>/withdraw/", changes.withdraw_approval, name="withdraw-approval"),
    path("customers/<int:customer_id>/freeze/", freezes.freeze, name="freeze"),
    path("freeze/", freezes.freeze_all, name="freeze-all"),
    path("changes/<int:change_id>/answer/", approvals.answer_in_portal, name="answer-change"),
    path("answers/<str:token>/", approvals.answer_approval, name="answer-approval"),
]
