"""Signatures as differentiable functions of JAX's arrays.

JAX is imported by this module alone. The computation is that of `esig.stream2sig`, on the
processor, by a callback: so it can be part of what is compiled, mapped and differentiated.

>>> import jax
>>> import esig.jax
>>> path = jax.numpy.array([[0.0], [1.0], [3.0]])
>>> jax.grad(lambda x: esig.jax.stream2sig(x, 2)[2])(path).tolist()
[[-3.0], [0.0], [3.0]]
"""

from __future__ import absolute_import

import functools

import jax
import numpy

import esig

__all__ = ["stream2logsig", "stream2sig"]


@functools.partial(jax.custom_vjp, nondiff_argnums=(1,))
def stream2sig(stream, depth):
    """The signature of a path, or of many, truncated at a depth, with its gradient.

    Args:
        stream: array of shape (..., length, width), float32 or float64.
        depth (int): the length of the longest words, at least 1; not traced.

    Returns:
        jax.Array: of shape (..., sigdim(width, depth)) and of the type of `stream`. It can be
        differentiated once, in reverse mode.
    """
    return _call(esig.stream2sig, esig.sigdim, stream, depth)


@functools.partial(jax.custom_vjp, nondiff_argnums=(1,))
def stream2logsig(stream, depth):
    """The log signature of a path, or of many, truncated at a depth, with its gradient.

    Args:
        stream: array of shape (..., length, width), float32 or float64.
        depth (int): the degree of the longest brackets, at least 1; not traced.

    Returns:
        jax.Array: of shape (..., logsigdim(width, depth)) and of the type of `stream`. It can be
        differentiated once, in reverse mode.
    """
    return _call(esig.stream2logsig, esig.logsigdim, stream, depth)


def _call(function, size, stream, depth):
    shape = stream.shape[:-2] + (size(stream.shape[-1], depth),)
    return jax.pure_callback(
        lambda array: function(numpy.asarray(array), depth, dtype=stream.dtype),
        jax.ShapeDtypeStruct(shape, stream.dtype),
        stream,
        vmap_method="broadcast_all",
    )


def _define_vjp(function, vjp):
    def forward(stream, depth):
        return function(stream, depth), stream

    def call_vjp(depth, stream, cotangent):
        gradient = vjp(numpy.asarray(stream), depth, numpy.asarray(cotangent))
        return gradient.astype(stream.dtype)

    def backward(depth, stream, cotangent):
        gradient = jax.pure_callback(
            functools.partial(call_vjp, depth),
            jax.ShapeDtypeStruct(stream.shape, stream.dtype),
            stream,
            cotangent,
            vmap_method="broadcast_all",
        )
        return (gradient,)

    function.defvjp(forward, backward)


_define_vjp(stream2sig, esig.stream2sig_vjp)
_define_vjp(stream2logsig, esig.stream2logsig_vjp)
