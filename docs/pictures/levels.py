"""Draws how the terms of a signature shrink from level to level."""

import math

import matplotlib.pyplot as plt
import numpy as np

import esig

DEPTH, WIDTH, LENGTH = 8, 3, 5.0

steps = np.random.default_rng(0).normal(size=(200, 49, WIDTH))
steps *= LENGTH / np.linalg.norm(steps, axis=2).sum(axis=1)[:, None, None]
signatures = np.abs(esig.stream2sig(steps.cumsum(axis=1), DEPTH))
ends = np.cumsum([WIDTH**k for k in range(DEPTH + 1)])
levels = range(1, DEPTH + 1)
largest = np.array([signatures[:, ends[k - 1] : ends[k]].max(axis=1) for k in levels])

figure, axes = plt.subplots(figsize=(6, 3.4))
axes.semilogy(levels, [LENGTH**k / math.factorial(k) for k in levels], "--", color="C3")
axes.semilogy(levels, np.median(largest, axis=1), "o-", color="C0")
axes.fill_between(levels, largest.min(axis=1), largest.max(axis=1), color="C0", alpha=0.25)
axes.legend(["the bound $L^k/k!$", "median", "all paths"])
axes.set(xlabel="level $k$", ylabel="largest term")
plt.show()
