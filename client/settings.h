/* The file of settings of the person: frugal/frugal.conf in XDG_CONFIG_HOME, which is
 * ~/.config. */
#ifndef FRUGAL_CLIENT_SETTINGS_H
#define FRUGAL_CLIENT_SETTINGS_H

#include "base/conf.h"
#include "verbs.h"

/* Reads the options of every verb that have an environment variable, if the file is
 * there. Release ret in any case, once `into` is no longer used. */
enum ending settings_read(struct options *into, struct conf *ret);

#endif
