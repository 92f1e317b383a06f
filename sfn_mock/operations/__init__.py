"""AWS's answers: `pipeline` handles every call, and each subject has a module."""
