"""The errors, ARNs, names, constraints and page tokens that AWS defines. Nothing here has state."""
