/* The machine that executes runs, and what computes on it, as provenance names them. */
#include <cpuid.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
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

/* What identifies the build of a loaded library, from its notes (elf(5)). */
static void add_build_id(struct buf *b, const char *note, size_t size)
{
    static const char owner[] = "GNU";
    ElfW(Nhdr) head;
    while (size >= sizeof head) {
        memcpy(&head, note, sizeof head);
        size_t name = (head.n_namesz + 3) & ~3U, data = (head.n_descsz + 3) & ~3U;
        if (name + data > size - sizeof head)
            return;
        const char *at = note + sizeof head;
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == sizeof owner &&
            memcmp(at, owner, sizeof owner) == 0)
            buf_add(b, at + name, head.n_descsz);
        note += sizeof head + name + data;
        size -= sizeof head + name + data;
    }
}

static int add_sleef(struct dl_phdr_info *library, size_t size, void *arg)
{
    (void)size;
    if (strstr(library->dlpi_name, "/libsleef.so") == NULL)
        return 0;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &library->dlpi_phdr[i];
        if (p->p_type == PT_NOTE)
            add_build_id(arg, (const char *)library->dlpi_addr + p->p_vaddr, p->p_memsz);
    }
    return 1;
}

/* The functions of SLEEF decide the numbers as our own code does, but come as a shared
 * library, which may be replaced without a build of ours: the one that is loaded counts.
 * Of libm only sqrt and the like are called, which IEEE 754 leaves no choice. */
static void name_core(const char *built, char ret[static CORE_TEXT])
{
    char hash[HASH_TEXT];
    struct buf all;
    buf_init(&all, 1000);
    buf_adds(&all, built);
    dl_iterate_phdr(add_sleef, &all);
    hash_text(all.data, all.len, hash);
    snprintf(ret, CORE_TEXT, "%.*s", CORE_TEXT - 1, hash);
    buf_release(&all);
}

void execution_place_init(struct execution_place *p, struct desk *desk,
                          const struct build *build, double checkpoint_seconds)
{
    *p = (struct execution_place){.desk = desk,
                                  .kernels = kernels_for(NULL),
                                  .build = build->version,
                                  .stop_reason = "the server stopped",
                                  .checkpoint_seconds = checkpoint_seconds};
    if (gethostname(p->host, sizeof p->host - 1) != 0)
        snprintf(p->host, sizeof p->host, "unknown");
    read_cpu(p->cpu, sizeof p->cpu, p->kernels);
    name_core(build->core, p->core);
}
