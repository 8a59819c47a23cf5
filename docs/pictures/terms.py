"""Draws the terms of a signature and of its log signature as bars."""

import matplotlib.pyplot as plt
import numpy as np

import esig

PATH = np.array([[0.0, 0.0], [0.5, 1.5], [1.5, 2.0], [2.5, 1.75], [3.0, 1.0]])

parts = [
    ("signature", esig.sigkeys(2, 3).split()[1:], esig.stream2sig(PATH, 3)[1:]),
    ("log signature", esig.logsigkeys(2, 3).split(), esig.stream2logsig(PATH, 3)),
]
figure, both = plt.subplots(1, 2, figsize=(7.5, 3), width_ratios=[14, 6], layout="constrained")
for axes, (title, keys, values) in zip(both, parts, strict=True):
    levels = [sum(letter.isdigit() for letter in key) for key in keys]
    axes.bar(keys, values, color=[f"C{level - 1}" for level in levels])
    axes.axhline(0, color="0.5", linewidth=0.8)
    axes.tick_params(axis="x", rotation=90, labelsize=9)
    axes.set_title(title)
plt.show()
