"""AWS's words: errors, ARNs, names, constraints, page tokens. No state lives here."""
