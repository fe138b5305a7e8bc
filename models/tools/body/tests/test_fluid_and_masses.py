import numpy as np
import pytest

from body import labels as l
from body.contents import hollow_organs
from body.fields import smooth_field
from body.fluid_and_masses import FIXED, ascites, hydronephrosis, mass, medulla
from body.hounsfield import textbook_brightness
from body.labels import CLASS_INDEX, class_of_label
from body.meshes import SPACING


def belly():
    """A wall of muscle around bowel and fat, a liver at the right wall, a spine and kidneys with a sinus behind."""
    labels = np.full((120, 90, 110), l.MUSCLE, np.uint8)
    labels[8:112, 30:84, 8:102] = l.BOWEL_ROOM
    labels[8:112, 8:30, 8:102] = l.INNER_FAT
    labels[66:112, 34:84, 60:102] = 47
    labels[30:60:6, 40:70:6, 20:60:6] = l.BOWEL_CONTENT
    labels[54:66, 8:26, 8:102] = 70
    places = np.indices(labels.shape)
    for x, kidney, sinus in ((24, 50, l.SINUS_LEFT), (96, 51, l.SINUS_RIGHT)):
        away = sum(((p - c) / r) ** 2 for p, c, r in zip(places, (x, 18, 40), (12, 9, 20), strict=True))
        labels[away < 1] = kidney
        labels[away < 0.15] = sinus
    return labels


def random(seed=0):
    return np.random.default_rng(seed)


def millilitres(labels, *ids):
    return np.isin(labels, ids).sum() * SPACING**3 / 1000


def test_ascites_is_in_the_peritoneum_around_liver_and_bowel_and_not_behind_it():
    for seed in range(6):
        labels = belly()
        before = millilitres(labels, 47)
        ascites(labels, random(seed))
        assert millilitres(labels, l.ASCITES) > 30
        assert 0.6 * before < millilitres(labels, 47) <= before
        for label in (50, 51, 70, l.MUSCLE):
            assert np.array_equal(labels == label, belly() == label)
        beside_kidneys = labels[8:112, 8:14, 30:50]
        assert not (beside_kidneys == l.ASCITES).any()


def test_a_mass_pushes_bowel_and_liver_aside_and_leaves_bones_and_walls_where_they_are():
    grown, moved = [], 0
    for seed in range(8):
        labels, old = belly(), belly()
        mass(labels, random(seed), radius=40)
        assert np.array_equal(np.isin(labels, FIXED), np.isin(old, FIXED))
        grown.append(millilitres(labels, l.MASS, l.CYST))
        assert millilitres(labels, 47) > 0.35 * millilitres(old, 47)
        moved += int(((labels == 47) & (old == l.BOWEL_ROOM)).sum())
    assert moved > 100
    assert max(grown) > 100
    assert min(grown) > 5


def test_a_mass_and_fluids_are_no_organ():
    table = class_of_label()
    for label in (l.ASCITES, l.MASS, l.CYST, l.PELVIS_LEFT, l.PELVIS_RIGHT):
        assert table[label] == CLASS_INDEX["other soft tissue"]
    assert table[l.MEDULLA_LEFT] == CLASS_INDEX["left kidney"]
    assert table[l.MEDULLA_RIGHT] == CLASS_INDEX["right kidney"]


def test_pyramids_are_inside_the_kidney_and_leave_a_cortex():
    labels = belly()
    medulla(labels, random())
    for kidney, pyramids in ((50, l.MEDULLA_LEFT), (51, l.MEDULLA_RIGHT)):
        whole = np.isin(labels, (kidney, pyramids))
        assert np.array_equal(whole, belly() == kidney)
        assert 0.02 < (labels == pyramids).sum() / whole.sum() < 0.8
        for axis in range(3):
            for step in (-1, 1):
                assert not np.isin(labels[np.roll(labels == pyramids, step, axis)], (l.INNER_FAT, l.MUSCLE)).any()


def test_urine_widens_the_sinus_and_a_cortex_stays():
    widened = 0
    for seed in range(6):
        labels, old = belly(), belly()
        hydronephrosis(labels, random(seed))
        for kidney, sinus, pelvis in ((50, l.SINUS_LEFT, l.PELVIS_LEFT), (51, l.SINUS_RIGHT, l.PELVIS_RIGHT)):
            if not (labels == pelvis).any():
                assert np.array_equal(labels == kidney, old == kidney)
                continue
            widened += 1
            assert not (labels == sinus).any()
            assert (labels == pelvis).sum() >= (old == sinus).sum()
            assert (labels == kidney).sum() > 0.3 * (old == kidney).sum()
    assert widened >= 4


def test_nothing_happens_where_there_is_no_belly():
    for change in (ascites, medulla, hydronephrosis, lambda labels, chance: mass(labels, chance, 30)):
        labels = np.full((20, 20, 20), l.MUSCLE, np.uint8)
        change(labels, random())
        assert (labels == l.MUSCLE).all()


def test_the_medulla_is_darker_than_the_cortex_while_the_contrast_medium_arrives():
    drawn = [textbook_brightness(random(seed)) for seed in range(300)]
    for phase, low, high in (("none", 0.6, 1.5), ("arterial", 0.2, 0.9), ("portal", 0.7, 1.1), ("late", 0.85, 1.2)):
        shares = [b.mean[l.MEDULLA_LEFT] / b.mean[50] for b in drawn if b.phase == phase and b.mean[50] > 15]
        assert min(shares) > low
        assert max(shares) < high


@pytest.fixture(scope="module")
def colons():
    """Contents of many colons."""
    import torch

    labels = torch.full((24, 20, 24), l.COLON_CONTENT, dtype=torch.uint8)
    made = []
    for seed in range(60):
        chance = random(seed)
        contents = hollow_organs(
            chance, labels, lambda mm, chance=chance: torch.from_numpy(smooth_field(chance, (24, 20, 24), mm / 4, 1)[0])
        )
        made.append(contents[l.COLON_CONTENT].numpy())
    return made


def test_some_colons_hold_fluid_and_some_stool_all_along(colons):
    fluid = [np.mean((c > -5) & (c < 40) & (np.abs(c - np.median(c[c > -900])) < 1e-3)) for c in colons]
    gas = [np.mean(c < -900) for c in colons]
    assert sum(f + g > 0.999 and f > 0.1 for f, g in zip(fluid, gas, strict=True)) >= 2
    assert sum(f < 0.001 and g < 0.5 for f, g in zip(fluid, gas, strict=True)) >= 2
