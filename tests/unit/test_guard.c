#include "helpers.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/buf.h"
#include "data/guard.h"

static bool allows(const struct guard *g, const char *address, uint16_t port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
        return guard_allows(g, (const struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
    return guard_allows(g, (const struct sockaddr *)&v6);
}

static void check_all(const struct guard *g, const char *const *address, bool allowed)
{
    for (; *address != NULL; address++)
        if (allows(g, *address, 80) != allowed)
            fail_msg("%s is %s", *address, allowed ? "denied" : "allowed");
}

/* The first and the last address of each range, and those beside them. */
static void only_public_addresses_pass(void **state)
{
    (void)state;
    static const char *const denied[] = {"0.0.0.0",
                                         "0.255.255.255",
                                         "10.0.0.0",
                                         "10.255.255.255",
                                         "100.64.0.0",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.255.255",
                                         "169.254.0.0",
                                         "169.254.169.254",
                                         "172.16.0.0",
                                         "172.31.255.255",
                                         "192.0.0.0",
                                         "192.0.0.255",
                                         "192.0.2.1",
                                         "192.88.99.1",
                                         "192.168.0.0",
                                         "192.168.255.255",
                                         "198.18.0.0",
                                         "198.19.255.255",
                                         "198.51.100.1",
                                         "203.0.113.1",
                                         "224.0.0.0",
                                         "239.255.255.255",
                                         "240.0.0.0",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::7f00:1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.1.2.3",
                                         "64:ff9b::7f00:1",
                                         "2002:7f00:1::",
                                         "2001::1",
                                         "2001:1ff::",
                                         "fc00::",
                                         "fdff::1",
                                         "fe80::1",
                                         "febf::1",
                                         "fec0::1",
                                         "feff::1",
                                         "ff02::1",
                                         NULL};
    static const char *const passed[] = {
        "1.0.0.0",     "9.255.255.255",   "11.0.0.0",       "100.63.255.255",
        "100.128.0.0", "126.255.255.255", "128.0.0.0",      "169.253.255.255",
        "169.255.0.0", "172.15.255.255",  "172.32.0.0",     "192.0.1.0",
        "192.0.3.0",   "192.167.255.255", "192.169.0.0",    "198.17.255.255",
        "198.20.0.0",  "223.255.255.255", "::ffff:8.8.8.8", "2001:200::",
        "2a00::1",     "2600::1",         "2003::1",        "64:ff9c::1",
        NULL};
    struct guard g = {.allowed = 0};
    check_all(&g, denied, false);
    check_all(&g, passed, true);
}

static void some_ports_pass(void **state)
{
    (void)state;
    struct guard g = {.port = {8000}, .ports = 1};
    static const uint16_t ports[] = {80, 443, 8080, 8443, 8000};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        assert_true(allows(&g, "8.8.8.8", ports[i]));
    static const uint16_t others[] = {0, 22, 25, 8750, 8001, 65535};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(allows(&g, "8.8.8.8", others[i]));
    struct sockaddr local = {.sa_family = AF_UNIX};
    assert_false(guard_allows(&g, &local));
}

static void ranges_and_ports_are_read(void **state)
{
    (void)state;
    static const char *const inside[] = {"10.1.0.0",  "10.1.255.255", "::ffff:10.1.2.3",
                                         "fd00:1::1", "192.168.7.7",  NULL};
    static const char *const outside[] = {"10.0.255.255", "10.2.0.0",    "fd00:2::1",
                                          "192.168.7.6",  "192.168.7.8", NULL};
    struct guard g;
    struct buf why;
    buf_init(&why, 1000);
    assert_true(guard_read("10.1.0.0/16,fd00:1::/32,192.168.7.7", "8000,1", &g, &why));
    check_all(&g, inside, true);
    check_all(&g, outside, false);
    assert_true(allows(&g, "10.1.0.0", 8000) && allows(&g, "10.1.0.0", 1));
    static const char *const wrong[][2] = {
        {"10.1.0.0/33", ""},
        {"10.1.0.0/", ""},
        {"10.1.0.0/-1", ""},
        {"10.1/16", ""},
        {"localhost", ""},
        {"::/129", ""},
        {"10.1.0.0/8x", ""},
        {",", ""},
        {"", "0"},
        {"", "65536"},
        {"", "x"},
        {"", "80,,81"},
        {"", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        buf_clear(&why);
        if (guard_read(wrong[i][0], wrong[i][1], &g, &why) || why.len == 0)
            fail_msg("\"%s\" \"%s\" is taken", wrong[i][0], wrong[i][1]);
    }
    assert_true(guard_read("", "", &g, &why));
    assert_false(allows(&g, "127.0.0.1", 80));
    buf_release(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_public_addresses_pass),
        cmocka_unit_test(some_ports_pass),
        cmocka_unit_test(ranges_and_ports_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
