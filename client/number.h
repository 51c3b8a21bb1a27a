/* Numbers as people read them in a table. A mean comes with its standard error; NaN as
 * standard error means that there is none (n < 2), NaN as mean that there is no value.
 * An error that is zero, or too small to be shown beside its mean, is "± 0". */
#ifndef FRUGAL_CLIENT_NUMBER_H
#define FRUGAL_CLIENT_NUMBER_H

#include <stdint.h>

enum { NUMBER_TEXT = 64 };

/* "41200 ± 820": both rounded to the second digit of the error. */
void number_count(char text[static NUMBER_TEXT], double mean, double sem);

/* "3.280e9 ± 0.014e9": one exponent for both, two digits of the error. Without exponent
 * below ten thousand; four digits of the mean where the error is "± 0". */
void number_energy(char text[static NUMBER_TEXT], double mean, double sem);

/* "0.9512 ± 0.0008" */
void number_share(char text[static NUMBER_TEXT], double mean, double sem);

/* "12 s", "3 min", "5 h", "2 d"; at least zero. */
void number_duration(char text[static NUMBER_TEXT], double seconds);

/* The ending of the noun behind the number n. */
const char *number_plural(int64_t n);

#endif
