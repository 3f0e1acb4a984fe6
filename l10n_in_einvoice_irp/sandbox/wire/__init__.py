"""The wire format: envelope, encryption, signatures, errors, dates, settings."""
