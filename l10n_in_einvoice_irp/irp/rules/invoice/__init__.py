"""The published schema and rules of an INV-01 document."""
