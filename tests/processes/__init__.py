"""Real processes for the tests that need real commits: databases, Odoo, the portal.

The pytest process itself runs no Odoo code: pytest-odoo holds a registry and a
transaction of its own there, in which nothing may be committed.
"""
