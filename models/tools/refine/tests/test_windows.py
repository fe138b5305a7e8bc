import numpy as np
import pytest
import torch

from refine.settings import WINDOW
from refine.windows import (
    BOX,
    CHANNELS,
    IMAGE,
    MASK,
    NEAR,
    NOT_PART,
    PART,
    Box,
    Prompt,
    Prompts,
    cut,
    first_of_window,
    near,
    paste,
    seen,
)

HALF = WINDOW // 2


def click(*point: int, part: bool = True) -> Prompt:
    return Prompt(np.array([point], float), part)


def around_prompt(image: torch.Tensor, mask: torch.Tensor, prompts: Prompts) -> torch.Tensor:
    return seen(image, mask, prompts, prompts.middle, near(image, prompts.middle))


@pytest.mark.parametrize("middle", [(50, 50, 50), (0, 0, 0), (99, 3, 60)])
def test_a_window_comes_back_to_its_place(middle):
    volume = torch.rand(100, 90, 80)
    first = first_of_window(np.array(middle))
    window = cut(volume, first)
    other = torch.zeros_like(volume)
    paste(other, first, window)
    spans = tuple(slice(max(0, m - HALF), m + HALF) for m in middle)
    assert torch.equal(other[spans], volume[spans])
    assert other.sum() == pytest.approx(float(volume[spans].sum()), rel=1e-5)


def test_what_is_outside_of_the_image_is_empty():
    x = around_prompt(torch.ones(20, 20, 20) * 40, torch.ones(20, 20, 20), Prompts((click(10, 10, 10),)))
    assert x.shape == (CHANNELS, WINDOW, WINDOW, WINDOW)
    assert x[MASK].sum() == 20**3
    assert torch.isfinite(x).all()
    assert x[:, 0].abs().sum() == 0


def test_the_image_is_shown_on_two_scales_whatever_its_unit():
    image = torch.from_numpy(np.random.default_rng(1).normal(size=(64, 64, 64)).astype(np.float32))
    prompts = Prompts((click(32, 32, 32),))
    mask = torch.zeros(64, 64, 64)
    one, other = around_prompt(image, mask, prompts), around_prompt(image * 500 - 1000, mask, prompts)
    torch.testing.assert_close(one[IMAGE], other[IMAGE], atol=1e-4, rtol=0)
    torch.testing.assert_close(one[NEAR], other[NEAR], atol=1e-4, rtol=0)
    assert one[IMAGE].mean() == pytest.approx(0.5, abs=0.05)
    assert one[NEAR].abs().max() <= 1


def test_the_newest_prompt_counts_most_and_signs_have_channels_of_their_own():
    x = around_prompt(
        torch.rand(80, 80, 80),
        torch.zeros(80, 80, 80),
        Prompts((click(30, 40, 40, part=False), click(40, 40, 40))),
    )
    assert x[PART, HALF, HALF, HALF] == 1
    assert x[NOT_PART, HALF - 10, HALF, HALF] == 0.5
    assert x[PART, HALF - 10, HALF, HALF] == 0
    assert x[PART, HALF + 4, HALF, HALF] == 0 < x[PART, HALF + 3, HALF, HALF]


def test_a_scribble_is_centred_on_its_own_line_and_thinner_than_a_click():
    line = np.array([[10, 10, n] for n in range(10, 41)], float)
    prompt = Prompt(line, True)
    assert prompt.middle.tolist() == [10, 10, 25]
    x = around_prompt(torch.rand(60, 60, 60), torch.zeros(60, 60, 60), Prompts((prompt,)))
    assert x[PART, HALF, HALF, HALF - 15 : HALF + 16].tolist() == [1] * 31
    assert x[PART, HALF + 2, HALF, HALF] == 0


def test_a_box_fills_its_rectangle_on_one_slice():
    box = Box(np.array([20, 20, 30]), np.array([39, 29, 30]))
    x = around_prompt(torch.rand(60, 60, 60), torch.zeros(60, 60, 60), Prompts((), box))
    assert x[BOX].sum() == 20 * 10
    assert x[BOX, HALF, HALF, HALF] == 1


def test_no_prompt_is_no_window():
    with pytest.raises(ValueError, match="no prompt"):
        _ = Prompts().middle
