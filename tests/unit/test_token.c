#include "helpers.h"

#include <netinet/in.h>

#include "base/token.h"
#include "http/limits.h"
#include "http/tries.h"

static void token_has_its_form(void **state)
{
    (void)state;
    char text[TOKEN_TEXT], other[TOKEN_TEXT];
    struct token_parts parts, again, of_other;
    token_make(text);
    token_make(other);
    assert_int_equal(strlen(text), TOKEN_TEXT - 1);
    assert_memory_equal(text, "frg_", 4);
    assert_true(token_split(text, &parts) && token_split(text, &again));
    assert_true(token_split(other, &of_other));
    assert_memory_equal(parts.id, text + 4, 8);
    assert_int_equal(strlen(parts.digest), 64);
    assert_true(token_matches(parts.digest, again.digest));
    assert_false(token_matches(parts.digest, of_other.digest));
    assert_string_not_equal(text + 13, other + 13);
}

static void token_refuses_what_has_another_form(void **state)
{
    (void)state;
    char text[TOKEN_TEXT + 1];
    struct token_parts parts;
    token_make(text);
    for (size_t n = 0; n < TOKEN_TEXT - 1; n++) {
        char wrong[TOKEN_TEXT + 1];
        strcpy(wrong, text);
        wrong[n] = '!';
        assert_false(token_split(wrong, &parts));
        wrong[n] = '\0';
        assert_false(token_split(wrong, &parts));
    }
    strcat(text, "A");
    assert_false(token_split(text, &parts));
}

static struct sockaddr_in6 v6(const char *bytes, size_t n)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6};
    memcpy(&a.sin6_addr, bytes, n);
    return a;
}

static void tries_are_counted_by_network(void **state)
{
    (void)state;
    static struct tries t;
    tries_init(&t, 10);
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a000001)};
    struct sockaddr_in6 one = v6("\x20\x01\x0d\xb8\0\0\0\1\0\0\0\0\0\0\0\1", 16);
    struct sockaddr_in6 near = v6("\x20\x01\x0d\xb8\0\0\0\1\0\0\0\0\0\0\0\2", 16);
    struct sockaddr_in6 far = v6("\x20\x01\x0d\xb8\0\0\0\2\0\0\0\0\0\0\0\1", 16);
    struct sockaddr_in6 mapped = v6("\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1", 16);
    for (int i = 0; i < 3 * LIMIT_TRIES_PER_MINUTE; i++) { /* whatever time that takes */
        tries_count(&t, (struct sockaddr *)&one);
        tries_count(&t, (struct sockaddr *)&v4);
    }
    assert_in_range(tries_wait(&t, (struct sockaddr *)&one), 1, 6);
    assert_in_range(tries_wait(&t, (struct sockaddr *)&near), 1, 6);
    assert_in_range(tries_wait(&t, (struct sockaddr *)&mapped), 1, 6);
    assert_int_equal(tries_wait(&t, (struct sockaddr *)&far), 0);
    for (uint32_t i = 0; i < TRIES_ROWS; i++) { /* others need the room */
        v4.sin_addr.s_addr = htonl(0x0b000000 + i);
        tries_count(&t, (struct sockaddr *)&v4);
    }
    assert_int_equal(tries_wait(&t, (struct sockaddr *)&one), 0);
    tries_release(&t);
}

static int token_start(void **state)
{
    (void)state;
    return hash_start() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_has_its_form),
        cmocka_unit_test(token_refuses_what_has_another_form),
        cmocka_unit_test(tries_are_counted_by_network),
    };
    return cmocka_run_group_tests(tests, token_start, NULL);
}
