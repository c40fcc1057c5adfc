"""``python -m generator``: the entry point, and the only place that reads the environment."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence

from generator.cli import add_arguments, add_definition, feed_from, run
from generator.errors import GeneratorError


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Runs the command line; returns its exit code: 0 done, 1 failed, 2 wrong usage."""
    parser = ArgumentParser(
        prog="generator",
        description="Writes CSV files of changes, the same ones whenever definition and settings are the same.",
        epilog="Every flag can also be given as an environment variable: --delete-rate as GENERATOR_DELETE_RATE.",
    )
    try:
        add_definition(parser, environ)
        add_arguments(parser, environ)
        args = parser.parse_args(argv)
        run(args, feed_from(args))
    except GeneratorError as error:
        print(f"generator: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("generator: interrupted; the file that was being written was not kept", file=sys.stderr)
        return GeneratorError.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
