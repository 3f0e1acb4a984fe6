"""The services of the portal, one function per route."""
