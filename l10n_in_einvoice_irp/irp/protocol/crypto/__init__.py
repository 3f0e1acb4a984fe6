"""The protocol's encryption, and the keys in the shapes in which portals issue them."""

from .cipher import load_auth_key, seal_credentials, seal_ewb_credentials

__all__ = ["load_auth_key", "seal_credentials", "seal_ewb_credentials"]
