"""Draws the table of speeds that is in README."""

from pathlib import Path

import matplotlib.pyplot as plt

# Sphinx runs it in its own folder.
README = Path("../../README.md")
table = README.read_text(encoding="utf-8").split("<!-- speed", 1)[1].split("<!-- /speed")[0]
rows = [
    [cell.strip().strip("*") for cell in line.strip("|").split("|")]
    for line in table.splitlines()
    if line.startswith("|") and "--:" not in line
]
tasks = rows[0][1:]
fastest = [float(cell) for cell in rows[1][1:]]

figure, axes = plt.subplots(figsize=(7.5, 3.8), layout="constrained")
for row, (name, *cells) in enumerate(rows[2:]):
    ratios = [
        float("nan") if cell == "failed" else float(cell) / own
        for cell, own in zip(cells, fastest, strict=True)
    ]
    axes.semilogy(ratios, "osD^v<>"[row % 7], label=name.replace("*", "").replace("`", ""))
axes.axhline(1, color="0.5", label="esig")
axes.set_xticks(range(len(tasks)), [task.replace(", ", ",\n") for task in tasks], fontsize=8)
axes.set_ylabel("times as long as esig")
axes.grid(axis="y", alpha=0.3)
figure.legend(fontsize=8, loc="outside upper center", ncols=3)
plt.show()
