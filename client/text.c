/* In: bytes of a server or a file. Out: text that a terminal only shows. */
#include "text.h"

enum { REPLACEMENT = 0xfffd };

struct range {
    uint32_t first, last;
};

static const struct range unsafe[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c}, {0x200e, 0x200f},
    {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb},
};

static const struct range no_column[] = {
    {0x0300, 0x036f},
    {0x200b, 0x200d},
    {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f},
};

static const struct range two_columns[] = {
    {0x1100, 0x115f},   {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

#define WITHIN(c, ranges) within(c, ranges, sizeof(ranges) / sizeof *(ranges))

static bool within(uint32_t c, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

uint32_t text_next(const char **s)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)*s;
    uint32_t c = *p;
    (*s)++;
    if (c < 0x80)
        return c;
    int more = c >= 0xf0 && c < 0xf8 ? 3 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xc0 ? 1 : 0;
    if (more == 0 || c >= 0xf8)
        return REPLACEMENT;
    c &= 0x3fu >> more;
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return REPLACEMENT;
        c = c << 6 | (p[i] & 0x3f);
    }
    if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return REPLACEMENT;
    *s += more;
    return c;
}

bool text_is_unsafe(uint32_t c)
{
    return WITHIN(c, unsafe);
}

/* Appends the code point that was read from `from` up to `to`. */
static void add_one(struct buf *b, uint32_t c, const char *from, const char *to)
{
    if (c == REPLACEMENT)
        buf_adds(b, "\xef\xbf\xbd");
    else if (!text_is_unsafe(c))
        buf_add(b, from, (size_t)(to - from));
}

void text_add_line(struct buf *b, const char *s)
{
    while (*s != '\0') {
        const char *from = s;
        uint32_t c = text_next(&s);
        if (c == '\n' || c == '\t')
            buf_addc(b, ' ');
        else
            add_one(b, c, from, s);
    }
}

void text_add_page(struct buf *b, const char *bytes, size_t n)
{
    const char *end = bytes + n;
    while (bytes < end) {
        const char *from = bytes;
        uint32_t c = text_next(&bytes);
        if (c == '\n' || c == '\t')
            buf_addc(b, (char)c);
        else
            add_one(b, c, from, bytes);
    }
}

static size_t columns_of(uint32_t c)
{
    if (WITHIN(c, no_column))
        return 0;
    return WITHIN(c, two_columns) ? 2 : 1;
}

size_t text_width(const char *s)
{
    size_t width = 0;
    while (*s != '\0')
        width += columns_of(text_next(&s));
    return width;
}

void text_add_clipped(struct buf *b, const char *s, size_t width)
{
    if (text_width(s) <= width) {
        buf_adds(b, s);
        return;
    }
    const char *end = s;
    for (size_t used = 1; width > 0;) {
        const char *after = end;
        used += columns_of(text_next(&after));
        if (used > width)
            break;
        end = after;
    }
    buf_add(b, s, (size_t)(end - s));
    if (width > 0)
        buf_adds(b, "…");
}
