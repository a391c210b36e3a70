"""What every error of `companies` is. Free of models, so that anybody may import it before Django is set up."""


class PeopleError(Exception):
    """Something about people or memberships cannot be done; the message is for a person to read."""
