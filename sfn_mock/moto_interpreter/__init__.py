"""moto's interpreter, which runs definitions with execute=True and single states with TestState."""
