"""What goes over the wire: the call, its transport, and the reading of the answer."""
