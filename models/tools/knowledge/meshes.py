"""Concepts of the FMA from `bodyparts3d.json`: names, IS-A and PART-OF relations, and the place and size of each."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

# Which concepts a network can be asked about: "anatomical entity" and the like contain nearly every surface.
MOST_SURFACES = 0.6


@dataclass
class MeshConcept:
    """name, fma  as in the FMA; no number for a concept that only the PART-OF tree names
    wholes     names of what it is part of, and of the kinds of thing that it is
    place      float64 [8] or None: `place_of`
    """

    name: str
    fma: str | None = None
    wholes: set[str] = field(default_factory=set)
    place: np.ndarray | None = None


def place_of(boxes: np.ndarray, millilitres: np.ndarray) -> np.ndarray:
    """Place and size of the union of surfaces: centre of its box (m, LPS, in the standard body: x = 0 median, soles at
    z = -0.08), natural logarithms of the box's three sides (mm) and of the volume (mL), and the share of the volume on
    the left minus that on the right.

    @param boxes        float64 [surfaces, 2, 3]: lowest and highest corner of each, mm, LPS
    @param millilitres  float64 [surfaces]
    """
    low, high = boxes[:, 0].min(0), boxes[:, 1].max(0)
    middle = boxes[:, :, 0].mean(1)
    weight = np.maximum(millilitres, 0.01)
    side = float((np.tanh(middle / 10) * weight).sum() / weight.sum())
    sizes = np.log(np.maximum(high - low, 1.0))
    return np.array([*((low + high) / 2000), *sizes, np.log(weight.sum()), side])


def mesh_concepts(file: Path) -> list[MeshConcept]:
    """Every concept of the trees. Surfaces count for their own concept and for the wholes that they are part of; a kind
    ("artery") has no place.

    @param file bodyparts3d.json
    """
    content = json.loads(file.read_text(encoding="utf-8"))
    names: dict[str, str] = content["fma_names"]
    meshes = content["meshes"]
    found = {name.lower(): MeshConcept(name.lower(), fma) for fma, name in names.items()}
    surfaces: dict[str, list[dict]] = {}
    for mesh in meshes:
        own = mesh["name"].lower()
        wholes = [name.lower() for name in mesh["part_of"] if name.lower() != own]
        kinds = [names[fma].lower() for fma in mesh["is_a"] if names[fma].lower() != own]
        for name in (own, *wholes):
            found.setdefault(name, MeshConcept(name))
            surfaces.setdefault(name, []).append(mesh)
        found[own].wholes |= {*wholes, *kinds}
    for name, own in surfaces.items():
        boxes = np.array([[mesh["low"], mesh["high"]] for mesh in own], np.float64)
        found[name].place = place_of(boxes, np.array([mesh["filled_ml"] for mesh in own], np.float64))
    most = MOST_SURFACES * len(meshes)
    common = {name for name, own in surfaces.items() if len(own) > most}
    return [concept for name, concept in found.items() if name not in common]
