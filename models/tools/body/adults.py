"""Sizes of adult organs: generated bodies are drawn from these distributions and compared with them.

Sources:
  Molina and DiMaio, Normal Organ Weights in Men: Part II, Am J Forensic Med Pathol 2012;33:368-372 (mean, range):
  liver 1561 g, 838-2584; spleen 139, 43-344; right kidney 129, from 79; 232 men aged 18 to 35.
  Molina and DiMaio, Normal Organ Weights in Women: Part II, ibid. 2015, PMID 26108038: liver 1288 g, 775-2395;
  spleen 115, 51-275; right kidney 108, 67-261; left kidney 116, 55-274; 102 women.
  ICRP Publication 89 (2002), reference masses of man/woman: liver 1800/1400 g, spleen 150/130, both kidneys 310/275,
  pancreas 140/120, both adrenals 14/13, thyroid 20/17, heart with blood 840/620, gallbladder with bile 68/56, stomach
  with contents 400/370, uterus 80.
Grams count as millilitres. In the living, blood makes spleen, kidneys and liver larger than after death, so the medians
are above the weights. Pancreas and adrenals are weighed with fat that CT shows as fat: theirs are below.
Stomach and bladder reach their distended volumes: a stomach 1.5 L and more, a bladder in retention 1 L.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """A log-normal distribution, truncated: median, standard deviation of the logarithm, minimum and maximum, mL."""

    median: float
    deviation: float
    least: float
    greatest: float

    def draw(self, random: np.random.Generator) -> float:
        return float(np.clip(self.median * np.exp(random.normal(0, self.deviation)), self.least, self.greatest))


VOLUMES: dict[str, Spread] = {
    "liver": Spread(1550, 0.22, 850, 2700),
    "spleen": Spread(190, 0.40, 60, 600),
    "left kidney": Spread(165, 0.20, 80, 260),
    "right kidney": Spread(158, 0.20, 80, 260),
    "left adrenal": Spread(5.5, 0.25, 3, 10),
    "right adrenal": Spread(4.5, 0.25, 2.5, 9),
    "pancreas": Spread(80, 0.25, 40, 140),
    "gallbladder": Spread(28, 0.5, 8, 90),
    "stomach": Spread(380, 0.65, 70, 1800),
    "duodenum": Spread(75, 0.2, 45, 130),
    "bladder": Spread(210, 0.75, 30, 1000),
    "prostate": Spread(30, 0.35, 14, 90),
    "uterus": Spread(80, 0.4, 25, 220),
    "heart": Spread(650, 0.17, 420, 1000),
    "thyroid": Spread(17, 0.35, 7, 45),
}
