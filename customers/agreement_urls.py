"""Addresses of agreements, plans, business hours and of what is known of a customer."""

from django.urls import path

from customers.views import acting, agreements, customer_edit, hours, plans

urlpatterns = [
    path("customers/<int:customer_id>/edit/", customer_edit.edit_customer, name="edit-customer"),
    path("customers/<int:customer_id>/close/", customer_edit.close_customer, name="close-customer"),
    path("customers/<int:customer_id>/acting/", acting.act_for, name="act-for"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.add_plan, name="add-plan"),
    path("plans/<int:plan_id>/", plans.plan, name="plan"),
    path("agreements/", agreements.agreements_waiting, name="agreements-waiting"),
    path("customers/<int:customer_id>/hours/", hours.hours, name="business-hours"),
    path("customers/<int:customer_id>/hours/days/", hours.add_special_day, name="add-special-day"),
    path("customers/<int:customer_id>/hours/days/remove/", hours.remove_special_day, name="remove-special-day"),
    path("environments/<int:environment_id>/agreement/", agreements.agreement, name="agreement"),
    path(
        "environments/<int:environment_id>/agreement/<int:number>/",
        agreements.agreement_version,
        name="agreement-version",
    ),
    path("environments/<int:environment_id>/agreement/draft/", agreements.agreement_draft, name="agreement-draft"),
    path(
        "environments/<int:environment_id>/agreement/preview/", agreements.agreement_preview, name="agreement-preview"
    ),
    path("environments/<int:environment_id>/agreement/answer/", agreements.agreement_answer, name="agreement-answer"),
]
