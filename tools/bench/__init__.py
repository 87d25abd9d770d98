"""`python3 dev.py bench`: what a sign-in and a call cost on this machine (DESIGN section 9); nothing is judged here."""
