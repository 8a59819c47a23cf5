# The types of the functions of PyTorch's tensors.
from typing import Any, SupportsIndex

__all__ = ["stream2logsig", "stream2sig"]

# torch.Tensor; PyTorch need not be installed where types are checked.
def stream2sig(stream: Any, depth: SupportsIndex) -> Any: ...
def stream2logsig(stream: Any, depth: SupportsIndex) -> Any: ...
