/* In: cells and a range of accuracies. Out: points, one summary of the server each. */
#include "goals.h"

#include <math.h>
#include <stdio.h>

#include "figure_rows.h"

static const double step = 0.01;

static enum ending add(struct figure *f, struct http *http,
                       const struct opts_words *words, double accuracy,
                       const struct metric *y)
{
    char at[ANSWER_GOAL];
    struct rows r;
    enum ending ending = ENDING_OK;
    snprintf(at, sizeof at, "test_accuracy>=%.4g", accuracy);
    rows_init(&r);
    for (size_t i = 0; i < words->count && ending == ENDING_OK; i++)
        ending = rows_add(&r, http, words->word[i], at, NULL);
    if (ending == ENDING_OK)
        figure_add_goal(f, &r, accuracy, y);
    rows_release(&r);
    return ending;
}

enum ending goals_figure(struct figure *f, struct http *http,
                         const struct opts_words *words, double from, double to,
                         const struct metric *y)
{
    enum ending ending = ENDING_OK;
    long steps = lround((to - from) / step);
    for (long i = 0; i <= steps && ending == ENDING_OK; i++)
        ending = add(f, http, words, from + step * (double)i, y);
    figure_name_goals(f, y);
    return ending;
}
