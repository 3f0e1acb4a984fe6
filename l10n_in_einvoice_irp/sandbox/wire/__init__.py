"""What goes over the wire: envelope, encryption, signatures, errors, dates."""
