"""The token with which the metrics are read: a secret of the database, not of a user.

It is 256 random bits, shown once. What is stored is its SHA-256, which suffices for a
secret that nobody can guess; a password would need a slow hash.
"""

import hashlib
import secrets

PARAMETER = "l10n_in_einvoice_irp.metrics_token_sha256"


def is_set(env):
    """Return whether there is a token, so that the metrics can be read."""
    return bool(_stored(env))


def generate(env):
    """Return a new token; the one before is no longer valid."""
    token = secrets.token_urlsafe(32)
    env["ir.config_parameter"].sudo().set_param(PARAMETER, _digest(token))
    return token


def revoke(env):
    """Make the token invalid: nobody can read the metrics."""
    env["ir.config_parameter"].sudo().set_param(PARAMETER, False)


def is_valid(env, token):
    """Return whether this is the token, in a time that says nothing about it."""
    return secrets.compare_digest(_digest(token), _stored(env))


def _stored(env):
    return env["ir.config_parameter"].sudo().get_param(PARAMETER) or ""


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
