"""PURE: where orders come from, one folder each; behind this package nobody learns whose order it was."""
