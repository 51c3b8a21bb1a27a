/* In: files of schema/, part of the program. Out: their bytes. */
#include "base/presets.h"

#include "base/embed.h"

EMBED(presets_json, "schema/presets.json");

/* The build lists the files: PRESET(symbol, name, file). */
#define PRESET(symbol, name, file) EMBED(symbol, file);
#include "presets.def"
#undef PRESET

const struct preset presets[] = {
#define PRESET(symbol, name, file) {name, symbol},
#include "presets.def"
#undef PRESET
};

const size_t presets_count = sizeof presets / sizeof *presets;

const char *presets_index(void)
{
    return presets_json;
}
