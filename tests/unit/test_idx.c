#include "idx_files.h"

#include "data/idx.h"

static char folder[FOLDER_PATH], path[FILE_PATH];
static struct buf file, zipped, why;

static int start(void **state)
{
    (void)state;
    folder_make(folder);
    snprintf(path, sizeof path, "%s/file", folder);
    buf_init(&file, 1 << 24);
    buf_init(&zipped, 1 << 24);
    buf_init(&why, 1000);
    return hash_start() ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    folder_remove(folder);
    buf_release(&file);
    buf_release(&zipped);
    buf_release(&why);
    return 0;
}

/* Fills `file` with a sound file of 3 x 2 x 5 bytes. */
static void make_file(void)
{
    buf_clear(&file);
    buf_clear(&zipped);
    idx_file(&file, 3, (const uint32_t[]){3, 2, 5}, 255);
}

/* Both forms of what is in `file` are refused, with a sentence that names the path. */
static void refused(const char *name, const struct buf *bytes, const char *words)
{
    struct idx x = {.bytes = NULL};
    file_write(path, bytes->data, bytes->len);
    buf_clear(&why);
    enum status status = idx_read(path, &x, &why);
    if (status != STATUS_BAD_DATASET || x.bytes != NULL ||
        strncmp(why.data, path, strlen(path)) != 0 || strstr(why.data, words) == NULL)
        fail_msg("%s: %s, %s", name, status_name(status), why.data);
}

static void refused_both(const char *name, const char *words)
{
    refused(name, &file, words);
    buf_clear(&zipped);
    gzip_add(&zipped, file.data, file.len);
    refused(name, &zipped, words);
}

static void check_content(uint32_t dims, const uint32_t *size, const struct buf *bytes)
{
    struct idx x = {.bytes = NULL}, header = {.bytes = NULL};
    char sha256[HASH_TEXT];
    size_t count = 1;
    file_write(path, bytes->data, bytes->len);
    buf_clear(&why);
    if (idx_read(path, &x, &why) != STATUS_OK)
        fail_msg("%s", why.data);
    assert_int_equal(idx_peek(path, &header, &why), STATUS_OK);
    assert_string_equal(why.data, "");
    assert_int_equal(x.dims, dims);
    assert_int_equal(header.dims, dims);
    for (uint32_t d = 0; d < dims; d++) {
        assert_int_equal(x.size[d], size[d]);
        assert_int_equal(header.size[d], size[d]);
        count *= size[d];
    }
    assert_int_equal(x.count, count);
    assert_null(header.bytes);
    assert_memory_equal(x.bytes, file.data + file.len - count, count);
    hash_text(file.data, file.len, sha256);
    assert_string_equal(x.sha256, sha256);
    idx_release(&x);
    assert_null(x.bytes);
    idx_release(&x);
}

static void reads_plain_and_gzip(void **state)
{
    (void)state;
    static const uint32_t sizes[][4] = {
        {1}, {7}, {2, 3}, {10, 28, 28}, {2, 3, 4, 5}, {3000, 28, 28}, {1 << 20}};
    static const uint32_t dims[] = {1, 1, 2, 3, 4, 3, 1};
    for (int i = 0; i < 7; i++) {
        buf_clear(&file);
        buf_clear(&zipped);
        idx_file(&file, dims[i], sizes[i], 255);
        check_content(dims[i], sizes[i], &file);
        gzip_add(&zipped, file.data, file.len);
        check_content(dims[i], sizes[i], &zipped);
    }
}

/* gzip allows several members; together they must be one file. */
static void members_are_read_as_one(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= 46; cut++) {
        make_file();
        gzip_add(&zipped, file.data, cut);
        gzip_add(&zipped, file.data + cut, file.len - cut);
        check_content(3, (const uint32_t[]){3, 2, 5}, &zipped);
    }
    buf_clear(&zipped);
    gzip_add(&zipped, file.data, file.len);
    gzip_add(&zipped, file.data, file.len);
    refused("two files", &zipped, "longer");
}

static void every_truncation_is_noticed(void **state)
{
    (void)state;
    make_file();
    gzip_add(&zipped, file.data, file.len);
    for (size_t n = 0; n < zipped.len; n++) {
        struct buf part = zipped;
        part.len = n;
        refused("truncated gzip", &part, "");
    }
    while (file.len > 0) {
        file.len--;
        refused_both("truncated", "ends too early");
    }
}

static void every_flipped_bit_of_gzip_is_noticed(void **state)
{
    (void)state;
    make_file();
    gzip_add(&zipped, file.data, file.len);
    /* Flags, time and system in the header may be anything. */
    for (size_t i = 10; i < zipped.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct idx x = {.bytes = NULL};
            zipped.data[i] = (char)(zipped.data[i] ^ 1 << bit);
            file_write(path, zipped.data, zipped.len);
            buf_clear(&why);
            if (idx_read(path, &x, &why) ==
                STATUS_OK) /* the same bytes, spelt otherwise */
                assert_memory_equal(x.bytes, file.data + 16, 30);
            idx_release(&x);
            zipped.data[i] = (char)(zipped.data[i] ^ 1 << bit);
        }
    for (size_t i = zipped.len - 8; i < zipped.len; i++) {
        zipped.data[i] ^= 4;
        refused("checksum or length", &zipped, "damaged");
        zipped.data[i] ^= 4;
    }
}

static void what_follows_is_refused(void **state)
{
    (void)state;
    make_file();
    buf_addc(&file, 0);
    refused_both("one byte more", "longer");
    make_file();
    gzip_add(&zipped, file.data, file.len);
    buf_adds(&zipped, "junk");
    refused("junk behind gzip", &zipped, "");
    make_file();
    gzip_add(&zipped, file.data, file.len);
    buf_adds(&zipped, "\x1f\x8b\x08");
    refused("half a member", &zipped, "");
}

static void wrong_headers_are_refused(void **state)
{
    (void)state;
    static const uint32_t huge[] = {65536, 65536, 65536, 65536};
    static const struct {
        const char *name;
        uint32_t at, value;
        const char *words;
    } wrong[] = {{"magic", 0, 1, "not an IDX"},    {"magic", 1, 1, "not an IDX"},
                 {"float", 2, 0x0d, "unsigned"},   {"signed", 2, 0x09, "unsigned"},
                 {"type 0", 2, 0, "unsigned"},     {"0 dims", 3, 0, "not an IDX"},
                 {"5 dims", 3, 5, "4 dimensions"}, {"255 dims", 3, 255, "4 dimensions"},
                 {"dim 0", 7, 0, "dimension"},     {"dim 0", 15, 0, "dimension"},
                 {"longer", 15, 6, "too early"},   {"shorter", 15, 4, "longer"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        make_file();
        file.data[wrong[i].at] = (char)wrong[i].value;
        refused_both(wrong[i].name, wrong[i].words);
    }
    for (uint32_t dims = 2; dims <= 4; dims++) {
        buf_clear(&file);
        idx_header(&file, dims, huge);
        buf_adds(&file, "some bytes");
        refused_both("huge", dims == 2 ? "too early" : "4 GiB");
    }
    static const uint32_t most[] = {UINT32_MAX, 1};
    buf_clear(&file);
    idx_header(&file, 2, most);
    refused_both("largest dim", "2^24");
    buf_clear(&file);
    idx_header(&file, 4, (const uint32_t[]){1 << 24, 1 << 24, 1 << 16, 1});
    refused_both("2^64 bytes", "4 GiB");
}

static void missing_files_are_named(void **state)
{
    (void)state;
    struct idx x = {.bytes = NULL};
    snprintf(path, sizeof path, "%s/no-such-file", folder);
    buf_clear(&why);
    assert_int_equal(idx_read(path, &x, &why), STATUS_NOT_FOUND);
    assert_non_null(strstr(why.data, path));
    assert_int_equal(idx_peek(path, &x, &why), STATUS_NOT_FOUND);
    buf_clear(&why);
    assert_int_equal(idx_read(folder, &x, &why), STATUS_BAD_DATASET);
    snprintf(path, sizeof path, "%s/file", folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plain_and_gzip),
        cmocka_unit_test(members_are_read_as_one),
        cmocka_unit_test(every_truncation_is_noticed),
        cmocka_unit_test(every_flipped_bit_of_gzip_is_noticed),
        cmocka_unit_test(what_follows_is_refused),
        cmocka_unit_test(wrong_headers_are_refused),
        cmocka_unit_test(missing_files_are_named),
    };
    return cmocka_run_group_tests(tests, start, end);
}
