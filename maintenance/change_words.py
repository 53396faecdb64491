"""What a change says to a person: its effect, its calls, its course, and why something is not so."""
