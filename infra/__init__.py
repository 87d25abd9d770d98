"""What the deployment is made of."""
