/* IDX files, plain or gzip: reading, scanning and looking at the header agree. With a
 * first byte z the rest is zipped here, so that what gzip hides can be reached. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "data/idx.h"

enum { MOST = 1 << 20 };

static int file = -1;
static char path[40];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    CHECK(hash_start());
    file = memfd_create("idx", 0);
    CHECK(file >= 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return 0;
}

static void write_file(const void *bytes, size_t size)
{
    CHECK(ftruncate(file, 0) == 0);
    CHECK(pwrite(file, bytes, size, 0) == (ssize_t)size);
}

static void write_zipped(const uint8_t *bytes, size_t size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)size};
    CHECK(deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    size_t room = deflateBound(&z, size);
    uint8_t *out = malloc(room);
    z.next_out = out;
    z.avail_out = (uInt)room;
    CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    write_file(out, room - z.avail_out);
    deflateEnd(&z);
    free(out);
}

static void check_same(const struct idx *a, const struct idx *b)
{
    CHECK(a->dims == b->dims && a->count == b->count);
    for (uint32_t i = 0; i < a->dims; i++)
        CHECK(a->size[i] == b->size[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct idx read, scanned, header;
    struct buf why;
    buf_init(&why, 1000);
    if (size > 0 && *bytes == 'z')
        write_zipped(bytes + 1, size - 1);
    else
        write_file(bytes, size);
    enum status r = idx_read(path, &read, &why);
    CHECK(r == STATUS_OK || why.len > 0 || r == STATUS_NO_MEMORY);
    buf_clear(&why);
    enum status s = idx_scan(path, "it", MOST, &scanned, &why);
    CHECK(s == STATUS_OK || why.len > 0);
    buf_clear(&why);
    enum status p = idx_peek(path, &header, &why);
    if (s == STATUS_OK) { /* which asks for more */
        CHECK(r == STATUS_OK);
        CHECK(strcmp(read.sha256, scanned.sha256) == 0 && read.most == scanned.most);
        check_same(&read, &scanned);
    }
    if (r == STATUS_OK) {
        CHECK(p == STATUS_OK);
        check_same(&read, &header);
        idx_release(&read);
    }
    buf_release(&why);
    return 0;
}
