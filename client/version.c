/* In: FRUGAL_VERSION from the compiler's options, or from the generated version.h. Out:
 * one string. No header of this folder may be called version.h: it would hide that one.
 */
#include "about.h"

#if !defined FRUGAL_VERSION && __has_include("version.h")
#include "version.h"
#endif

#ifndef FRUGAL_VERSION
#define FRUGAL_VERSION "unknown"
#endif

const char about_version[] = FRUGAL_VERSION;
