"""Runs scripts of this folder one after the other in one process: to import highdicom takes 1.7 s of processor time.

Reads lines of JSON, {"script": "read_with_highdicom.py", "arguments": [...]}, and writes for each a line of JSON,
{"output": "..."} with what the script printed, or {"error": "..."} with its traceback.
"""

import contextlib
import io
import json
import os
import runpy
import sys
import traceback
from pathlib import Path


def main() -> None:
    responses = os.fdopen(os.dup(1), "w")
    # What a library of C or a program prints must not come between the lines.
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(run(request["script"], request["arguments"])), file=responses, flush=True)


def run(script: str, arguments: list[str]) -> dict:
    path = str(Path(__file__).with_name(script))
    sys.argv = [path, *arguments]
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            runpy.run_path(path, run_name="__main__")
    except BaseException:
        return {"error": traceback.format_exc()}
    return {"output": output.getvalue()}


main()
