"""Serves a witness to the tests: each line of standard input names a step and its argument, each line of standard output
is what came of it."""

import json
import sys


def serve(steps, run=lambda outcome: outcome, told=lambda error: {}):
    """Runs the functions `steps` by their names. `run` waits for what one gives, where it is a coroutine; `told` adds
    to what an error is told with."""
    named = {step.__name__: step for step in steps}
    for line in sys.stdin:
        order = json.loads(line)
        try:
            outcome = {"value": run(named[order["step"]](order.get("argument")))}
        except Exception as error:  # told to whoever asked
            outcome = {"error": {"name": type(error).__name__, "message": str(error), **told(error)}}
        print(json.dumps(outcome), flush=True)
