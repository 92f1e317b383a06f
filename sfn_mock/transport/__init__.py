"""Interception of calls: botocore's events, HTTP, asyncio clients, and the environment that clients read."""
