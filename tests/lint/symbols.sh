# The learning core stands alone: what its archive leaves undefined must be of libc, libm or
# SLEEF, and nothing of it may print, exit, read a clock, open a file or draw from rand().
# usage: symbols.sh ARCHIVE
allowed='^(aligned_alloc|calloc|malloc|realloc|free|memcpy|memmove|memset|memcmp|strcmp|strlen|qsort|snprintf|strtod|sqrt|sqrtf|fmin|fmax|fmaxf|nextafter|Sleef_cinz_[a-z0-9_]*|__.*_chk(_fail)?|__popcountdi2|__cpu_model|__cpu_indicator_init|_GLOBAL_OFFSET_TABLE_)$'
defined=$(nm --defined-only "$1" 2>/dev/null | awk 'NF == 3 {print $3}' | sort -u)
strays=$(nm -u "$1" | awk 'NF == 2 {print $2}' | sort -u | grep -vE "$allowed" |
    grep -vxF "$defined")
[ -z "$strays" ] && exit 0
echo "the learning core uses more than libc, libm and SLEEF:"
echo "$strays"
exit 1
