"""The e-way bill system's own API, against samples of its public pages."""
