"""The mock over HTTP: AWS's calls, the control routes, the page, the command."""
