"""Every status label on a screen stands in the glossary, word for word, in Japanese."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.utils.translation import override

GLOSSARY = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
OURS = ("customers", "maintenance", "incidents")


def _labels() -> list[tuple[str, str]]:
    """Each choice of each model of ours, with its label in Japanese."""
    found = set()
    with override("ja"):
        for app in OURS:
            for model in apps.get_app_config(app).get_models():
                for field in model._meta.fields:
                    if isinstance(field, models.Field) and field.choices and not field.is_relation:
                        found |= {(f"{model.__name__}.{field.name}", str(label)) for _, label in field.choices}
    return sorted(found)


@pytest.mark.parametrize(("field", "label"), _labels())
def test_the_label_stands_in_the_glossary(field, label):
    assert label in GLOSSARY
