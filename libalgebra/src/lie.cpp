// lie.cpp: between tensors and Hall coordinates, in both directions.
#include "libalgebra/lie.h"

#include "checked.h"
#include "libalgebra/buffer.h"
#include "libalgebra/tensor.h"
#include "tensor_levels.h"

#include <cstring>

namespace libalgebra {

namespace {

/// Sums c [a1,[a2,[...,an]]] over all words a1...an with coefficient c, one first letter at a time.
///
/// For a prefix u let R(u) be the sum of c(uv) [v] over the words v that may follow, [v] being the
/// nested bracket of v. Then R(u) is the sum over letters a of c(ua) a + [a, R(ua)], and R of the
/// empty prefix is the whole sum. So the table of [letter, key] suffices, and memory for one R per
/// prefix length.
class nested_brackets {
public:
    nested_brackets(const hall_basis& basis, const bracket_table& table, const double* tensor)
        : basis_(basis), table_(table), tensor_(tensor) {}

    /// Adds R(prefix) to `result`, which holds the keys of degree up to depth - |prefix|. The
    /// prefix is given by its place in the tensor; `workspace` holds the R of longer prefixes.
    void add(std::size_t length, std::size_t prefix, double* result, double* workspace) const;

private:
    const hall_basis& basis_;
    const bracket_table& table_;
    const double* tensor_;
};

void nested_brackets::add(std::size_t length, std::size_t prefix, double* result,
                          double* workspace) const {
    const std::size_t width = basis_.width();
    // In the numbering of all words from the empty one, the words ua are consecutive.
    const std::size_t first_child = prefix * width + 1;
    for (std::size_t letter = 0; letter < width; ++letter)
        result[letter] += tensor_[first_child + letter];
    if (length + 1 == basis_.depth())
        return;

    const hall_key keys = basis_.degree_begin(basis_.depth() - length) - 1;
    for (std::size_t letter = 0; letter < width; ++letter) {
        std::memset(workspace, 0, keys * sizeof(double));
        add(length + 1, first_child + letter, workspace, workspace + keys);

        const hall_key a = static_cast<hall_key>(letter + 1);
        const lie_term* term = table_.terms(a, 1);
        for (hall_key key = 1; key <= keys; ++key) {
            const double x = workspace[key - 1];
            const lie_term* const end = table_.terms(a, key + 1);
            for (; term != end; ++term)
                result[term->key - 1] += static_cast<double>(term->coefficient) * x;
        }
    }
}

/// Number of doubles that `nested_brackets::add` needs for all prefix lengths.
status nested_brackets_doubles(const shape& s, std::size_t& doubles) {
    doubles = 0;
    for (std::size_t depth = 1; s.width > 1 && depth < s.depth; ++depth) {
        std::size_t size = 0;
        LIBALGEBRA_TRY(lie_size({s.width, depth}, size));
        LIBALGEBRA_TRY(checked_add(doubles, size, doubles));
    }
    return status::ok;
}

} // namespace

status tensor_to_lie(const shape& s, const double* tensor, hall_basis_cache& cache,
                     double* result) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(tensor_size(s, size));
    LIBALGEBRA_TRY(lie_size(s, size));
    if (tensor == nullptr || (result == nullptr && size != 0))
        return status::invalid_argument;
    if (s.depth == 0)
        return status::ok;
    if (s.depth == 1 || s.width == 1) {
        std::memcpy(result, tensor + 1, size * sizeof(double));
        return status::ok;
    }

    const hall_basis* basis = nullptr;
    const bracket_table* table = nullptr;
    std::size_t doubles = 0;
    buffer<double> workspace;
    LIBALGEBRA_TRY(cache.basis(s, basis));
    LIBALGEBRA_TRY(cache.brackets(s, table));
    LIBALGEBRA_TRY(nested_brackets_doubles(s, doubles));
    LIBALGEBRA_TRY(workspace.resize(doubles));

    std::memset(result, 0, size * sizeof(double));
    nested_brackets(*basis, *table, tensor).add(0, 0, result, workspace.data());
    for (std::size_t degree = 2; degree <= s.depth; ++degree)
        for (hall_key key = basis->degree_begin(degree); key < basis->degree_begin(degree + 1);
             ++key)
            result[key - 1] /= static_cast<double>(degree);
    return status::ok;
}

namespace {

/// Expands Lie elements of one degree. Basis elements with the same left parent a are consecutive,
/// and so are their right parents b, so a whole group c [a,b] + c' [a,b'] + ... is one bracket
/// [a, c b + c' b' + ...], whose second member is again a range of coordinates.
class expansion {
public:
    explicit expansion(const hall_basis& basis) : basis_(basis), width_(basis.width()) {}

    /// Adds the tensor of the keys from `begin` to `end`, all of one degree, with coordinates from
    /// `lie` on, to the level `out`. `workspace` holds what `expansion_doubles` says.
    void add(hall_key begin, hall_key end, const double* lie, double* out, double* workspace) const;

private:
    hall_key group_end(hall_key begin, hall_key end) const;

    const hall_basis& basis_;
    std::size_t width_;
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

void expansion::add(hall_key begin, hall_key end, const double* lie, double* out,
                    double* workspace) const {
    if (begin <= width_) {
        for (hall_key key = begin; key < end; ++key)
            out[key - 1] += lie[key - begin];
        return;
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
        add(left, left + 1, &one, a, b + b_size);
        add(right, right + static_cast<hall_key>(count), coordinates, b, b + b_size);
        add_commutator(a, a_size, b, b_size, out);
    }
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

status lie_to_tensor(const shape& s, const double* lie, hall_basis_cache& cache, double* result) {
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

    const hall_basis* basis = nullptr;
    std::size_t doubles = 0;
    buffer<double> workspace;
    LIBALGEBRA_TRY(cache.basis(s, basis));
    LIBALGEBRA_TRY(expansion_doubles(s, doubles));
    LIBALGEBRA_TRY(workspace.resize(doubles));

    tensor_level level;
    for (std::size_t degree = 1; degree <= s.depth; ++degree) {
        level.up(s.width);
        const hall_key begin = basis->degree_begin(degree);
        expansion(*basis).add(begin, basis->degree_begin(degree + 1), lie + (begin - 1),
                              result + level.begin, workspace.data());
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

/// The table is estimated: while it is built it takes at most 40 bytes times the depth for each
/// pair of a letter and a key, which was measured for all shapes up to three million words.
status tensor_to_lie_workspace(const shape& s, std::size_t& bytes) {
    std::size_t doubles = 0;
    std::size_t table = 0;
    bytes = 0;
    if (s.width == 0)
        return status::invalid_argument;
    if (s.width == 1 || s.depth < 2)
        return status::ok;

    LIBALGEBRA_TRY(lie_size({s.width, s.depth - 1}, table));
    LIBALGEBRA_TRY(checked_multiply(table, s.width, table));
    LIBALGEBRA_TRY(checked_multiply(table, 40, table));
    LIBALGEBRA_TRY(checked_multiply(table, s.depth, table));
    LIBALGEBRA_TRY(checked_add(table, 4096, table));
    LIBALGEBRA_TRY(nested_brackets_doubles(s, doubles));
    LIBALGEBRA_TRY(checked_multiply(doubles, sizeof(double), doubles));
    return checked_add(table, doubles, bytes);
}

} // namespace libalgebra
