"""The ways out to people: each hands one message over, or says how it failed."""
