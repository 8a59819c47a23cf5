// tensor_kernel_body.h: loops over levels of tensors; included after kernel_body.h, whose vectors
// they use.
#include "bracket_body.h"
#include "coadjoint_body.h"
#include "combine_body.h"
#include "contract_body.h"
#include "nest_body.h"
#include "tensor_kernel.h"

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

constexpr tensor_kernel tensor_table = {combine<float>, combine<double>, bracket_letters,
                                        bracket,        contract_first,  contract_last,
                                        walk_brackets,  nest_triples,    nest_letter};

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
