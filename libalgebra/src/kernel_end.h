// kernel_end.h: forgets what a file defined before it included kernel_body.h.
#undef LIBALGEBRA_VARIANT
#undef LIBALGEBRA_VECTOR_BYTES
#undef LIBALGEBRA_GROUP
#undef LIBALGEBRA_FUSED
#undef LIBALGEBRA_TARGET
#undef LIBALGEBRA_INLINE
#undef LIBALGEBRA_SHARED
