// nest_body.h: from values at words to values at brackets; included by tensor_kernel_body.h.
//
// Words that end with the same letter are as far apart as there are letters: reading them is
// several times as fast where the compiler knows how many. `Width` is their number, or 0 for any.
#include "tensor_kernel.h"

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

template <std::size_t Width>
LIBALGEBRA_INLINE void nest_triples_of(std::size_t any_width, const double* values, double* out,
                                       std::size_t stride) {
    const std::size_t width = Width == 0 ? any_width : Width;
    for (std::size_t l = 0; l < width; ++l, out += stride) {
        const double* const before = values + l * width * width;
        const double* const after = values + l;
        double* to = out;
        for (std::size_t a = 0; a < width; ++a)
            for (std::size_t b = a + 1; b < width; ++b)
                *to++ = (before[a * width + b] - after[(a * width + b) * width]) -
                        (before[b * width + a] - after[(b * width + a) * width]);
    }
}

template <std::size_t Width>
LIBALGEBRA_INLINE void nest_letter_of(std::size_t any_width, std::size_t letter, std::size_t size,
                                      const double* LIBALGEBRA_RESTRICT values,
                                      double* LIBALGEBRA_RESTRICT out) {
    const std::size_t width = Width == 0 ? any_width : Width;
    const double* const before = values + letter * size;
    const double* const after = values + letter;
    for (std::size_t u = 0; u < size; ++u)
        out[u] = before[u] - after[u * width];
}

LIBALGEBRA_TARGET void nest_triples(std::size_t width, const double* values, double* out,
                                    std::size_t stride) {
    if (width == 2)
        nest_triples_of<2>(width, values, out, stride);
    else if (width == 3)
        nest_triples_of<3>(width, values, out, stride);
    else if (width == 4)
        nest_triples_of<4>(width, values, out, stride);
    else
        nest_triples_of<0>(width, values, out, stride);
}

LIBALGEBRA_TARGET void nest_letter(std::size_t width, std::size_t letter, std::size_t size,
                                   const double* values, double* out) {
    if (width == 2)
        nest_letter_of<2>(width, letter, size, values, out);
    else if (width == 3)
        nest_letter_of<3>(width, letter, size, values, out);
    else if (width == 4)
        nest_letter_of<4>(width, letter, size, values, out);
    else
        nest_letter_of<0>(width, letter, size, values, out);
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
