"""The version of esig, in the one place where it is written."""

__version__ = "1.2.0.dev0"
