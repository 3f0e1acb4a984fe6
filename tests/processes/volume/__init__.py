"""A database with very many registrations, and what the screens and actions do in it.

`bin/bench volume` fills a million, a test in `tests/integration` as many as show
whether PostgreSQL uses its indexes.
"""
