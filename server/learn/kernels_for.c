/* Chooses among the objects that kernels.c was compiled into. */
#include "learn/kernels.h"

#include <stdbool.h>
#include <string.h>

extern const struct kernels kernels_v4, kernels_v3, kernels_v1;

static bool runs_here(const struct kernels *k)
{
    if (k == &kernels_v4)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && runs_here(&kernels_v3);
    if (k == &kernels_v3)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
    return true;
}

const struct kernels *kernels_for(const char *name)
{
    static const struct kernels *const fastest_first[] = {&kernels_v4, &kernels_v3,
                                                          &kernels_v1};
    for (int i = 0; i < 3; i++) {
        const struct kernels *k = fastest_first[i];
        if ((name == NULL || strcmp(name, k->name) == 0) && runs_here(k))
            return k;
    }
    return NULL;
}
