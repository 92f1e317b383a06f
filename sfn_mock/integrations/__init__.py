"""Call AWS services for Task states: build requests, and turn answers and errors into task results.

Most optimised integrations use version 1 of the AWS SDK for Java, `aws-sdk` integrations use version 2. The SDK
determines the spelling of members, the form of values and the names of errors.
"""
