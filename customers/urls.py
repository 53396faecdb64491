"""Addresses of customers, environments and one's own account."""

from django.urls import path

from customers import account_urls
from customers.views import account, agreements, customers, environments, hours, outbox

urlpatterns = [
    *account_urls.urlpatterns,
    path("language/", account.choose_language, name="choose-language"),
    path("theme/", account.choose_theme, name="choose-theme"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<int:customer_id>/", customers.customer, name="customer"),
    path("customers/<int:customer_id>/hours/", hours.hours, name="business-hours"),
    path("customers/<int:customer_id>/hours/days/", hours.add_special_day, name="add-special-day"),
    path("customers/<int:customer_id>/hours/days/remove/", hours.remove_special_day, name="remove-special-day"),
    path("environments/<int:environment_id>/charts/", environments.charts, name="charts"),
    path("environments/<int:environment_id>/observations/", environments.observation_list, name="observations"),
    path("environments/<int:environment_id>/readings/", environments.reading_list, name="readings"),
    path("outbox/", outbox.message_list, name="outbox"),
    path("outbox/<int:message_id>/", outbox.message, name="message"),
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
