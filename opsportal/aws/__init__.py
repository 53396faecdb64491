"""The gateway: the portal's only way to AWS. Knows no model; answers in frozen dataclasses."""
