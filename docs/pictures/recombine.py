"""Draws a measure before and after recombination, with its mean and covariance."""

import matplotlib.pyplot as plt
import numpy as np

import esig


def draw(axes: plt.Axes, points: np.ndarray, weights: np.ndarray, size: float) -> None:
    """Draws a measure, its mean, and the ellipse of two standard deviations."""
    mean = weights @ points / weights.sum()
    spread = np.cov(points.T, aweights=weights, ddof=0)
    turn = np.linspace(0, 2 * np.pi, 100)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    ellipse = mean + 2 * circle @ np.linalg.cholesky(spread).T
    axes.scatter(*points.T, s=size * weights, color="C0", alpha=0.6)
    axes.plot(*ellipse.T, color="C3")
    axes.plot(*mean, "+", color="C3", markersize=12)
    axes.set(aspect="equal")


POINTS = np.random.default_rng(0).normal(size=(300, 2)) @ [[1.2, 0.5], [0.0, 0.7]]

figure, (before, after) = plt.subplots(1, 2, figsize=(7.5, 3.6), sharex=True, sharey=True)
draw(before, POINTS, np.ones(300), 8.0)
positions, weights = esig.recombine(POINTS, degree=2)
draw(after, POINTS[positions], weights, 4.0)
before.set_title("300 points")
after.set_title(f"{len(positions)} points")
plt.show()
