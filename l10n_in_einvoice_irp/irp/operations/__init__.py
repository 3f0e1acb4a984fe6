"""From a request to a judged result: registering, e-way bills, GSTIN look-ups."""
