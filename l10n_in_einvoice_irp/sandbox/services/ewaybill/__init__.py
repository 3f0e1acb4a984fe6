"""The actions and queries of the e-way bill system's own API (NIC v1.03)."""
