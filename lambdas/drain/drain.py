"""No task runs in a cluster any more: ECS refuses to delete one that has a task (ClusterContainsTasksException)."""

from typing import Any

from lambdas.migrate.waiting import Waiting

# Looks in a row that find nothing. A firing of the schedule may still be on its way when the schedule is gone.
QUIET = 3
# DescribeTasks takes so many.
_AT_ONCE = 100


def drain(ecs: Any, cluster: str, waiting: Waiting) -> list[str]:
    """Stop the tasks of the cluster, `ecs` being boto3's client; returns the ARNs of those that still run at the end.

    A task that is told to stop may still finish the file that it writes. Errors of boto3 pass through.
    """
    quiet = 0
    alive: list[str] = []
    for _ in waiting.tries():
        for task in _listed(ecs, cluster, "RUNNING"):
            ecs.stop_task(cluster=cluster, task=task, reason="CustomerTrack: the stack is being deleted")
        alive = _alive(ecs, cluster)
        quiet = 0 if alive else quiet + 1
        if quiet == QUIET:
            break
    return alive


def _alive(ecs: Any, cluster: str) -> list[str]:
    """Those told to stop among them: until it has stopped, a task holds the cluster and its network interface."""
    told = _listed(ecs, cluster, "RUNNING") + _listed(ecs, cluster, "STOPPED")
    parts = [told[begin : begin + _AT_ONCE] for begin in range(0, len(told), _AT_ONCE)]
    described = [task for part in parts for task in ecs.describe_tasks(cluster=cluster, tasks=part)["tasks"]]
    return [task["taskArn"] for task in described if task["lastStatus"] != "STOPPED"]


def _listed(ecs: Any, cluster: str, desired: str) -> list[str]:
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, desiredStatus=desired)
    return [arn for page in pages for arn in page["taskArns"]]
