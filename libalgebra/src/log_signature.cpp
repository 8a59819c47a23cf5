// log_signature.cpp: signature, tensor logarithm, projection to Hall coordinates.
#include "libalgebra/log_signature.h"

#include "checked.h"
#include "libalgebra/buffer.h"
#include "libalgebra/lie.h"
#include "libalgebra/signature.h"
#include "libalgebra/tensor.h"
#include "nested_brackets.h"
#include "tensor_log.h"

#include <cstring>

namespace libalgebra {

status log_signature(const path_view& path, std::size_t depth, hall_basis_cache& cache,
                     double* result, const interruption& stop) {
    const shape s = without_vanishing({path.width, depth});
    std::size_t size = 0;
    std::size_t doubles = 0;
    buffer<double> tensor;
    LIBALGEBRA_TRY(path_check(path));
    LIBALGEBRA_TRY(tensor_size(s, size));
    LIBALGEBRA_TRY(logarithm_workspace(s, doubles));
    LIBALGEBRA_TRY(checked_add(size, doubles, doubles));
    LIBALGEBRA_TRY(tensor.resize(doubles));
    if (stop.should_stop == nullptr) {
        LIBALGEBRA_TRY(signature(path, s.depth, tensor.data()));
    } else {
        signature_engine<double> engine;
        LIBALGEBRA_TRY(engine.prepare(s, stop));
        LIBALGEBRA_TRY(engine.signature(path, tensor.data()));
    }
    return take_signature_to_log_signature(tensor.data(), s, tensor.data() + size, cache, result,
                                           stop);
}

status signature_to_log_signature(const double* signature, const shape& s, hall_basis_cache& cache,
                                  double* result, const interruption& stop) {
    const shape kept = without_vanishing(s);
    std::size_t size = 0;
    std::size_t doubles = 0;
    buffer<double> tensor;
    if (signature == nullptr)
        return status::invalid_argument;
    LIBALGEBRA_TRY(tensor_size(kept, size));
    LIBALGEBRA_TRY(logarithm_workspace(kept, doubles));
    LIBALGEBRA_TRY(checked_add(size, doubles, doubles));
    LIBALGEBRA_TRY(tensor.resize(doubles));
    std::memcpy(tensor.data(), signature, size * sizeof(double));
    return take_signature_to_log_signature(tensor.data(), kept, tensor.data() + size, cache, result,
                                           stop);
}

status take_signature_to_log_signature(double* signature, const shape& s, double* workspace,
                                       hall_basis_cache& cache, double* result,
                                       const interruption& stop) {
    const shape kept = without_vanishing(s);
    std::size_t spent = 0;
    pacer pace(stop, spent);
    if (signature == nullptr || !(signature[0] == 1.0))
        return status::invalid_argument;
    // Up to depth 2 there is nothing to gain, up to depth 5 little, and half a digit to lose.
    const std::size_t unfinished = kept.depth < 3 ? 0 : kept.depth < 6 ? 1 : 2;
    const bool is_interrupted =
        unfinished == 2
            ? tensor_log_below(kept, signature, workspace, pace)
            : tensor_log_with(kept, kept.depth - unfinished, signature, workspace, signature, pace);
    if (is_interrupted)
        return status::interrupted;
    const lie_products products = {unfinished == 0 ? nullptr : result, log_tails(kept, workspace)};
    return project_tensor(kept, signature, unfinished, products, cache, result, pace);
}

status logarithm_workspace(const shape& s, std::size_t& doubles) {
    return tensor_log_workspace(without_vanishing(s), doubles);
}

status log_signature_workspace(const shape& s, std::size_t& bytes) {
    const shape kept = without_vanishing(s);
    std::size_t tensor = 0;
    std::size_t during_signature = 0;
    std::size_t during_log = 0;
    std::size_t during_projection = 0;
    LIBALGEBRA_TRY(tensor_size(kept, tensor));
    LIBALGEBRA_TRY(logarithm_workspace(kept, during_log));
    LIBALGEBRA_TRY(checked_add(tensor, during_log, tensor));
    LIBALGEBRA_TRY(checked_multiply(tensor, sizeof(double), tensor));
    LIBALGEBRA_TRY(signature_workspace(kept, during_signature));
    LIBALGEBRA_TRY(bracket_table_workspace(kept, during_projection));
    // The two follow one another, with the tensor and the logarithm's workspace beside them.
    return checked_add(
        tensor, during_signature > during_projection ? during_signature : during_projection, bytes);
}

status log_signature_to_signature(const double* log_signature, const shape& s,
                                  hall_basis_cache& cache, double* result,
                                  const interruption& stop) {
    LIBALGEBRA_TRY(lie_to_tensor(s, log_signature, cache, result, stop));
    return tensor_exp(s, result, result, stop);
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
