/* In: doubles. Out: short texts, the same in every locale. */
#include "number.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char nothing[] = " ± 0";

enum { DIGITS_MIN = 2, DIGITS_MAX = 6 };

static const double smallest = 1e-300; /* no power of ten is lost above it */
static const double negligible = 1e-5; /* part of the mean */
static const double share_step = 1e-4; /* the last digit of a share */
static const double count_max = 1e15;  /* beyond, not every whole number is a double */

/* x = d.ddd * 10^exponent, after rounding to `digits` behind the point. */
static int exponent_of(double x, int digits)
{
    char text[64];
    int exponent = 0;
    snprintf(text, sizeof text, "%.*e", digits, x);
    const char *e = strchr(text, 'e');
    if (e != NULL)
        sscanf(e + 1, "%d", &exponent);
    return exponent;
}

static int clamp(int x, int least, int most)
{
    return x < least ? least : x > most ? most : x;
}

void number_count(char text[static NUMBER_TEXT], double mean, double sem)
{
    if (isnan(mean)) {
        strcpy(text, "-");
    } else if (fabs(mean) >= count_max) {
        number_energy(text, mean, sem);
    } else if (isnan(sem)) {
        snprintf(text, NUMBER_TEXT, "%.0f", mean);
    } else {
        double step = sem >= 100 ? pow(10, exponent_of(sem, 1) - 1) : 1;
        snprintf(text, NUMBER_TEXT, "%.0f ± %.0f", round(mean / step) * step,
                 round(sem / step) * step);
    }
}

/* Digits behind the point of a number with this exponent that show two of the error's. */
static int digits_for(int exponent, double sem)
{
    if (isnan(sem))
        return 3;
    return clamp(exponent - exponent_of(sem, 1) + 1, DIGITS_MIN, DIGITS_MAX);
}

/* Zero, or so small that the mean would have more digits than anybody reads. */
static bool is_nothing(double mean, double sem)
{
    return !isnan(sem) && sem < negligible * fabs(mean) + smallest;
}

static void plain(char text[static NUMBER_TEXT], double mean, double sem)
{
    int digits = clamp(1 - exponent_of(sem, 1), 0, DIGITS_MAX);
    if (isnan(sem)) /* a whole number needs none */
        digits = mean == round(mean) ? 0 : clamp(3 - exponent_of(mean, 3), 0, DIGITS_MAX);
    int n = snprintf(text, NUMBER_TEXT, "%.*f", digits, mean);
    if (!isnan(sem))
        snprintf(text + n, NUMBER_TEXT - (size_t)n, " ± %.*f", digits, sem);
}

void number_energy(char text[static NUMBER_TEXT], double mean, double sem)
{
    if (isnan(mean) || (fabs(mean) < smallest && isnan(sem))) {
        strcpy(text, isnan(mean) ? "-" : "0");
        return;
    }
    if (is_nothing(mean, sem)) {
        number_energy(text, mean, (double)NAN);
        strcat(text, nothing);
        return;
    }
    int digits = digits_for(exponent_of(mean, DIGITS_MAX), sem);
    int exponent = exponent_of(mean, digits);
    if (fabs(mean) < smallest || (exponent >= -3 && exponent < 4)) {
        plain(text, mean, sem);
        return;
    }
    double unit = pow(10, exponent);
    int n = snprintf(text, NUMBER_TEXT, "%.*fe%d", digits, mean / unit, exponent);
    if (!isnan(sem))
        snprintf(text + n, NUMBER_TEXT - (size_t)n, " ± %.*fe%d", digits, sem / unit,
                 exponent);
}

void number_share(char text[static NUMBER_TEXT], double mean, double sem)
{
    if (isnan(mean))
        strcpy(text, "-");
    else if (isnan(sem))
        snprintf(text, NUMBER_TEXT, "%.4f", mean);
    else if (sem < share_step / 2)
        snprintf(text, NUMBER_TEXT, "%.4f%s", mean, nothing);
    else
        snprintf(text, NUMBER_TEXT, "%.4f ± %.4f", mean, sem);
}

void number_duration(char text[static NUMBER_TEXT], double seconds)
{
    static const struct {
        double seconds;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    size_t i = 0;
    if (isnan(seconds) || seconds < 0)
        seconds = 0;
    while (i < 3 && seconds < 2 * units[i].seconds)
        i++;
    snprintf(text, NUMBER_TEXT, "%.0f %s", floor(seconds / units[i].seconds),
             units[i].name);
}

const char *number_plural(int64_t n)
{
    return n == 1 ? "" : "s";
}
