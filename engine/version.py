"""The version of the project, recorded in every certificate."""

VERSION = "0.2.0"
