"""The mock as a server of its own: Step Functions over HTTP, with moto's other services beside it."""
