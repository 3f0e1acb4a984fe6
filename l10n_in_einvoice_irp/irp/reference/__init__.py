"""Published facts: code lists, error codes, hosts, paths, dates; all of it is data."""
