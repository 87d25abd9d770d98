"""What Gatepost remembers: one file per record, and the only room that knows DynamoDB and Secrets Manager.

`reading.read` gets every row a request needs in one round trip; the record files offer named transitions, each a
condition and a change; `writing` applies one of them, or several together.
"""
