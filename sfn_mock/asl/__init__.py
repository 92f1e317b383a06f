"""Amazon States Language: read, checked and run without a clock, a thread or a service of its own."""
