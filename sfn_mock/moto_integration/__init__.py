"""Integration with moto: install, CloudFormation, EventBridge, and records that moto made."""
