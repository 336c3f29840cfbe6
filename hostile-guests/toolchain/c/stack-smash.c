// attack: writes far past an array on its own stack: it spoils its own data and nobody else's
// contained-if: ok | trap(unreachable) | trap(memory-out-of-bounds)
// returns: bytes 58585858; its own data, overwritten
// seen-in: Lehmann and others, "Everything Old is New Again", USENIX Security 2020
// tier: core
// near-twin: c-echo

#include "abi.h"

// Lies behind the stack, which grows down: what overflows reaches it.
static volatile unsigned char secret[4] = "kept";

__attribute__((noinline)) static void smash(volatile unsigned char *local, u32 size) {
  for (u32 i = 0; i < size; i++)
    local[i] = 'X';
}

__attribute__((export_name("process"))) u64 process(u32 at, u32 size) {
  volatile unsigned char local[16];
  u32 from = (u32)(unsigned long)local;
  u32 behind = (u32)(unsigned long)secret + sizeof secret;
  smash(local, behind - from);
  return output((u32)(unsigned long)secret, sizeof secret);
}
