// log_signature.cpp: signature, tensor logarithm, projection to Hall coordinates.
#include "libalgebra/log_signature.h"

#include "checked.h"
#include "libalgebra/buffer.h"
#include "libalgebra/lie.h"
#include "libalgebra/signature.h"
#include "libalgebra/tensor.h"

namespace libalgebra {

namespace {

/// With one letter every bracket vanishes: nothing beyond degree 1 is worth computing.
shape without_vanishing(const shape& s) {
    return s.width == 1 && s.depth > 1 ? shape{1, 1} : s;
}

} // namespace

status log_signature(const path_view& path, std::size_t depth, hall_basis_cache& cache,
                     double* result) {
    const shape s = without_vanishing({path.width, depth});
    std::size_t size = 0;
    buffer<double> tensor;
    LIBALGEBRA_TRY(path_check(path));
    LIBALGEBRA_TRY(tensor_size(s, size));
    LIBALGEBRA_TRY(tensor.resize(size));
    LIBALGEBRA_TRY(signature(path, s.depth, tensor.data()));
    LIBALGEBRA_TRY(tensor_log(s, tensor.data(), tensor.data()));
    return tensor_to_lie(s, tensor.data(), cache, result);
}

status signature_to_log_signature(const double* signature, const shape& s, hall_basis_cache& cache,
                                  double* result) {
    const shape kept = without_vanishing(s);
    std::size_t size = 0;
    buffer<double> tensor;
    if (signature == nullptr)
        return status::invalid_argument;
    LIBALGEBRA_TRY(tensor_size(kept, size));
    LIBALGEBRA_TRY(tensor.resize(size));
    LIBALGEBRA_TRY(tensor_log(kept, signature, tensor.data()));
    return tensor_to_lie(kept, tensor.data(), cache, result);
}

status log_signature_workspace(const shape& s, std::size_t& bytes) {
    const shape kept = without_vanishing(s);
    std::size_t tensor = 0;
    std::size_t during_signature = 0;
    std::size_t during_log = 0;
    std::size_t during_projection = 0;
    LIBALGEBRA_TRY(tensor_size(kept, tensor));
    LIBALGEBRA_TRY(checked_multiply(tensor, sizeof(double), tensor));
    LIBALGEBRA_TRY(signature_workspace(kept, during_signature));
    LIBALGEBRA_TRY(tensor_log_workspace(kept, during_log));
    LIBALGEBRA_TRY(checked_multiply(during_log, sizeof(double), during_log));
    LIBALGEBRA_TRY(tensor_to_lie_workspace(kept, during_projection));

    // The three follow one another, each with the tensor beside it.
    std::size_t largest = during_signature > during_log ? during_signature : during_log;
    largest = largest > during_projection ? largest : during_projection;
    return checked_add(tensor, largest, bytes);
}

status log_signature_to_signature(const double* log_signature, const shape& s,
                                  hall_basis_cache& cache, double* result) {
    LIBALGEBRA_TRY(lie_to_tensor(s, log_signature, cache, result));
    return tensor_exp(s, result, result);
}

status log_signature_to_signature_workspace(const shape& s, std::size_t& bytes) {
    std::size_t during_expansion = 0;
    std::size_t during_exp = 0;
    LIBALGEBRA_TRY(lie_to_tensor_workspace(s, during_expansion));
    LIBALGEBRA_TRY(tensor_size({s.width, s.depth == 0 ? 0 : s.depth - 1}, during_exp));
    LIBALGEBRA_TRY(checked_multiply(during_exp, sizeof(double), during_exp));
    bytes = during_expansion > during_exp ? during_expansion : during_exp;
    return status::ok;
}

} // namespace libalgebra
