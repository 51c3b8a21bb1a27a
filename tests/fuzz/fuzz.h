/* What the fuzz targets share. Each is a program of libFuzzer: it makes inputs up, guided
 * by which code they reach, and a target ends the process when something is not as it
 * must be; so do the sanitizers that it is built with. */
#ifndef FRUGAL_TESTS_FUZZ_H
#define FRUGAL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                 \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);      \
            abort();                                                                     \
        }                                                                                \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#endif
