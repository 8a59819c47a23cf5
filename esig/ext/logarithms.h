// esig/ext/logarithms.h: the last step to a log signature, in memory that is allocated once.
#pragma once

#include "errors.h"
#include "interruption.h"

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
        std::size_t workspace = 0;
        shape_ = s;
        bases_ = &bases;
        ESIG_TRY(libalgebra::tensor_size(s, tensor_size_));
        ESIG_TRY(libalgebra::lie_size(s, size_));
        ESIG_TRY(libalgebra::logarithm_workspace(s, workspace));
        ESIG_TRY(tensors_.resize(tensors * tensor_size_));
        ESIG_TRY(workspace_.resize(workspace));
        return wide_.resize(is_wide ? 0 : size_);
    }

    double* tensor() { return tensors_.data(); }
    std::size_t tensor_size() const { return tensor_size_; }

    /// The tensor is overwritten.
    [[nodiscard]] libalgebra::status write(double* tensor, Real* row, const interruption& hook) {
        double* result = nullptr;
        if constexpr (is_wide) {
            result = row;
        } else {
            result = wide_.data();
        }
        ESIG_TRY(libalgebra::take_signature_to_log_signature(tensor, shape_, workspace_.data(),
                                                             *bases_, result, hook));
        for (std::size_t i = 0; !is_wide && i < size_; ++i) {
            row[i] = static_cast<Real>(result[i]);
        }
        return libalgebra::status::ok;
    }

private:
    static constexpr bool is_wide = sizeof(Real) == sizeof(double);

    libalgebra::shape shape_{1, 0};
    libalgebra::hall_basis_cache* bases_ = nullptr;
    std::size_t tensor_size_ = 0;
    std::size_t size_ = 0;
    libalgebra::buffer<double> tensors_;
    libalgebra::buffer<double> workspace_;
    libalgebra::buffer<double> wide_;
};

} // namespace esig
