"""The HTTP side: command line, server, routes and scripted faults."""
