"""The generator called by its flags, within the process, and what it wrote."""

from argparse import ArgumentParser

from generator.cli import add_arguments, add_definition, feed_from, run
from tests.generator.shipped import DIMENSIONS

DEFINITION = ("--definition", str(DIMENSIONS / "customer.toml"))
SMALL = (*DEFINITION, "--customers", "200")


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def quiet(_line):
    """Keeps a run's talk out of the test's."""


def parsed(*args, environ=None):
    parser = ArgumentParser()
    add_definition(parser, environ)
    add_arguments(parser, environ)
    return parser.parse_args(args)


def made(args, say=quiet):
    """Does what parsed flags ask for."""
    return run(args, feed_from(args), say)
