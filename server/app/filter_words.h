/* From words of a filter to fields and values. Private to the floor. */
#ifndef FRUGAL_APP_FILTER_WORDS_H
#define FRUGAL_APP_FILTER_WORDS_H

#include "app/filter.h"

/* Fills an error; "column" is where the word begins. Returns BAD_REQUEST. */
__attribute__((format(printf, 4, 5))) enum status filter_fail(struct filter_error *e,
                                                              const char *code,
                                                              const char *suggestion,
                                                              const char *detail, ...);

/* The field that a word names. *path is used for those of a spec and must live as long as
 * *ret. BAD_REQUEST, NO_MEMORY. */
enum status filter_term(enum query_of of, const char *word, bool to_sort,
                        struct spec_path *path, struct query_term *ret,
                        struct filter_error *error);

/* The value that a word stands for beside a field; texts stay where they are. `quoted`:
 * it is nothing but a text. BAD_REQUEST. */
enum status filter_value(const struct query_term *of, const struct spec_path *path,
                         const char *word, bool quoted, int64_t now, struct value *ret,
                         struct filter_error *error);

/* Milliseconds since 1970 of a time as people write it. False: it is none. */
bool filter_time(const char *word, int64_t now, double *ret);

#endif
