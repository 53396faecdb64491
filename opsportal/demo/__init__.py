"""The whole portal on one machine by one command, with a simulated AWS: what `make demo` starts."""
