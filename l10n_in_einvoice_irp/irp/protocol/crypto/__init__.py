"""The protocol's encryption, and reading the keys that portals publish."""

from .cipher import load_auth_key, seal_ewb_credentials

__all__ = ["load_auth_key", "seal_ewb_credentials"]
