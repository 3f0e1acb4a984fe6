"""The services of the portal, one function for each route."""
