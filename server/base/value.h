/* One value of a table: of a spec, a result, a filter. */
#ifndef FRUGAL_BASE_VALUE_H
#define FRUGAL_BASE_VALUE_H

enum value_kind { VALUE_MISSING, VALUE_NUMBER, VALUE_TEXT };

struct value {
    enum value_kind kind;
    double number;
    const char *text; /* borrowed, unless its holder says otherwise */
};

#define VALUE_OF_NUMBER(x) ((struct value){.kind = VALUE_NUMBER, .number = (x)})
#define VALUE_OF_TEXT(s)   ((struct value){.kind = VALUE_TEXT, .text = (s)})

#endif
