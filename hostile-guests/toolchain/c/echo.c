// attack: returns its input; an honest guest as clang builds it
// contained-if: ok
// returns: input
// seen-in: FACTS.md#real-compilers
// tier: core

#include "abi.h"

__attribute__((export_name("process"))) u64 process(u32 at, u32 size) { return output(at, size); }
