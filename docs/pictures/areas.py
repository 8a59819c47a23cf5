"""Draws the terms of level 2 of a path as areas."""

import matplotlib.pyplot as plt
import numpy as np

import esig

PATH = np.array([[0.0, 0.0], [0.5, 1.5], [1.5, 2.0], [2.5, 1.75], [3.0, 1.0]])
TERMS = dict(zip(esig.sigkeys(2, 2).split(), esig.stream2sig(PATH, 2), strict=True))

figure, both = plt.subplots(1, 2, figsize=(7.5, 3.2), sharey=True)
corners = {"(1,2)": [0.0, 1.0], "(2,1)": [3.0, 0.0]}
for axes, (word, corner) in zip(both, corners.items(), strict=True):
    axes.fill(*np.vstack([PATH, corner]).T, color="C0", alpha=0.25)
    axes.plot([0, 3, 3, 0, 0], [0, 0, 1, 1, 0], ":", color="0.5")
    axes.plot(*PATH.T, "o-", color="C0", markersize=4)
    name = "$S^{" + word + "}$"
    axes.set(title=f"{name} = {TERMS[word]:g}", xlabel="$x^1$", aspect="equal")
both[0].set_ylabel("$x^2$")
both[0].annotate("$-$", (1.5, 1.4), fontsize=20, ha="center")
both[0].annotate("$+$", (0.12, 0.6), fontsize=14, ha="center")
both[1].annotate("$+$", (1.7, 0.8), fontsize=20, ha="center")
plt.show()
