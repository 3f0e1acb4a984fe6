"""Client of India's Invoice Registration Portals (IRP), without Odoo.

Start with :class:`~.client.irp_client.IrpClient`; every failure is an
:class:`~.protocol.errors.IrpError`.

===============  ======================================================================
``reference``    published facts: codes, error codes, hosts, paths, dates, GSTINs
``document``     texts, quantities, negative lines, IRN and QR code of a document
``rules``        what the portal would refuse, found before it is asked
``protocol``     calls, transport, answers, errors, signatures; ``crypto`` beneath
``client``       the services, a method each, and the session's renewal
``operations``   from a request to a judged result, and what follows from an error
===============  ======================================================================
"""
