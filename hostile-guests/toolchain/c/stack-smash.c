// attack: writes past an array on its own stack, over its own constants; says what they were before
//   and are after
// contained-if: ok
// returns: bytes 6b65707458585858
// seen-in: FACTS.md#real-compilers
// tier: core
// counterpart: c-echo

#include "abi.h"

// Lies behind the stack (--stack-first), which grows down: what overflows reaches it.
static volatile unsigned char secret[4] = "kept";
static unsigned char seen[8];

__attribute__((noinline)) static void smash(volatile unsigned char *local, u32 size) {
  for (u32 i = 0; i < size; i++)
    local[i] = 'X';
}

__attribute__((export_name("process"))) u64 process(u32 at, u32 size) {
  volatile unsigned char local[16];
  u32 from = (u32)(unsigned long)local;
  u32 behind = (u32)(unsigned long)secret + sizeof secret;
  for (u32 i = 0; i < 4; i++)
    seen[i] = secret[i];
  smash(local, behind - from);
  for (u32 i = 0; i < 4; i++)
    seen[4 + i] = secret[i];
  return output((u32)(unsigned long)seen, sizeof seen);
}
