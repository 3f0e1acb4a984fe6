"""The SQLite store and its records."""
