"""Signatures as differentiable functions of PyTorch's tensors.

PyTorch is imported by this module alone. The computation is that of `esig.stream2sig`, on the
processor: tensors of other devices are copied there, and the results back.

>>> import torch
>>> import esig.torch
>>> path = torch.tensor([[0.0], [1.0], [3.0]], dtype=torch.float64, requires_grad=True)
>>> esig.torch.stream2sig(path, 2)[2].backward()
>>> path.grad.tolist()
[[-3.0], [0.0], [3.0]]
"""

from __future__ import absolute_import

import torch

import esig

__all__ = ["stream2logsig", "stream2sig"]


def stream2sig(stream, depth):
    """The signature of a path, or of many, truncated at a depth, with its gradient.

    Args:
        stream: tensor of shape (..., length, width), float32 or float64, on any device.
        depth (int): the length of the longest words, at least 1.

    Returns:
        torch.Tensor: of shape (..., sigdim(width, depth)), of the type and on the device of
        `stream`. It can be differentiated once.
    """
    return _Signature.apply(stream, depth)


def stream2logsig(stream, depth):
    """The log signature of a path, or of many, truncated at a depth, with its gradient.

    Args:
        stream: tensor of shape (..., length, width), float32 or float64, on any device.
        depth (int): the degree of the longest brackets, at least 1.

    Returns:
        torch.Tensor: of shape (..., logsigdim(width, depth)), of the type and on the device of
        `stream`. It can be differentiated once.
    """
    return _LogSignature.apply(stream, depth)


def _to_array(tensor):
    return tensor.detach().cpu().numpy()


def _like(array, tensor):
    return torch.from_numpy(array).to(dtype=tensor.dtype, device=tensor.device)


class _Function(torch.autograd.Function):
    """What the two have in common."""

    @staticmethod
    def setup_context(ctx, inputs, output):
        stream, ctx.depth = inputs
        ctx.save_for_backward(stream)


class _Signature(_Function):
    """See `stream2sig`."""

    @staticmethod
    def forward(stream, depth):
        array = _to_array(stream)
        return _like(esig.stream2sig(array, depth, dtype=array.dtype), stream)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, cotangent):
        (stream,) = ctx.saved_tensors
        gradient = esig.stream2sig_vjp(_to_array(stream), ctx.depth, _to_array(cotangent))
        return _like(gradient, stream), None

    @staticmethod
    def vmap(info, in_dims, stream, depth):
        return _Signature.apply(stream.movedim(in_dims[0], 0), depth), 0


class _LogSignature(_Function):
    """See `stream2logsig`."""

    @staticmethod
    def forward(stream, depth):
        array = _to_array(stream)
        return _like(esig.stream2logsig(array, depth, dtype=array.dtype), stream)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, cotangent):
        (stream,) = ctx.saved_tensors
        gradient = esig.stream2logsig_vjp(_to_array(stream), ctx.depth, _to_array(cotangent))
        return _like(gradient, stream), None

    @staticmethod
    def vmap(info, in_dims, stream, depth):
        return _LogSignature.apply(stream.movedim(in_dims[0], 0), depth), 0
