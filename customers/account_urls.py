"""Addresses of the ways in, and of one's own account."""

from django.urls import path

from customers.views import demo, logins, my_account, second_factors

urlpatterns = [
    path("login/", logins.log_in, name="login"),
    path("login/second-step/", logins.second_step, name="second-step"),
    path("login/passkey/ask/", logins.ask_passkey, name="ask-passkey"),
    path("login/passkey/", logins.answer_passkey, name="answer-passkey"),
    path("demo/log-in/<str:token>/", demo.demo_log_in, name="demo-log-in"),
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
