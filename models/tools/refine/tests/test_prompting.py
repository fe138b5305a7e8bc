import numpy as np

from refine.prompting import box_on_slice, deepest_error, random_prompt


def cube(low, high, size=40):
    mask = np.zeros((size,) * 3, bool)
    mask[low:high, low:high, low:high] = True
    return mask


def test_a_click_is_in_the_middle_of_the_largest_error():
    truth = cube(10, 25)
    mask = truth.copy()
    mask[12:15, 12:15, 12:15] = False
    mask[28:39, 28:39, 28:39] = True
    prompt = deepest_error(mask, truth)
    assert prompt is not None
    assert not prompt.part
    assert prompt.points.tolist() == [[33, 33, 33]]


def test_missing_parts_are_clicked_as_part():
    prompt = deepest_error(cube(0, 0), cube(10, 21))
    assert prompt is not None
    assert prompt.part
    assert prompt.points.tolist() == [[15, 15, 15]]


def test_nothing_is_clicked_where_masks_agree():
    assert deepest_error(cube(3, 9), cube(3, 9)) is None
    assert random_prompt(np.random.default_rng(0), cube(3, 9), cube(3, 9)) is None


def test_every_random_prompt_is_on_an_error_of_its_sign():
    random = np.random.default_rng(0)
    truth, mask = cube(8, 20), cube(12, 30)
    lines = 0
    for _ in range(200):
        prompt = random_prompt(random, mask, truth)
        places = tuple(prompt.points.astype(int).T)
        assert (truth[places] == prompt.part).all()
        assert (mask[places] != prompt.part).all()
        lines += len(prompt.points) > 1
    assert 10 < lines < 100


def test_a_box_is_on_the_slice_that_shows_most():
    truth = cube(10, 20)
    truth[12:30, 12:20, 14] = True
    box = box_on_slice(truth, 2, 1)
    assert box.first.tolist() == [9, 9, 14]
    assert box.last.tolist() == [30, 20, 14]


def test_a_box_stays_in_the_image():
    box = box_on_slice(np.ones((5, 6, 7), bool), 0, 3)
    assert (box.first >= 0).all()
    assert (box.last < (5, 6, 7)).all()
