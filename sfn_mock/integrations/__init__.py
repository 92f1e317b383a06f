"""Calls of Task states to AWS services: how parameters become a request, and answers and errors a Task's result.

Optimised integrations are made with version 1 of AWS's SDK for Java, and ``aws-sdk`` integrations with version 2. The
spelling of members, the form of values and the names of errors follow from that.
"""
