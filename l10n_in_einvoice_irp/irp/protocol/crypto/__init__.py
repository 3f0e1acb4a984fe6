"""The protocol's encryption, and reading the keys that portals publish."""

from .cipher import load_auth_key, seal_ewb_credentials
from .key_files import (
    MAX_UPLOAD_BYTES,
    FaultyFile,
    FoundKey,
    KeyUpload,
    is_zip,
    read_key_files,
    read_single_key,
)

__all__ = [
    "MAX_UPLOAD_BYTES",
    "FaultyFile",
    "FoundKey",
    "KeyUpload",
    "is_zip",
    "load_auth_key",
    "read_key_files",
    "read_single_key",
    "seal_ewb_credentials",
]
