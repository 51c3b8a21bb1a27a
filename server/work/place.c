/* The machine that executes runs, as provenance names it. */
#include <cpuid.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "work/execute.h"

/* The processor's own name; /proc may be hidden from a service. */
static void read_cpu(char *ret, size_t room, const struct kernels *k)
{
    unsigned part[12] = {0};
    char model[sizeof part + 1] = "unknown processor";
    bool known = __get_cpuid(0x80000002, &part[0], &part[1], &part[2], &part[3]) &&
                 __get_cpuid(0x80000003, &part[4], &part[5], &part[6], &part[7]) &&
                 __get_cpuid(0x80000004, &part[8], &part[9], &part[10], &part[11]);
    if (known)
        memcpy(model, part, sizeof part);
    const char *name = model + strspn(model, " ");
    snprintf(ret, room, "%s, %s", name, k->name);
}

void execution_place_init(struct execution_place *p, struct store *store,
                          struct catalogue *catalogue, const char *build,
                          double checkpoint_seconds)
{
    *p = (struct execution_place){
        .store = store, .catalogue = catalogue, .kernels = kernels_for(NULL),
        .build = build, .checkpoint_seconds = checkpoint_seconds};
    if (gethostname(p->host, sizeof p->host - 1) != 0)
        snprintf(p->host, sizeof p->host, "unknown");
    read_cpu(p->cpu, sizeof p->cpu, p->kernels);
}
