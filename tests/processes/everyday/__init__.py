"""A company that sells, ships and invoices with Odoo's own buttons.

``books``, ``forms``, ``setup`` and ``till`` run inside Odoo, in the worker's process;
the other modules run in the process of the tests.
"""
