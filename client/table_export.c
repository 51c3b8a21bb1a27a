/* In: a table of texts. Out: LaTeX and HTML in which no text can become a command. */
#include "table_export.h"

#include <ctype.h>
#include <string.h>

static void add_latex_char(struct buf *b, const char *c)
{
    static const struct {
        const char *text, *latex;
    } special[] = {
        {"\\", "\\textbackslash{}"},  {"~", "\\textasciitilde{}"},
        {"^", "\\textasciicircum{}"}, {"<", "\\textless{}"},
        {">", "\\textgreater{}"},     {"|", "\\textbar{}"},
    };
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (*c == *special[i].text) {
            buf_adds(b, special[i].latex);
            return;
        }
    if (strchr("&%$#_{}", *c) != NULL)
        buf_addc(b, '\\');
    buf_addc(b, *c);
}

static void add_latex_text(struct buf *b, const char *text)
{
    for (; *text != '\0'; text++)
        add_latex_char(b, text);
}

/* "3.28", or "3.28e9" with *ret_exponent on "e9"; the end of it, NULL: no number. */
static const char *read_number(const char *s, const char **ret_exponent)
{
    size_t digits = strspn(s + (*s == '-'), "0123456789.") + (*s == '-');
    *ret_exponent = NULL;
    if (digits == (size_t)(*s == '-'))
        return NULL;
    s += digits;
    if (*s == 'e' && isdigit((unsigned char)s[1 + (s[1] == '-')])) {
        *ret_exponent = s++;
        s += *s == '-';
        s += strspn(s, "0123456789");
    }
    return s;
}

static void add_power(struct buf *b, const char *exponent)
{
    if (exponent != NULL)
        buf_addf(b, "\\times 10^{%.*s}", (int)strspn(exponent + 1, "-0123456789"),
                 exponent + 1);
}

/* A number, perhaps with its error or as a bound. False: it is something else. */
static bool add_formula(struct buf *b, const char *text)
{
    static const char plus_minus[] = " ± ", at_least[] = "≥ ";
    bool bound = strncmp(text, at_least, strlen(at_least)) == 0;
    const char *mean = text + (bound ? strlen(at_least) : 0), *power, *ignored;
    const char *end = read_number(mean, &power);
    if (end == NULL || (!bound && power == NULL && *end == '\0'))
        return false;
    int digits = (int)((power != NULL ? power : end) - mean);
    if (*end == '\0') {
        buf_addf(b, "$%s%.*s", bound ? "\\geq " : "", digits, mean);
    } else if (strncmp(end, plus_minus, strlen(plus_minus)) == 0) {
        const char *error = end + strlen(plus_minus),
                   *stop = read_number(error, &ignored);
        if (stop == NULL || *stop != '\0')
            return false;
        int error_digits = (int)((ignored != NULL ? ignored : stop) - error);
        buf_addf(b, "$%s%.*s \\pm %.*s%s", power != NULL ? "(" : "", digits, mean,
                 error_digits, error, power != NULL ? ")" : "");
    } else {
        return false;
    }
    add_power(b, power);
    buf_addc(b, '$');
    return true;
}

static void add_latex_row(const struct table *t, size_t row, struct buf *b)
{
    for (size_t c = 0; c < t->columns; c++) {
        const char *text = t->cells[row * t->columns + c].text;
        buf_adds(b, c > 0 ? " & " : "");
        if (row == 0 || !add_formula(b, text))
            add_latex_text(b, text);
    }
    buf_adds(b, " \\\\\n");
}

void table_latex(const struct table *t, const char *comment, struct buf *b)
{
    buf_addf(b, "%% %s\n\\begin{tabular}{", comment);
    for (size_t c = 0; c < t->columns; c++)
        buf_addc(b, t->cells[c].side == TABLE_RIGHT ? 'r' : 'l');
    buf_adds(b, "}\n\\toprule\n");
    for (size_t row = 0; row < t->count / t->columns; row++) {
        add_latex_row(t, row, b);
        if (row == 0)
            buf_adds(b, "\\midrule\n");
    }
    buf_adds(b, "\\bottomrule\n\\end{tabular}\n");
}

void table_add_escaped(struct buf *b, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<')
            buf_adds(b, "&lt;");
        else if (*text == '>')
            buf_adds(b, "&gt;");
        else if (*text == '&')
            buf_adds(b, "&amp;");
        else if (*text == '"')
            buf_adds(b, "&quot;");
        else
            buf_addc(b, *text);
    }
}

void table_html(const struct table *t, struct buf *b)
{
    buf_adds(b, "<table>\n");
    for (size_t row = 0; row < t->count / t->columns; row++) {
        const char *kind = row == 0 ? "th" : "td";
        buf_adds(b, "<tr>");
        for (size_t c = 0; c < t->columns; c++) {
            buf_addf(b, "<%s>", kind);
            table_add_escaped(b, t->cells[row * t->columns + c].text);
            buf_addf(b, "</%s>", kind);
        }
        buf_adds(b, "</tr>\n");
    }
    buf_adds(b, "</table>\n");
}
