/* SPDX-License-Identifier: BSD-2-Clause
 * A stream as a Python capsule. It is here, and not in Python, because a capsule may be destroyed while
 * an exception is on its way, when no Python code can run. */
#include "table.h"

#include <stdlib.h>

static const char name[] = "arrow_array_stream";

#if defined(__ELF__) && defined(__GNUC__)
/* They are there when the process runs Python, and NULL elsewhere. */
extern void *PyCapsule_New(void *, const char *, void (*)(void *)) __attribute__((weak));
extern void *PyCapsule_GetPointer(void *, const char *) __attribute__((weak));

static void destroy(void *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, name);
    if (stream != NULL && stream->release != NULL)
        stream->release(stream);
    free(stream);
}

static bool python_runs(void)
{
    return PyCapsule_New != NULL && PyCapsule_GetPointer != NULL;
}

static void *wrap(struct ArrowArrayStream *stream)
{
    return PyCapsule_New(stream, name, destroy);
}
#else
static bool python_runs(void)
{
    return false;
}

static void *wrap(struct ArrowArrayStream *stream)
{
    (void)name;
    (void)stream;
    return NULL;
}
#endif

int32_t tsmp_arrow_capsule(const tsmp_batch_source *source, const tsmp_arrow_options *options,
                           void **capsule)
{
    if (capsule == NULL || !python_runs())
        return TSMP_E_MISUSE;
    struct ArrowArrayStream *stream = malloc(sizeof *stream);
    if (stream == NULL)
        return TSMP_E_NOMEM;
    int32_t status = tsmp_arrow_stream(source, options, stream);
    *capsule = status == TSMP_OK ? wrap(stream) : NULL;
    if (*capsule != NULL)
        return TSMP_OK;
    if (status == TSMP_OK)
        stream->release(stream);
    free(stream);
    return status == TSMP_OK ? TSMP_E_NOMEM : status;
}
