"""Writes the arrays of train/brain_t1_eval as raw numbers, first axis fastest, axes to the right, front and top:
SCAN.npz OUT."""

import json
import sys
from pathlib import Path

import numpy as np


def main(scan: str, out: str) -> None:
    arrays = np.load(scan)
    for name, kind in (("vol", "<f4"), ("seg", "<i2")):
        # The file's axes run to the left, downwards, to the front.
        turned = arrays[name][::-1, ::-1].transpose(0, 2, 1).astype(kind)
        (Path(out) / name).write_bytes(turned.tobytes(order="F"))
    print(json.dumps(turned.shape))


main(*sys.argv[1:])
