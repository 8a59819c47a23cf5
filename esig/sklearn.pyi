# The types of the transformer for scikit-learn, whose own classes have none.
from collections.abc import Sequence
from typing import Any, Literal, SupportsIndex

import numpy
import numpy.typing
from sklearn.base import (  # type: ignore[import-untyped, import-not-found, unused-ignore]
    BaseEstimator,
    TransformerMixin,
)
from typing_extensions import Self

__all__ = ["SignatureTransformer"]

class SignatureTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc, unused-ignore]
    width_: int
    n_windows_: int
    n_features_in_: int
    def __init__(
        self,
        depth: int = 3,
        log: bool = False,
        augmentations: Sequence[Literal["time", "basepoint", "lead_lag", "invisibility_reset"]] = (
            "time",
        ),
        window: Literal["global", "sliding", "expanding", "dyadic"] = "global",
        window_length: int | None = None,
        window_step: int | None = None,
        window_depth: int = 2,
        scaling: Literal["pre", "post"] | None = None,
        n_jobs: SupportsIndex | None = None,
    ) -> None: ...
    def fit(self, X: Any, y: Any = None) -> Self: ...  # noqa: N803
    def transform(self, X: Any) -> numpy.typing.NDArray[numpy.float64]: ...  # noqa: N803
    def get_feature_names_out(
        self, input_features: Any = None
    ) -> numpy.typing.NDArray[numpy.object_]: ...
