"""What is asked of the world and what it answers: the only modules that open a socket or a foreign file."""
