"""Draws a path of the plane, its chord and the area between them."""

import matplotlib.pyplot as plt
import numpy as np

PATH = np.array([[0.0, 0.0], [0.5, 1.5], [1.5, 2.0], [2.5, 1.75], [3.0, 1.0]])

figure, axes = plt.subplots(figsize=(6.5, 3.8))
axes.fill(*PATH.T, color="C0", alpha=0.25, label="between path and chord: the Lévy area")
axes.plot(*PATH.T, "o-", color="C0", label="the path")
axes.plot(*PATH[[0, -1]].T, "--", color="C3", label="its chord: the increments (3, 1)")
axes.annotate("", PATH[1:3].mean(axis=0), PATH[1], arrowprops={"arrowstyle": "-|>", "color": "C0"})
axes.set(xlabel="$x^1$", ylabel="$x^2$", aspect="equal", ylim=(-0.1, 2.2))
axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1), fontsize=9)
plt.show()
