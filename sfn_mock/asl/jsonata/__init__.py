"""JSONata with the behaviour of Step Functions, on top of the package jsonata-python."""
