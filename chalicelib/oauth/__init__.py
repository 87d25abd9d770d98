"""What the RFCs say about clients, authorization and tokens: no HTTP object, no template, no table."""
