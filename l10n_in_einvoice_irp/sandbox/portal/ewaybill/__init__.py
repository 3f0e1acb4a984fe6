"""The rules of the e-way bill system's own API (NIC E-way bill API v1.03)."""
