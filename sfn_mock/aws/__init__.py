"""What AWS defines: errors, ARNs, names, constraints, page tokens. Nothing here has state."""
