"""A company that sells, ships and keeps books with Odoo's own buttons.

``books``, ``forms``, ``setup`` and ``till`` run in the worker's process, inside Odoo;
the others in that of the tests.
"""
