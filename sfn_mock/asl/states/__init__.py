"""The state types of Amazon States Language, a module for each: generators that yield what they wait for."""
