# Writes the list of the presets that schema/presets.json names, one PRESET line each;
# server/base/presets.c expands it. Run from the top of the source tree.
n=0
for name in $(sed -n 's/^ *"name": "\([a-z-]*\)",$/\1/p' schema/presets.json); do
    n=$((n + 1))
    printf 'PRESET(preset_%d, "%s", "schema/examples/%s.json")\n' $n "$name" "$name"
done
