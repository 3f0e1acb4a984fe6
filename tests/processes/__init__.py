"""Databases, Odoo and the portal as real processes, for tests that need real commits.

No Odoo code runs in the pytest process: there, pytest-odoo holds a registry and a
transaction in which nothing may be committed.
"""
