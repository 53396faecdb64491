"""Figures: pages, polling, memory. Prints ratios and counts, never fails a build."""
