"""The version of the project, recorded in every certificate."""

VERSION = "0.3.0.dev0"
