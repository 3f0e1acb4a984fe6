"""The parts of a document: texts, quantities, negative lines, IRN, QR code."""
