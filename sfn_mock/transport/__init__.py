"""How calls arrive: botocore's events, HTTP, asyncio clients, the environment that clients read."""
