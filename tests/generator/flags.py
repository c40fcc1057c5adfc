"""The generator called by its flags, within the process, and what it wrote."""

from argparse import ArgumentParser

from generator.cli import add_arguments

SMALL = ("--customers", "200")


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def quiet(_line):
    """Keeps a run's talk out of the test's."""


def parsed(*args, environ=None):
    parser = ArgumentParser()
    add_arguments(parser, environ)
    return parser.parse_args(args)
