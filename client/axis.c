/* In: the range of values. Out: ends and ticks. */
#include "axis.h"

#include <math.h>
#include <stdio.h>

static const double air = 0.05, wanted_steps = 5;

enum { DECADES_FOR_POWERS = 2 /* more than these: only powers of ten have a label */ };

/* "3×10⁹", "10⁹", or "300" as long as that is short. */
static void write_label(char label[static AXIS_LABEL], double value)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴",
                                         "⁵", "⁶", "⁷", "⁸", "⁹"};
    double size = fabs(value);
    if (value == 0 || (size >= 0.999e-3 && size < 9999.5)) {
        snprintf(label, AXIS_LABEL, "%.6g", value);
        return;
    }
    int power = (int)floor(log10(size * (1 + 1e-12)));
    double mantissa = value / pow(10, power);
    int n = fabs(mantissa - 1) < 1e-9 ? snprintf(label, AXIS_LABEL, "10")
                                      : snprintf(label, AXIS_LABEL, "%.3g×10", mantissa);
    int digits = power < 0 ? -power : power;
    n += snprintf(label + n, AXIS_LABEL - (size_t)n, "%s", power < 0 ? "⁻" : "");
    if (digits >= 100)
        n += snprintf(label + n, AXIS_LABEL - (size_t)n, "%s", raised[digits / 100 % 10]);
    if (digits >= 10)
        n += snprintf(label + n, AXIS_LABEL - (size_t)n, "%s", raised[digits / 10 % 10]);
    snprintf(label + n, AXIS_LABEL - (size_t)n, "%s", raised[digits % 10]);
}

static void add_tick(struct axis *a, double value, bool has_label)
{
    double slack = 1e-9 * (a->high - a->low);
    if (value < a->low - slack || value > a->high + slack || a->ticks == AXIS_TICKS_MAX)
        return;
    struct tick *t = &a->tick[a->ticks++];
    t->value = value;
    t->label[0] = '\0';
    if (has_label)
        write_label(t->label, value);
}

static void tick_linear(struct axis *a)
{
    double rough = (a->high - a->low) / wanted_steps,
           power = pow(10, floor(log10(rough)));
    double part = rough / power;
    double step = power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
    for (double i = ceil(a->low / step - 1e-9); i * step <= a->high + 1e-9 * step; i++)
        add_tick(a, i * step + 0.0, true); /* never -0 */
}

static void tick_log(struct axis *a)
{
    double decades = log10(a->high / a->low);
    int first = (int)floor(log10(a->low)), last = (int)ceil(log10(a->high));
    int every = 1 + (last - first) / 9;
    for (int power = first; power <= last; power++)
        for (int m = 1; m < 10; m++) {
            bool has_label = m == 1 ? (power - first) % every == 0
                                    : decades < DECADES_FOR_POWERS && (m == 2 || m == 5);
            add_tick(a, m * pow(10, power), has_label);
        }
}

void axis_fit(struct axis *a, bool is_log, double low, double high, bool from_zero)
{
    *a = (struct axis){.is_log = is_log};
    if (is_log) {
        double range = log10(high / low), spare = range > 0 ? air * range : 0.3;
        a->low = low * pow(10, -spare);
        a->high = high * pow(10, spare);
        tick_log(a);
        return;
    }
    bool zero = from_zero && low >= 0;
    double range = high - (zero ? 0 : low);
    double spare = range > 0 ? air * range : high != 0 ? 0.1 * fabs(high) : 1;
    a->low = zero ? 0 : low - spare;
    a->high = high + spare;
    tick_linear(a);
}

double axis_place(const struct axis *a, double value)
{
    if (a->is_log)
        return log(value / a->low) / log(a->high / a->low);
    return (value - a->low) / (a->high - a->low);
}
