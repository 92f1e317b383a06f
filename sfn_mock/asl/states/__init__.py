"""The states of Amazon States Language, one module for each type: generators that yield what they wait for."""
