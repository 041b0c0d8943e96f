"""The version of the project, recorded in every certificate."""

VERSION = "0.1.0"
