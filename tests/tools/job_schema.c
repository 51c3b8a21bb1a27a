/* Prints the JSON Schema of job specs; make schema keeps it in schema/job.schema.json. */
#include <stdio.h>

#include "spec/spec.h"

int main(void)
{
    char *text = spec_schema();
    return text == NULL || puts(text) < 0;
}
