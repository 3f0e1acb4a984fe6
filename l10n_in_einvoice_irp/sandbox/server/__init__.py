"""The HTTP side: command line, server, routes, faults on demand."""
