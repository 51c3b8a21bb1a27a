/* How a command ends: name, exit code, meaning. The list is also the last part of
 * `frugal --help`. Whoever returns anything but ENDING_OK has already said why on
 * standard error, so callers only pass it on. */
#ifndef FRUGAL_CLIENT_ENDING_H
#define FRUGAL_CLIENT_ENDING_H

#define ENDINGS(X)                                                                       \
    X(OK, 0, "ok")                                                                       \
    X(RUN_FAILED, 1, "a run or a fetch that was followed did not succeed")               \
    X(USAGE, 2, "the command line, or a file it names, makes no sense")                  \
    X(INVALID, 3, "the job spec is invalid")                                             \
    X(NOT_FOUND, 4, "there is no such job, run or resource")                             \
    X(FORBIDDEN, 5, "not allowed")                                                       \
    X(UNREACHABLE, 6, "no server, or no answer that makes sense")                        \
    X(CONFLICT, 7, "the state of the job does not allow this")                           \
    X(LOCAL, 8, "no memory, or the output could not be written")                         \
    X(LATER, 9,                                                                          \
      "refused for now: quota reached, disk full or server stopping; try later")         \
    X(INTERRUPTED, 130, "interrupted; a job that was followed goes on")

enum ending {
#define ENDING(name, code, text) ENDING_##name = (code),
    ENDINGS(ENDING)
#undef ENDING
};

#endif
