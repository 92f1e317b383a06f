"""What exists, and when: machines, versions, aliases, map runs, executions and their time lines."""
