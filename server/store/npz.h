/* The network that a run leaves as a file for numpy.load: a ZIP archive with one array in
 * NumPy's format 1.0 per entry. Private to the floor. */
#ifndef FRUGAL_STORE_NPZ_H
#define FRUGAL_STORE_NPZ_H

#include "learn/final.h"

/* Writes `weights_layer1` ..., float32 [rows][targets], the bias row last, and when they
 * are counted `changes_layer1` ..., uint32 of the same shape. The same network makes the
 * same bytes. An existing file is replaced; after a failure there may be a file that
 * starts with this path. NO_SPACE, NO_MEMORY, IO. */
enum status npz_write(const char *path, const struct final *left);

#endif
