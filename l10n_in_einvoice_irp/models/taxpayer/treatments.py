"""Groups of the GST treatments of `l10n_in`."""

UNREGISTERED = ("consumer", "unregistered")
"""Parties without a GSTIN, in India."""
