"""How calls get here: botocore's events, moto's dictionaries, what clients read from the environment; and the guard."""
