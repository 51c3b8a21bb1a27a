/* Job specs: what is taken stays what it is when it is written down and read again; what
 * is not has a reason. A first byte > is a change of a job, + an extension of a small
 * one. */
#include "fuzz.h"

#include "spec/spec.h"

static const char small[] = "{\"dataset\": \"tiny\", \"seeds\": 2, "
                            "\"sweep\": {\"/network/hidden/0\": [1, 2]}}";

static void check_failure(enum status status, const struct problems *p)
{
    CHECK(status == STATUS_BAD_JSON || status == STATUS_INVALID_SPEC);
    CHECK(p->count > 0);
    for (size_t i = 0; i < p->count; i++)
        CHECK(p->item[i].pointer != NULL && *p->item[i].detail != '\0');
}

static void check_cell(const struct plan *p, size_t cell)
{
    struct spec s, again;
    plan_cell_spec(p, cell, &s);
    char *params = plan_cell_params(p, cell), *text = plan_json(p);
    char *canonical = spec_canonical(&s, 1);
    CHECK(spec_of_run(text, params, &again) == STATUS_OK);
    char *canonical_again = spec_canonical(&again, 1);
    CHECK(strcmp(canonical, canonical_again) == 0);
    free(params);
    free(text);
    free(canonical);
    free(canonical_again);
}

static void check_plan(struct plan *p)
{
    struct problems problems;
    struct plan *again;
    problems_init(&problems);
    char *text = plan_json(p);
    CHECK(plan_parse(text, strlen(text), &again, &problems) == STATUS_OK);
    char *text_again = plan_json(again);
    CHECK(strcmp(text, text_again) == 0);
    CHECK(plan_cells(p) == plan_cells(again) && plan_seeds(p) == plan_seeds(again));
    CHECK(plan_cells(p) > 0 && plan_seeds(p) > 0 &&
          plan_cells(p) <= SPEC_RUNS_MAX / plan_seeds(p));
    check_cell(p, 0);
    check_cell(p, plan_cells(p) - 1);
    free(text);
    free(text_again);
    plan_free(again);
    problems_release(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    struct problems problems;
    struct plan *plan = NULL;
    struct spec spec;
    struct spec_change given;
    enum status status;
    problems_init(&problems);
    if (size > 0 && *text == '>')
        status = spec_change_parse(text + 1, size - 1, &spec, &given, &problems);
    else if (size > 0 && *text == '+')
        status = plan_extend(small, text + 1, size - 1, &plan, &problems);
    else
        status = plan_parse(text, size, &plan, &problems);
    if (status != STATUS_OK)
        check_failure(status, &problems);
    else if (plan != NULL)
        check_plan(plan);
    if (status == STATUS_OK)
        plan_free(plan);
    problems_release(&problems);
    return 0;
}
