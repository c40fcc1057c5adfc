"""``python -m infra``: what the CLI of CDK runs."""

import sys

from infra.app import main

sys.exit(main())
