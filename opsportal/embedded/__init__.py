"""PostgreSQL and Valkey from Python wheels: real servers for one machine that has none, for the demo and the tests."""
