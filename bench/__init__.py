"""How fast Jobwire is: `python -m bench` (or `make bench`). docs/reference/benchmarks.md says what is measured."""
