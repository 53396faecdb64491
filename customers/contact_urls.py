"""Addresses of contacts, of what was said to people, and of the logbook."""

from django.urls import path

from customers.views import contact_channels, contacts, logbook, outbox

urlpatterns = [
    path("customers/<int:customer_id>/contacts/", contacts.contact_list, name="contacts"),
    path("customers/<int:customer_id>/contacts/add/", contacts.add_contact, name="contact-add"),
    path("contacts/<int:contact_id>/", contacts.contact, name="contact"),
    path("contacts/<int:contact_id>/remove/", contacts.remove_contact, name="contact-remove"),
    path("contacts/<int:contact_id>/move/", contacts.move_contact, name="contact-move"),
    path("contacts/<int:contact_id>/channels/", contacts.add_channel, name="contact-channel-add"),
    path("contact-channels/<int:contact_channel_id>/", contact_channels.contact_channel, name="contact-channel"),
    path("contact-channels/<int:contact_channel_id>/send-code/", contact_channels.send_code, name="contact-code-send"),
    path("contact-channels/<int:contact_channel_id>/code/", contact_channels.check_code, name="contact-code-check"),
    path("contact-channels/<int:contact_channel_id>/hours/", contact_channels.change_hours, name="contact-hours"),
    path("contact-channels/<int:contact_channel_id>/move/", contact_channels.move_channel, name="contact-channel-move"),
    path(
        "contact-channels/<int:contact_channel_id>/remove/",
        contact_channels.remove_channel,
        name="contact-channel-remove",
    ),
    path("logbook/", logbook.logbook, name="logbook"),
    path("logbook/export/", logbook.export_logbook, name="logbook-export"),
    path("outbox/", outbox.message_list, name="outbox"),
    path("outbox/<int:message_id>/", outbox.message, name="message"),
]
