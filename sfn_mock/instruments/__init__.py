"""What a test asks of a mock beside answers: faults, calls, guard, paging check, report."""
