/* In: a stream and the environment. Out: what may be written to it. */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0';
}

bool terminal_is(FILE *f)
{
    return isatty(fileno(f)) == 1;
}

bool terminal_redraws(FILE *f)
{
    const char *term = getenv("TERM");
    return terminal_is(f) && term != NULL && strcmp(term, "dumb") != 0;
}

bool terminal_colours(FILE *f)
{
    return terminal_redraws(f) && !is_set("NO_COLOR");
}

struct terminal_size terminal_size(FILE *f)
{
    struct winsize w;
    if (ioctl(fileno(f), TIOCGWINSZ, &w) != 0 || w.ws_col == 0 || w.ws_row == 0)
        return (struct terminal_size){.columns = 80, .rows = 24};
    return (struct terminal_size){.columns = w.ws_col, .rows = w.ws_row};
}

void terminal_paint(struct buf *b, bool colours, enum colour colour, const char *text)
{
    static const char *const codes[] = {"", "1", "31", "32", "33", "36"};
    if (colours && colour != PLAIN && *text != '\0')
        buf_addf(b, "\033[%sm%s\033[0m", codes[colour], text);
    else
        buf_adds(b, text);
}
