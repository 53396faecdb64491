from django.apps import AppConfig


class WebConfig(AppConfig):
    """How pages are made: rendering, viewer's language and zone, template tags. Knows no business."""

    name = "opsportal.web"
    label = "web"
