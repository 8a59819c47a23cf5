"""What a path can be given before its signature is taken, and the windows that it is cut into."""

import numpy


def add_time(path):
    """A first channel that runs from 0 to 1."""
    time = numpy.linspace(0.0, 1.0, len(path))
    return numpy.concatenate([time[:, None], path], axis=1)


def add_basepoint(path):
    """A first point 0, so that the signature sees where the path begins."""
    return numpy.concatenate([numpy.zeros((1, path.shape[1])), path])


def lead_and_lag(path):
    """Each point twice, as its own and as the one before: the areas are quadratic variations."""
    doubled = path.repeat(2, axis=0)
    return numpy.concatenate([doubled[1:], doubled[:-1]], axis=1)


def reset_visibility(path):
    """A last channel that goes from 1 to 0, after which the others do; two points more."""
    visible = numpy.concatenate([path, path[-1:], numpy.zeros((1, path.shape[1]))])
    channel = numpy.ones((len(visible), 1))
    channel[-2:] = 0.0
    return numpy.concatenate([visible, channel], axis=1)


AUGMENTATIONS = {
    "time": add_time,
    "basepoint": add_basepoint,
    "lead_lag": lead_and_lag,
    "invisibility_reset": reset_visibility,
}


def augment(path, names):
    """The path after these augmentations, one after the other."""
    for name in names:
        path = AUGMENTATIONS[name](path)
    return path


def cut(path, kind, length=None, step=None, depth=0):
    """The windows of a path: "global", "sliding", "expanding" or "dyadic" ones."""
    if kind == "sliding":
        begins = range(0, len(path) - length + 1, step)
        return [path[begin : begin + length] for begin in begins]
    if kind == "expanding":
        return [path[:end] for end in range(length, len(path) + 1, step)]
    if kind == "dyadic":
        last = len(path) - 1
        return [
            path[last * i // 2**level : last * (i + 1) // 2**level + 1]
            for level in range(depth + 1)
            for i in range(2**level)
        ]
    return [path]
