"""A MedImageParse3D (BiomedParse v2) of the published size with random weights, for gpu.mjs:

python biomedparse_package.py FOLDER

Only the vocabulary of its text encoder is smaller. The masks mean nothing: time and memory depend on the sizes.
"""

import dataclasses
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models" / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models" / "tools" / "converters" / "tests"))

import tiny_biomedparse_3d
from converters.biomedparse_3d_network import Sizes

if __name__ == "__main__":
    tiny_biomedparse_3d.SIZES = dataclasses.replace(Sizes(), vocabulary=tiny_biomedparse_3d.SIZES.vocabulary)
    tiny_biomedparse_3d.make(Path(sys.argv[1]))
