"""The commands, thin: they read arguments, make one call inward and print.

Django's models can be imported only once it is set up, so each command imports what it calls inside its body.
"""
