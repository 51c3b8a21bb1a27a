#include "idx_files.h"

#include <sys/stat.h>

#include "base/log.h"
#include "data/catalogue.h"

/* What a data set on the disk looks like; 0 takes the usual value. */
struct shape {
    uint32_t train, train_labels, test, test_labels, height, test_height;
    int most_label, most_test_label;
    uint32_t image_dims;
    bool zip, dots;
    const char *without; /* a file that is left out */
};

static char top[FOLDER_PATH], first[FILE_PATH], second[FILE_PATH], both[3 * FILE_PATH];
static struct buf why;

static uint32_t or_else(uint32_t n, uint32_t usual)
{
    return n != 0 ? n : usual;
}

static void write_one(const struct shape *s, const char *where, const char *stem,
                      uint32_t dims, const uint32_t *size, int most)
{
    struct buf bytes, zipped;
    char path[2 * FILE_PATH];
    if (s->without != NULL && strcmp(s->without, stem) == 0)
        return;
    buf_init(&bytes, 1 << 20);
    buf_init(&zipped, 1 << 20);
    idx_file(&bytes, dims, size, most);
    if (s->zip)
        gzip_add(&zipped, bytes.data, bytes.len);
    snprintf(path, sizeof path, "%s/%s%cidx%d-ubyte%s", where, stem, s->dots ? '.' : '-',
             strstr(stem, "images") ? 3 : 1, s->zip ? ".gz" : "");
    file_write(path, s->zip ? zipped.data : bytes.data, s->zip ? zipped.len : bytes.len);
    buf_release(&bytes);
    buf_release(&zipped);
}

static void write_set(const char *folder, const char *name, const struct shape *s)
{
    char where[2 * FILE_PATH];
    snprintf(where, sizeof where, "%s/%s", folder, name);
    mkdir(where, 0700);
    uint32_t train = or_else(s->train, 12), test = or_else(s->test, 6);
    uint32_t height = or_else(s->height, 3), dims = or_else(s->image_dims, 3);
    int most = s->most_label ? s->most_label : 2;
    int most_test = s->most_test_label ? s->most_test_label : most;
    write_one(s, where, "train-images", dims, (const uint32_t[]){train, height, 4, 1},
              255);
    write_one(s, where, "t10k-images", dims,
              (const uint32_t[]){test, or_else(s->test_height, height), 4, 1}, 255);
    write_one(s, where, "train-labels", 1, &(uint32_t){or_else(s->train_labels, train)},
              most);
    write_one(s, where, "t10k-labels", 1, &(uint32_t){or_else(s->test_labels, test)},
              most_test);
}

static int start(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    folder_make(top);
    snprintf(first, sizeof first, "%s/first", top);
    snprintf(second, sizeof second, "%s/second", top);
    snprintf(both, sizeof both, ":%s:%s/missing::%s", first, top, second);
    mkdir(first, 0700);
    mkdir(second, 0700);
    write_set(first, "plain", &(struct shape){.train = 0});
    write_set(first, "twice", &(struct shape){.train = 20});
    write_set(second, "twice", &(struct shape){.train = 30});
    write_set(second, "zipped", &(struct shape){.zip = true, .height = 5});
    write_set(second, "dotted", &(struct shape){.dots = true});
    write_set(second, ".hidden", &(struct shape){.train = 0});
    write_set(second, "no-labels", &(struct shape){.without = "train-labels"});
    buf_init(&why, 2000);
    return hash_start() ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    buf_release(&why);
    folder_remove(top);
    return 0;
}

static struct catalogue *open_both(void)
{
    struct catalogue *c = NULL;
    if (catalogue_open(both, "", &c) != STATUS_OK)
        abort();
    buf_clear(&why);
    return c;
}

static void lists_what_is_there(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t train, height;
    } want[] = {{"dotted", 12, 3}, {"plain", 12, 3}, {"twice", 20, 3}, {"zipped", 12, 5}};
    struct catalogue *c = open_both();
    struct dataset_info *infos = NULL;
    size_t count = 0;
    assert_int_equal(catalogue_list(c, &infos, &count), STATUS_OK);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(infos[i].name, want[i].name);
        assert_int_equal(infos[i].train, want[i].train);
        assert_int_equal(infos[i].test, 6);
        assert_int_equal(infos[i].height, want[i].height);
        assert_int_equal(infos[i].width, 4);
        assert_false(infos[i].loaded);
    }
    free(infos);
    write_set(second, "late", &(struct shape){.train = 0});
    assert_int_equal(catalogue_list(c, &infos, &count), STATUS_OK);
    assert_int_equal(count, 5);
    free(infos);
    catalogue_close(c);
    char late[2 * FILE_PATH];
    snprintf(late, sizeof late, "%s/late", second);
    folder_remove(late);
    catalogue_close(NULL);
}

static void loads_a_set_once(void **state)
{
    (void)state;
    struct catalogue *c = open_both();
    const struct dataset *d = NULL, *again = NULL;
    assert_int_equal(catalogue_get(c, "twice", &d, &why), STATUS_OK);
    assert_int_equal(catalogue_get(c, "twice", &again, &why), STATUS_OK);
    assert_ptr_equal(d, again);
    assert_true(d->info.loaded);
    assert_string_equal(d->info.name, "twice");
    assert_int_equal(d->info.train, 20);
    assert_int_equal(d->info.classes, 3);
    assert_int_equal(strlen(d->info.sha256[TEST_LABELS]), 64);
    assert_string_not_equal(d->info.sha256[TRAIN_IMAGES], d->info.sha256[TEST_IMAGES]);
    double sum = 0;
    for (int i = 0; i < 20 * 12; i++)
        sum += i % 256;
    for (int centred = 0; centred < 2; centred++) {
        const struct samples *train = d->train[centred], *test = d->test[centred];
        float background = centred ? (float)-(sum / (20 * 12) / 255) : 0;
        assert_int_equal(train->count, 20);
        assert_int_equal(test->count, 6);
        assert_int_equal(train->features, 12);
        assert_int_equal(test->classes, 3);
        assert_true(train->background == background && test->background == background);
        assert_int_equal(train->label[4], 1);
        assert_true(train->value[0] == 1.0f / 255.0f && train->index[0] == 1);
    }
    struct dataset_info *infos = NULL;
    size_t count = 0;
    assert_int_equal(catalogue_list(c, &infos, &count), STATUS_OK);
    assert_true(infos[2].loaded && !infos[1].loaded);
    assert_int_equal(infos[2].classes, 3);
    free(infos);
    catalogue_close(c);
}

static void plain_and_gzip_are_the_same(void **state)
{
    (void)state;
    struct catalogue *c = open_both();
    const struct dataset *a = NULL, *b = NULL;
    write_set(first, "unzipped", &(struct shape){.height = 5});
    assert_int_equal(catalogue_get(c, "zipped", &a, &why), STATUS_OK);
    assert_int_equal(catalogue_get(c, "unzipped", &b, &why), STATUS_OK);
    for (int f = 0; f < DATASET_FILES; f++)
        assert_string_equal(a->info.sha256[f], b->info.sha256[f]);
    assert_int_equal(catalogue_get(c, "dotted", &a, &why), STATUS_OK);
    catalogue_close(c);
    char folder[2 * FILE_PATH];
    snprintf(folder, sizeof folder, "%s/unzipped", first);
    folder_remove(folder);
}

static void damaged_sets_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct shape shape;
        const char *words;
    } wrong[] = {
        {{.train_labels = 11}, "labels"},
        {{.test_labels = 7}, "labels"},
        {{.most_label = 2, .most_test_label = 3}, "label"},
        {{.test_height = 4}, "differ in size"},
        {{.image_dims = 2}, "3 dimensions"},
        {{.image_dims = 4}, "3 dimensions"},
    };
    struct catalogue *c = open_both();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char name[20], folder[2 * FILE_PATH];
        const struct dataset *d = NULL;
        snprintf(name, sizeof name, "wrong%zu", i);
        write_set(first, name, &wrong[i].shape);
        buf_clear(&why);
        enum status status = catalogue_get(c, name, &d, &why);
        if (status != STATUS_BAD_DATASET || d != NULL || strstr(why.data, name) == NULL ||
            strstr(why.data, wrong[i].words) == NULL)
            fail_msg("%s: %s, %s", name, status_name(status), why.data);
        /* Once it is put right, it loads. */
        snprintf(folder, sizeof folder, "%s/%s", first, name);
        folder_remove(folder);
        write_set(first, name, &(struct shape){.train = 0});
        assert_int_equal(catalogue_get(c, name, &d, &why), STATUS_OK);
        folder_remove(folder);
    }
    catalogue_close(c);
}

static void unknown_names_get_a_suggestion(void **state)
{
    (void)state;
    static const char *const none[] = {"",
                                       ".",
                                       "..",
                                       ".hidden",
                                       "no-labels",
                                       "first/plain",
                                       "../first/plain",
                                       "nothing-like-it"};
    struct catalogue *c = open_both();
    const struct dataset *d = NULL;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        buf_clear(&why);
        assert_int_equal(catalogue_get(c, none[i], &d, &why), STATUS_NOT_FOUND);
        assert_null(d);
        assert_non_null(strstr(why.data, "no data set"));
    }
    assert_null(strstr(why.data, "did you mean"));
    assert_int_equal(catalogue_get(c, "ziped", &d, &why), STATUS_NOT_FOUND);
    assert_non_null(strstr(why.data, "did you mean \"zipped\""));
    catalogue_close(c);
    assert_int_equal(catalogue_open("", "", &c), STATUS_OK);
    assert_int_equal(catalogue_get(c, "plain", &d, &why), STATUS_NOT_FOUND);
    struct dataset_info *infos = NULL;
    size_t count = 7;
    assert_int_equal(catalogue_list(c, &infos, &count), STATUS_OK);
    assert_int_equal(count, 0);
    free(infos);
    catalogue_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_what_is_there),
        cmocka_unit_test(loads_a_set_once),
        cmocka_unit_test(plain_and_gzip_are_the_same),
        cmocka_unit_test(damaged_sets_are_refused),
        cmocka_unit_test(unknown_names_get_a_suggestion),
    };
    return cmocka_run_group_tests(tests, start, end);
}
