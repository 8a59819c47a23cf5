// lie.cpp: between tensors and Hall coordinates, in both directions.
#include "libalgebra/lie.h"

#include "checked.h"
#include "libalgebra/buffer.h"
#include "libalgebra/tensor.h"
#include "nested_brackets.h"
#include "tensor_levels.h"

#include <cstring>

namespace libalgebra {

namespace {

/// The checks of tensor_to_lie, and the shapes without brackets, of which `is_done` tells.
status project_letters(const shape& s, const double* tensor, double* result, bool& is_done) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(tensor_size(s, size));
    is_done = s.depth < 2 || s.width == 1;
    if (tensor != nullptr && result != nullptr && !is_done)
        return status::ok;
    LIBALGEBRA_TRY(lie_size(s, size));
    if (tensor == nullptr || (result == nullptr && size != 0))
        return status::invalid_argument;
    if (s.depth != 0)
        std::memcpy(result, tensor + 1, size * sizeof(double));
    return status::ok;
}

} // namespace

status tensor_to_lie(const shape& s, const double* tensor, hall_basis_cache& cache,
                     double* result) {
    bool is_done = false;
    std::size_t size = 0;
    std::size_t spent = 0;
    pacer pace({}, spent);
    buffer<double> copied;
    LIBALGEBRA_TRY(project_letters(s, tensor, result, is_done));
    if (is_done)
        return status::ok;
    LIBALGEBRA_TRY(tensor_size(s, size));
    LIBALGEBRA_TRY(copied.resize(size));
    std::memcpy(copied.data(), tensor, size * sizeof(double));
    return project_tensor(s, copied.data(), 0, {nullptr, nullptr}, cache, result, pace);
}

status project_tensor(const shape& s, double* tensor, std::size_t unfinished,
                      const lie_products& products, hall_basis_cache& cache, double* result,
                      pacer& pace) {
    bool is_done = false;
    hall_tables tables;
    tensor_level n = level_of(s.width, 2);
    LIBALGEBRA_TRY(project_letters(s, tensor, result, is_done));
    if (is_done)
        return status::ok;
    std::memcpy(result, tensor + 1, s.width * sizeof(double));
    project_degree_two(s.width, tensor + n.begin, result + s.width);
    if (s.depth == 2)
        return status::ok;
    LIBALGEBRA_TRY(cache.brackets(s, tables, pace.stop()));
    while (n.length < s.depth) {
        n.up(s.width);
        const bool is_finished = n.length + unfinished <= s.depth;
        if (project_degree(tables.brackets(), s.width, n, tensor + n.begin,
                           is_finished ? lie_products{nullptr, nullptr} : products, result, pace))
            return status::interrupted;
    }
    return status::ok;
}

status tensor_to_lie_vjp(const shape& s, const double* cotangent, hall_basis_cache& cache,
                         double* tensor, pacer& pace) {
    std::size_t doubles = 0;
    hall_tables tables;
    buffer<double> workspace;
    tensor[0] = 0.0;
    std::memcpy(tensor + 1, cotangent, s.width * sizeof(double));
    if (s.depth < 2)
        return status::ok;
    tensor_level level = level_of(s.width, 2);
    const double* pair = cotangent + s.width;
    double* const words = tensor + level.begin;
    for (std::size_t a = 0; a < s.width; ++a) {
        words[a * s.width + a] = 0.0;
        for (std::size_t b = a + 1; b < s.width; ++b, ++pair) {
            words[a * s.width + b] = *pair / 2;
            words[b * s.width + a] = -*pair / 2;
        }
    }
    if (s.depth == 2)
        return status::ok;
    LIBALGEBRA_TRY(nested_brackets_doubles(s, doubles));
    LIBALGEBRA_TRY(workspace.resize(doubles));
    LIBALGEBRA_TRY(cache.brackets(s, tables, pace.stop()));
    while (level.length < s.depth) {
        level.up(s.width);
        if (spread_degree(tables.brackets(), s.width, level, cotangent, tensor + level.begin,
                          workspace.data(), pace))
            return status::interrupted;
    }
    return status::ok;
}

namespace {

/// Expands Lie elements of one degree. Basis elements with the same left parent a are consecutive,
/// and so are their right parents b, so a whole group c [a,b] + c' [a,b'] + ... is one bracket
/// [a, c b + c' b' + ...], whose second member is again a range of coordinates.
class expansion {
public:
    expansion(const hall_basis& basis, pacer& pace)
        : basis_(basis), width_(basis.width()), pace_(pace) {}

    /// Adds the tensor of the keys from `begin` to `end`, all of one degree, with coordinates from
    /// `lie` on, to the level `out`. `workspace` holds what `expansion_doubles` says. True when
    /// stopped.
    [[nodiscard]] bool add(hall_key begin, hall_key end, const double* lie, double* out,
                           double* workspace) const;

private:
    hall_key group_end(hall_key begin, hall_key end) const;

    const hall_basis& basis_;
    std::size_t width_;
    pacer& pace_;
};

bool any_nonzero(const double* values, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
        if (values[i] != 0.0)
            return true;
    return false;
}

/// out += a b - b a; a is the expansion of one basis element, so mostly 0.
void add_commutator(const double* a, std::size_t a_size, const double* b, std::size_t b_size,
                    double* LIBALGEBRA_RESTRICT out) {
    for (std::size_t i = 0; i < a_size; ++i) {
        const double factor = a[i];
        if (factor == 0.0)
            continue;
        for (std::size_t j = 0; j < b_size; ++j)
            out[i * b_size + j] += factor * b[j];
        for (std::size_t j = 0; j < b_size; ++j)
            out[j * a_size + i] -= factor * b[j];
    }
}

bool expansion::add(hall_key begin, hall_key end, const double* lie, double* out,
                    double* workspace) const {
    if (begin <= width_) {
        for (hall_key key = begin; key < end; ++key)
            out[key - 1] += lie[key - begin];
        return false;
    }
    const std::size_t degree = basis_.degree(begin);
    for (hall_key group = begin; group < end;) {
        const hall_key next = group_end(group, end);
        const double* coordinates = lie + (group - begin);
        const hall_key left = basis_.left(group);
        const hall_key right = basis_.right(group);
        const std::size_t count = next - group;
        group = next;
        if (!any_nonzero(coordinates, count))
            continue;

        const std::size_t left_degree = basis_.degree(left);
        const std::size_t a_size = level_of(width_, left_degree).size;
        const std::size_t b_size = level_of(width_, degree - left_degree).size;
        double* const a = workspace;
        double* const b = a + a_size;
        const double one = 1.0;
        std::memset(workspace, 0, (a_size + b_size) * sizeof(double));
        if (add(left, left + 1, &one, a, b + b_size) ||
            add(right, right + static_cast<hall_key>(count), coordinates, b, b + b_size))
            return true;
        add_commutator(a, a_size, b, b_size, out);
        if (pace_.spend(b_size + a_size))
            return true;
    }
    return false;
}

/// One past the last key, at most `end`, with the left parent of `begin`.
hall_key expansion::group_end(hall_key begin, hall_key end) const {
    hall_key key = begin + 1;
    while (key < end && basis_.left(key) == basis_.left(begin))
        ++key;
    return key;
}

/// Of the two factors of a commutator of degree d, one has at most width^(d-1) coefficients and the
/// other at most width; then the same for a degree less.
status expansion_doubles(const shape& s, std::size_t& doubles) {
    std::size_t letters = 0;
    LIBALGEBRA_TRY(tensor_size({s.width, s.depth - 1}, doubles));
    LIBALGEBRA_TRY(checked_multiply(s.width, s.depth, letters));
    return checked_add(doubles, letters, doubles);
}

} // namespace

status lie_to_tensor(const shape& s, const double* lie, hall_basis_cache& cache, double* result,
                     const interruption& stop) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(tensor_unit(s, result));
    LIBALGEBRA_TRY(lie_size(s, size));
    if (lie == nullptr && size != 0)
        return status::invalid_argument;
    result[0] = 0.0;
    if (s.depth == 0)
        return status::ok;
    if (s.depth == 1 || s.width == 1) {
        std::memcpy(result + 1, lie, size * sizeof(double));
        return status::ok;
    }

    hall_tables tables;
    std::size_t doubles = 0;
    buffer<double> workspace;
    LIBALGEBRA_TRY(cache.basis(s, tables));
    LIBALGEBRA_TRY(expansion_doubles(s, doubles));
    LIBALGEBRA_TRY(workspace.resize(doubles));

    const hall_basis& basis = tables.basis();
    std::size_t spent = 0;
    pacer pace(stop, spent);
    const expansion expand(basis, pace);
    tensor_level level;
    for (std::size_t degree = 1; degree <= s.depth; ++degree) {
        level.up(s.width);
        const hall_key begin = basis.degree_begin(degree);
        if (expand.add(begin, basis.degree_begin(degree + 1), lie + (begin - 1),
                       result + level.begin, workspace.data()))
            return status::interrupted;
    }
    return status::ok;
}

status lie_bracket(const shape& s, const double* a, const double* b, hall_basis_cache& cache,
                   double* result) {
    std::size_t size = 0;
    buffer<double> left;
    buffer<double> right;
    buffer<double> product;
    LIBALGEBRA_TRY(tensor_size(s, size));
    LIBALGEBRA_TRY(left.resize(size));
    LIBALGEBRA_TRY(right.resize(size));
    LIBALGEBRA_TRY(product.resize(size));
    LIBALGEBRA_TRY(lie_to_tensor(s, a, cache, left.data()));
    LIBALGEBRA_TRY(lie_to_tensor(s, b, cache, right.data()));
    LIBALGEBRA_TRY(tensor_multiply(s, left.data(), right.data(), product.data()));
    LIBALGEBRA_TRY(tensor_multiply(s, right.data(), left.data(), left.data()));
    LIBALGEBRA_TRY(tensor_subtract(s, product.data(), left.data(), product.data()));
    return tensor_to_lie(s, product.data(), cache, result);
}

namespace {

/// An upper bound of the bytes that the basis takes, and the list of a cache that it is entered in.
status basis_bytes(const shape& s, std::size_t& bytes) {
    LIBALGEBRA_TRY(lie_size(s, bytes));
    LIBALGEBRA_TRY(checked_multiply(bytes, 2 * sizeof(hall_key), bytes));
    return checked_add(bytes, 4096, bytes);
}

/// An upper bound of the bytes that the brackets take while they are built. It is estimated: for
/// each pair of a letter and a key, up to 30 bytes were measured at depth 3, and otherwise at most
/// 13 bytes times the depth, for all shapes up to three million words.
status bracket_bytes(const shape& s, std::size_t& bytes) {
    LIBALGEBRA_TRY(lie_size({s.width, s.depth - 1}, bytes));
    LIBALGEBRA_TRY(checked_multiply(bytes, s.width, bytes));
    LIBALGEBRA_TRY(checked_multiply(bytes, s.depth == 3 ? 36 : 20 * s.depth, bytes));
    return checked_add(bytes, 4096, bytes);
}

} // namespace

status bracket_table_workspace(const shape& s, std::size_t& bytes) {
    std::size_t brackets = 0;
    bytes = 0;
    if (s.width == 0)
        return status::invalid_argument;
    if (s.width == 1 || s.depth < 3)
        return status::ok;
    LIBALGEBRA_TRY(basis_bytes(s, bytes));
    LIBALGEBRA_TRY(bracket_bytes(s, brackets));
    return checked_add(bytes, brackets, bytes);
}

status tensor_to_lie_workspace(const shape& s, std::size_t& bytes) {
    std::size_t copied = 0;
    LIBALGEBRA_TRY(bracket_table_workspace(s, bytes));
    LIBALGEBRA_TRY(tensor_size(s, copied));
    LIBALGEBRA_TRY(checked_multiply(copied, sizeof(double), copied));
    return checked_add(bytes, copied, bytes);
}

status lie_to_tensor_workspace(const shape& s, std::size_t& bytes) {
    std::size_t doubles = 0;
    bytes = 0;
    if (s.width == 0)
        return status::invalid_argument;
    if (s.width == 1 || s.depth < 2)
        return status::ok;

    LIBALGEBRA_TRY(basis_bytes(s, bytes));
    LIBALGEBRA_TRY(expansion_doubles(s, doubles));
    LIBALGEBRA_TRY(checked_multiply(doubles, sizeof(double), doubles));
    return checked_add(bytes, doubles, bytes);
}

} // namespace libalgebra
