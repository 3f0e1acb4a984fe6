"""The portal's services, a method each, with the session's renewal."""
