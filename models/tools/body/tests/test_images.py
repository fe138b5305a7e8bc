import numpy as np
import pytest
import torch

from body.hounsfield import draw_brightness, textbook_brightness
from body.images import ImageGenerator, read_bodies, write_body
from body.labels import CLASS_COUNT, CLASS_INDEX, IGNORE


@pytest.fixture(scope="module")
def generator(small_body):
    return ImageGenerator([small_body], (32, 24, 24), 4.0)


def test_the_same_seed_gives_the_same_image(generator):
    one, again, other = generator.draw((1, 2)), generator.draw((1, 2)), generator.draw((1, 3))
    assert torch.equal(one.image, again.image)
    assert torch.equal(one.classes, again.classes)
    assert not torch.equal(one.image, other.image)


def test_classes_are_those_of_the_labels_and_ignored_outside_the_field_of_view(generator):
    seen = set()
    for seed in range(30):
        example = generator.draw((2, seed))
        seen |= set(example.classes.unique().tolist())
        hidden = example.classes == IGNORE
        assert (example.image[hidden] == -1024).all()
        assert (example.classes[(example.labels == 47) & ~hidden] == CLASS_INDEX["liver"]).all()
    assert {0, IGNORE, CLASS_INDEX["liver"], CLASS_INDEX["fat"]} <= seen
    assert max(seen - {IGNORE}) <= CLASS_COUNT


def test_tissues_have_their_hounsfield_units(generator):
    for seed in range(20):
        example = generator.draw((3, seed))
        visible = example.classes != IGNORE
        fat = example.image[(example.labels == 2) & visible]
        liver = example.image[(example.labels == 47) & visible]
        if len(fat) < 500 or len(liver) < 500:
            continue
        assert -140 < fat.median() < -40
        assert -60 < liver.median() < 180


def test_the_phase_of_contrast_decides_vessels_and_organs_together():
    drawn = [textbook_brightness(np.random.default_rng(seed)) for seed in range(300)]
    by_phase = {phase: [b.mean for b in drawn if b.phase == phase] for phase in ("none", "arterial", "portal", "late")}
    assert min(len(means) for means in by_phase.values()) > 20
    aorta, cava, portal, kidney = 35, 39, 40, 50
    assert all(abs(mean[aorta] - mean[cava]) < 40 for mean in by_phase["none"])
    assert all(mean[aorta] > mean[cava] for mean in by_phase["arterial"])
    assert np.mean([mean[portal] for mean in by_phase["portal"]]) > np.mean([m[portal] for m in by_phase["arterial"]])
    assert max(mean[kidney] for mean in by_phase["none"]) < min(mean[kidney] for mean in by_phase["portal"])


def test_bodies_come_back_from_their_files(small_body, tmp_path):
    for number in (1, 0):
        write_body(small_body, tmp_path / f"body-{number:04d}.npy")
    (tmp_path / "body-0002.tmp.npy").write_bytes(b"cut off")
    read = read_bodies(tmp_path)
    assert len(read) == 2
    assert np.array_equal(read[0].labels, small_body.labels)
    assert np.array_equal(read[0].origin, small_body.origin)
    first, second = (ImageGenerator(bodies, (16, 16, 16), 4.0).draw((1,)) for bodies in ([small_body], read[:1]))
    assert torch.equal(first.image, second.image)


def test_some_images_are_unlike_the_textbook_but_not_their_bones_and_vessels():
    pairs = [
        (draw_brightness(np.random.default_rng(seed)).mean, textbook_brightness(np.random.default_rng(seed)).mean)
        for seed in range(300)
    ]
    liver, aorta, first_bone = 47, 35, 60
    changed = [abs(drawn[liver] - textbook[liver]) > 1e-3 for drawn, textbook in pairs]
    assert 0.3 < np.mean(changed) < 0.5
    for drawn, textbook in pairs:
        assert drawn[aorta] == textbook[aorta]
        assert (drawn[first_bone:100] == textbook[first_bone:100]).all()
