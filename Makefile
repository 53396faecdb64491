# Each goal sets up .venv first; nothing is installed outside this checkout, but for what `make test` needs of a browser.
PYTHON := .venv/bin/python

.PHONY: help demo test bench lint
help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo:  ## start everything on this machine and print the address (PORT=8000, RESET=1 starts afresh)
	@scripts/bootstrap
	@exec $(PYTHON) -m opsportal.demo

test:  ## every test, browser included, with its own PostgreSQL and Valkey (ARGS="-k words" for some)
	@scripts/bootstrap
	@scripts/install-browser
	@exec $(PYTHON) -m pytest -n auto --dist loadfile $(ARGS)

bench:  ## the figures the portal promises
	@scripts/bootstrap
	@exec $(PYTHON) -m opsportal.bench

lint:  ## ruff (rules and format) and djade (templates)
	@scripts/bootstrap
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@git ls-files -z 'templates/*.html' | xargs -0 .venv/bin/djade --check
