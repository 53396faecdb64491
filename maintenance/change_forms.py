"""Forms about changes."""
