// esig/ext/logarithms.h: the last step to a log signature, in memory that is allocated once.
#pragma once

#include "errors.h"

#include <libalgebra/buffer.h>
#include <libalgebra/hall_basis_cache.h>
#include <libalgebra/log_signature.h>
#include <libalgebra/shape.h>
#include <libalgebra/status.h>

#include <cstddef>

namespace esig {

/// Signatures that are found first, and the rows of their logarithms. Computed in float64 whatever
/// the type of the rows: cancellation would leave few digits of float32.
template <typename Real>
class logarithm_writer {
public:
    /// Makes room for some signatures.
    [[nodiscard]] libalgebra::status
    prepare(const libalgebra::shape& s, libalgebra::hall_basis_cache& bases, std::size_t tensors) {
        shape_ = s;
        bases_ = &bases;
        ESIG_TRY(libalgebra::tensor_size(s, tensor_size_));
        ESIG_TRY(libalgebra::lie_size(s, size_));
        ESIG_TRY(tensors_.resize(tensors * tensor_size_));
        return wide_.resize(is_wide ? 0 : size_);
    }

    double* tensor() { return tensors_.data(); }
    std::size_t tensor_size() const { return tensor_size_; }

    [[nodiscard]] libalgebra::status write(const double* tensor, Real* row,
                                           const libalgebra::interruption& hook) {
        if constexpr (is_wide) {
            return libalgebra::signature_to_log_signature(tensor, shape_, *bases_, row, hook);
        } else {
            ESIG_TRY(libalgebra::signature_to_log_signature(tensor, shape_, *bases_, wide_.data(),
                                                            hook));
            for (std::size_t i = 0; i < size_; ++i) {
                row[i] = static_cast<Real>(wide_[i]);
            }
            return libalgebra::status::ok;
        }
    }

private:
    static constexpr bool is_wide = sizeof(Real) == sizeof(double);

    libalgebra::shape shape_{1, 0};
    libalgebra::hall_basis_cache* bases_ = nullptr;
    std::size_t tensor_size_ = 0;
    std::size_t size_ = 0;
    libalgebra::buffer<double> tensors_;
    libalgebra::buffer<double> wide_;
};

} // namespace esig
