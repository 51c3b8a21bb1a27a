#include "remote/slurm_jobs.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void slurm_task_name(const struct slurm_task *t, char ret[static SLURM_ID_TEXT])
{
    if (t->task >= 0)
        snprintf(ret, SLURM_ID_TEXT, "%lld_%lld", (long long)t->job, (long long)t->task);
    else
        snprintf(ret, SLURM_ID_TEXT, "%lld", (long long)t->job);
}

/* A number, also in the form {"set": true, "number": n} of later versions; -1: none. */
static int64_t number_of(const json_t *job, const char *key)
{
    const json_t *n = json_object_get(job, key);
    if (json_is_object(n))
        n = json_is_true(json_object_get(n, "set")) ? json_object_get(n, "number") : NULL;
    return json_is_integer(n) ? json_integer_value(n) : -1;
}

/* A word, also as the first of a list of words. */
static const char *word_of(const json_t *job, const char *key)
{
    const json_t *word = json_object_get(job, key);
    if (json_is_array(word))
        word = json_array_get(word, 0);
    return json_is_string(word) ? json_string_value(word) : "";
}

static void add_waiting(struct slurm_jobs *j, int64_t job, int64_t task)
{
    if (j->pending < SLURM_TASKS_MAX)
        j->waits[j->pending] = (struct slurm_task){job, task};
    j->pending++;
}

/* The tasks of an array that wait, "1-4,7,9-11%2". */
static void add_tasks(struct slurm_jobs *j, int64_t job, const char *tasks)
{
    while (*tasks >= '0' && *tasks <= '9') {
        char *end;
        long first = strtol(tasks, &end, 10), last = first;
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        for (long task = first; task <= last && j->pending < SLURM_TASKS_MAX; task++)
            add_waiting(j, job, task);
        tasks = *end == ',' ? end + 1 : end;
    }
}

/* The last of those that wait is delayed: these come first. */
static void put_first(struct slurm_jobs *j)
{
    struct slurm_task task = j->waits[j->pending - 1];
    j->waits[j->pending - 1] = j->waits[j->delayed];
    j->waits[j->delayed++] = task;
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

static void note_failure(struct slurm_jobs *j, const json_t *job, struct slurm_task task,
                         const char *state)
{
    if (j->failed == SLURM_TASKS_MAX)
        return;
    int64_t code = number_of(job, "exit_code");
    j->failure[j->failed++] = task;
    snprintf(j->state, sizeof j->state, "%s", state);
    j->exit_code = code > 0 ? code >> 8 : 0;
}

/* Time limit, preemption and the like are no failures: the work goes on later. */
static void add_job(struct slurm_jobs *j, const json_t *job)
{
    static const char *const alive[] = {"RUNNING",   "CONFIGURING", "COMPLETING",
                                        "SUSPENDED", "STAGE_OUT",   "RESIZING",
                                        "STOPPED",   "SIGNALING",   NULL};
    static const char *const bad[] = {"FAILED", "BOOT_FAIL", "OUT_OF_MEMORY", NULL};
    const char *state = word_of(job, "job_state"),
               *tasks = word_of(job, "array_task_string");
    int64_t array = number_of(job, "array_job_id");
    struct slurm_task task = {.job = array > 0 ? array : number_of(job, "job_id"),
                              .task = array > 0 ? number_of(job, "array_task_id") : -1};
    size_t before = j->pending;
    if (strcmp(state, "PENDING") == 0 || strcmp(state, "REQUEUED") == 0) {
        if (task.task < 0 && tasks[0] != '\0')
            add_tasks(j, task.job, tasks);
        else
            add_waiting(j, task.job, task.task);
        const char *reason = word_of(job, "state_reason");
        bool is_delayed =
            strcmp(reason, "BeginTime") == 0 && j->pending <= SLURM_TASKS_MAX;
        if (is_delayed && j->pending == before + 1)
            put_first(j);
        if (!is_delayed)
            snprintf(j->reason, sizeof j->reason, "%s", reason);
    } else if (is_one_of(state, alive)) {
        j->running++;
    } else if (is_one_of(state, bad)) {
        note_failure(j, job, task, state);
    }
}

bool slurm_jobs_read(const char *json, size_t length, const char *name,
                     struct slurm_jobs *ret)
{
    json_t *all = json_loadb(json, length, 0, NULL), *job;
    const json_t *jobs = json_object_get(all, "jobs");
    size_t i;
    bool ok = json_is_array(jobs);
    *ret = (struct slurm_jobs){.pending = 0};
    json_array_foreach(jobs, i, job)
    {
        if (strcmp(word_of(job, "name"), name) == 0)
            add_job(ret, job);
    }
    json_decref(all);
    return ok;
}
