"""The SQLite store, and the records in it."""
