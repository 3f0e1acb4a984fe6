"""Client of India's Invoice Registration Portals (IRP), without Odoo.

Start with :class:`~.client.IrpClient`; every failure is an :class:`~.errors.IrpError`.

=================  ====================================================================
``client``         the services, a method each
``connection``     the session's renewal, one attempt, the one bounded repetition
``account``        who calls; ``exchange`` one attempt, for the log
``errors``         the tree of errors, split by what the caller can do next
``environments``   where the portals are; ``endpoints`` what they offer
``crypto``         RSA of the credentials, AES of every payload; ``keys`` loads keys
``irn``            the IRN computed locally
``signature``      the portal's signed tokens; ``verification`` judges a whole answer
``session``        token and session key; ``portaltime`` the portal's dates
``responses``      reads what came back; ``outcomes`` turns a refusal into an error
``results``        e-way bills, taxpayers, cancellations as the portal tells them
``imported``       the file of signed invoices that a portal's website hands out
``transport``      the only module that touches the network; ``redaction`` for logs
``qr``             the signed QR as PNG and SVG
``catalogue``      the portal's error codes and what to do about each
``checks``         what the portal would refuse, found before it is asked
``ewaybill``       the same for e-way bills; ``cancellation`` for cancelling either
``gstin``          form and check digit of a GSTIN; ``gstin_list`` reads lists of them
``taxpayer``       what a taxpayer's record means on a date; ``inquiry`` asks for one
=================  ====================================================================
"""
