"""How forms are drawn."""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest


class WholeText(DjangoTemplates):
    """Lets what people paste come to the server whole.

    A browser cuts at `maxlength` and says nothing; the server says at the field how long it is and how long it may be.
    """

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Draw one part of a form."""
        if widget := context.get("widget"):
            widget["attrs"].pop("maxlength", None)
        return super().render(template_name, context, request)
