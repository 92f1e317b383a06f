"""JSONata as Step Functions evaluates it, on top of the package jsonata-python."""
