# Verbs of the house. Everything runs through uv, which brings the tools the first time.

# Plan one region three ways, publish the best plan and serve it
demo *OPTIONS:
    uv run creneau demo {{OPTIONS}}

# Run the tests that this machine can run
test *OPTIONS:
    uv run pytest {{OPTIONS}}

# Check the style and the arrows between the folders
lint:
    uv run ruff check
    uv run ruff format --check
    uv run lint-imports

# Check the types
types:
    uv run mypy

# Put the code into its format
fmt:
    uv run ruff format
    uv run ruff check --fix

# Pin the newest versions that the ranges allow
pin:
    uv run --no-project .ci/pin.py

# Freeze the figures of the plans anew, after a change that is meant to change them
baselines:
    uv run python -m tests.integration.frozen

# Measure planning, peers in the same run
bench *OPTIONS:
    uv run creneau bench plan {{OPTIONS}}

# Do what CI does
ci:
    bash .ci/run
