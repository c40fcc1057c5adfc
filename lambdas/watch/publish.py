"""Metrics as lines of the log that CloudWatch makes metrics of (EMF): no call, no permission."""

from collections.abc import Sequence
from itertools import groupby

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from lambdas.watch.metric import Metric


class Publisher:
    """Prints metrics of a namespace with the dimension `stage`, as CloudWatch calls it, and with `dimension` and
    `invariant` for those that are about one.
    """

    def __init__(self, stage: str, namespace: str) -> None:
        self._stage = stage
        # No service: it would be one more dimension, and an alarm has to name them all.
        self._emf = Metrics(namespace=namespace, service="")

    def __call__(self, metrics: Sequence[Metric]) -> None:
        """Print them, a line for all that have the same dimensions."""
        for (dimension, invariant), group in groupby(metrics, key=lambda metric: (metric.dimension, metric.invariant)):
            self._emf.add_dimension("stage", self._stage)
            if dimension is not None:
                self._emf.add_dimension("dimension", dimension)
            if invariant is not None:
                self._emf.add_dimension("invariant", invariant)
            for metric in group:
                self._emf.add_metric(metric.name, MetricUnit(metric.unit.value), metric.value)
                if metric.note:
                    self._emf.add_metadata(f"{metric.name}Note", metric.note)
            self._emf.flush_metrics()
