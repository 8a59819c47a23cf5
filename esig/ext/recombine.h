// esig/ext/recombine.h: the module's function recombine.
#pragma once

#include "arguments.h"
#include "buffers.h"
#include "errors.h"
#include "interruption.h"
#include "module_state.h"
#include "parameters.h"
#include "python_api.h"

#include <libalgebra/recombine.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace esig {

/// Room for any 64-bit integer in decimal digits, its sign and a terminator.
constexpr std::size_t decimal_size = 21;

/// Divides a number by ten; gives what is left. In pieces, because a division of 64 bits may be a
/// call of the compiler's runtime where registers have 32, and that is not linked.
inline unsigned divide_by_ten(std::uint64_t& number) {
    std::uint64_t quotient = 0;
    std::uint32_t rest = 0;
    for (int bit = 48; bit >= 0; bit -= 16) {
        const std::uint32_t piece = rest << 16 | static_cast<std::uint16_t>(number >> bit);
        quotient = quotient << 16 | piece / 10;
        rest = piece % 10;
    }
    number = quotient;
    return rest;
}

/// Writes a number from the end of `digits`; gives where it begins. Python's own `%zd` holds only
/// 32 bits where pointers do.
inline const char* write_decimal(std::int64_t number, char (&digits)[decimal_size]) {
    std::uint64_t rest =
        number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    char* at = digits + decimal_size - 1;
    *at = '\0';
    do {
        *--at = static_cast<char>('0' + divide_by_ten(rest));
    } while (rest != 0);
    if (number < 0) {
        *--at = '-';
    }
    return at;
}

/// Bytes of all items, as the shape counts them.
inline Py_ssize_t size_of_items(const Py_buffer& view) {
    Py_ssize_t bytes = view.itemsize;
    for (int i = 0; i < view.ndim; ++i) {
        bytes *= view.shape[i];
    }
    return bytes;
}

/// A contiguous view of some dimensions whose items `is_right` accepts; ValueError with `words` if
/// there is none.
template <typename Predicate>
[[nodiscard]] bool acquire_array(PyObject* object, int dimensions, Predicate is_right,
                                 const char* words, buffer& memory) {
    if (memory.acquire(object, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)) {
        const Py_buffer& view = memory.view();
        if (has_shape(view) && view.ndim == dimensions && view.len > 0 &&
            view.len == size_of_items(view) && is_right(view)) {
            return true;
        }
    } else if (!PyErr_ExceptionMatches(PyExc_TypeError) &&
               !PyErr_ExceptionMatches(PyExc_ValueError) &&
               !PyErr_ExceptionMatches(PyExc_BufferError)) {
        return false;
    }
    PyErr_SetString(PyExc_ValueError, words);
    return false;
}

inline bool has_doubles(const Py_buffer& view) {
    libalgebra::scalar type;
    return read_scalar(view, type) && type == libalgebra::scalar::float64 && is_aligned(view);
}

/// NumPy calls its 64-bit integers `long` where they are, else `long long`.
inline bool has_int64(const Py_buffer& view) {
    const char* const format = view.format;
    return format != nullptr && (*format == 'l' || *format == 'q') && format[1] == '\0' &&
           view.itemsize == sizeof(std::int64_t) && is_aligned(view);
}

/// The arguments of recombine, which live as long as this.
class recombine_arguments {
public:
    libalgebra::measure_view measure = {nullptr, 0, nullptr, nullptr, 0};
    std::size_t degree = 1;

    [[nodiscard]] bool read(PyObject* const* values) {
        return read_degree(values[3]) && read_points(values[0]) && read_selector(values[1]) &&
               read_weights(values[2]);
    }

private:
    bool read_degree(PyObject* object) {
        Py_ssize_t value = 1;
        if (object != nullptr && !read_integer(object, value)) {
            return false;
        }
        if (value < 1) {
            PyErr_SetString(PyExc_ValueError, "invalid cubature degree");
            return false;
        }
        degree = static_cast<std::size_t>(value);
        return true;
    }

    bool read_points(PyObject* object) {
        if (!acquire_array(object, 2, has_doubles, "data is badly formed", points_)) {
            return false;
        }
        const Py_buffer& view = points_.view();
        measure.points = static_cast<const double*>(view.buf);
        measure.width = static_cast<std::size_t>(view.shape[1]);
        measure.size = static_cast<std::size_t>(view.shape[0]);
        return true;
    }

    bool read_selector(PyObject* object) {
        if (!is_given(object)) {
            return true;
        }
        buffer memory;
        if (!acquire_array(object, 1, has_int64, "source locations badly formed", memory)) {
            return false;
        }
        // A copy, because other threads could change what has been checked.
        measure.size = static_cast<std::size_t>(memory.view().shape[0]);
        if (!check(selector_.resize(measure.size))) {
            return false;
        }
        std::memcpy(selector_.data(), memory.view().buf, measure.size * sizeof(std::int64_t));
        measure.selector = selector_.data();
        return check_selector();
    }

    bool check_selector() const {
        const Py_ssize_t rows = points_.view().shape[0];
        for (std::size_t i = 0; i < measure.size; ++i) {
            if (selector_[i] < 0 || selector_[i] >= rows) {
                char digits[decimal_size];
                PyErr_Format(PyExc_IndexError, "source location %s is out of range for %zd points",
                             write_decimal(selector_[i], digits), rows);
                return false;
            }
        }
        return true;
    }

    bool read_weights(PyObject* object) {
        if (!is_given(object)) {
            return true;
        }
        if (!acquire_array(object, 1, has_doubles, "source weights badly formed", weights_)) {
            return false;
        }
        measure.weights = static_cast<const double*>(weights_.view().buf);
        if (static_cast<std::size_t>(weights_.view().shape[0]) != measure.size) {
            PyErr_SetString(PyExc_ValueError,
                            "source weights and source locations have different shapes");
            return false;
        }
        if (!libalgebra::are_weights(measure.weights, measure.size)) {
            PyErr_SetString(PyExc_ValueError, "source weights must be finite, none negative, and "
                                              "their sum finite and positive");
            return false;
        }
        return true;
    }

    buffer points_;
    libalgebra::buffer<std::int64_t> selector_;
    buffer weights_;
};

/// RuntimeError if the computation would take more memory than it may.
[[nodiscard]] inline bool check_workspace(const recombine_arguments& arguments,
                                          const module_state& state) {
    const libalgebra::measure_view& measure = arguments.measure;
    std::size_t bytes = 0;
    if (libalgebra::recombine_workspace(measure.size, measure.width, arguments.degree, bytes) ==
            libalgebra::status::ok &&
        bytes <= state.memory_limit.load(std::memory_order_relaxed)) {
        return true;
    }
    PyErr_Format(PyExc_RuntimeError,
                 "recombination at degree %zu of %zu points with width %zu exceeds limit",
                 arguments.degree, measure.size, measure.width);
    return false;
}

/// A new vector of NumPy's, with the bytes of `values`.
template <typename T>
PyObject* new_vector(const module_state& state, const libalgebra::buffer<T>& values,
                     const char* type) {
    const auto size = static_cast<Py_ssize_t>(values.size());
    // 2.7 takes its format as `char*`.
    PyObject* const array =
        PyObject_CallFunction(state.numpy_empty, const_cast<char*>("ns"), size, type);
    if (array == nullptr) {
        return nullptr;
    }
    buffer memory;
    if (memory.acquire(array, PyBUF_CONTIG)) {
        if (memory.view().len == size * static_cast<Py_ssize_t>(sizeof(T))) {
            std::memcpy(memory.view().buf, values.data(), values.size() * sizeof(T));
            return array;
        }
        PyErr_Format(PyExc_TypeError, "numpy.empty did not return a vector of %s", type);
    }
    Py_DECREF(array);
    return nullptr;
}

inline constexpr parameters recombine_parameters{
    "recombine", {"ensemble", "selector", "weights", "degree"}, 4, 1, 4};

inline PyObject* recombine(PyObject* module, PyObject* const* values) {
    recombine_arguments arguments;
    libalgebra::recombined_measure result;
    const module_state& state = state_of(module);
    if (!arguments.read(values) || !check_workspace(arguments, state)) {
        return nullptr;
    }
    const libalgebra::status status =
        without_gil_until_signal([&](const libalgebra::interruption& hook) {
            return libalgebra::recombine(arguments.measure, arguments.degree, hook, result);
        });
    if (status == libalgebra::status::invalid_argument) {
        PyErr_SetString(PyExc_ValueError, "data must be finite");
        return nullptr;
    }
    if (!check(status)) {
        return nullptr;
    }
    PyObject* const positions = new_vector(state, result.positions, "int64");
    PyObject* const weights =
        positions != nullptr ? new_vector(state, result.weights, "float64") : nullptr;
    if (weights == nullptr) {
        Py_XDECREF(positions);
        return nullptr;
    }
    return Py_BuildValue("(NN)", positions, weights);
}

} // namespace esig
