#include "spec/json_text.h"

#include <stdbool.h>
#include <stdlib.h>

char *json_exact_text(const json_t *j, size_t flags)
{
    for (size_t digits = 15; digits < 17; digits++) {
        char *text = json_dumps(j, flags | JSON_REAL_PRECISION(digits));
        json_t *again = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
        bool exact = again != NULL && json_equal(again, j);
        json_decref(again);
        if (exact)
            return text;
        free(text);
    }
    return json_dumps(j, flags | JSON_REAL_PRECISION(17));
}
