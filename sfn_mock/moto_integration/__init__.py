"""How the mock sits in moto: install, CloudFormation, EventBridge, records that moto has made."""
