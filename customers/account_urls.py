"""Addresses of the ways in, and of one's own account."""

from django.urls import path

from customers.views import demo, directory, forgotten, invitations, logins, my_account, people, second_factors, staff

urlpatterns = [
    path("login/", logins.log_in, name="login"),
    path("login/second-step/", logins.second_step, name="second-step"),
    path("login/passkey/ask/", logins.ask_passkey, name="ask-passkey"),
    path("login/passkey/", logins.answer_passkey, name="answer-passkey"),
    path("login/directory/", directory.directory, name="directory"),
    path("login/directory/back/", directory.directory_back, name="directory-back"),
    path("demo/log-in/<str:token>/", demo.demo_log_in, name="demo-log-in"),
    path("password/forgot/", forgotten.forgot_password, name="forgot-password"),
    path("password/<str:uid>/<str:token>/", forgotten.reset_password, name="reset-password"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<str:token>/passkey/ask/", invitations.ask_invited_passkey, name="ask-invited-passkey"),
    path("customers/<int:customer_id>/people/", people.customer_people, name="people"),
    path("customers/<int:customer_id>/people/change/", people.change_person, name="change-person"),
    path("customers/<int:customer_id>/people/invitation/", people.change_invitation, name="change-invitation"),
    path("staff/", staff.staff_list, name="staff"),
    path("staff/change/", staff.change_colleague, name="change-colleague"),
    path("staff/invitation/", staff.change_staff_invitation, name="change-staff-invitation"),
    path("staff/emergency/", staff.emergencies, name="emergencies"),
    path("staff/emergency/answer/", staff.answer_emergency, name="answer-emergency"),
    path("logout/", logins.log_out, name="logout"),
    path("account/", my_account.account, name="account"),
    path("account/confirm/", my_account.confirm, name="confirm"),
    path("account/password/", my_account.change_password, name="change-password"),
    path("account/sessions/end/", my_account.end_session, name="end-session"),
    path("account/sessions/end-others/", my_account.end_other_sessions, name="end-other-sessions"),
    path("account/second-factor/", second_factors.second_factor, name="second-factor"),
    path("account/second-factor/app/", second_factors.set_up_app, name="set-up-app"),
    path("account/second-factor/passkey/ask/", second_factors.ask_new_passkey, name="ask-new-passkey"),
    path("account/second-factor/passkey/", second_factors.add_passkey, name="add-passkey"),
    path("account/second-factor/remove/", second_factors.remove_factor, name="remove-factor"),
    path("account/recovery-codes/", second_factors.recovery_codes, name="recovery-codes"),
]
