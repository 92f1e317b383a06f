"""Amazon States Language: definitions are read, checked and run, without a clock, threads or services."""
