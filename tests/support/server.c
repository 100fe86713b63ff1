/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int32_t add_text(tsmp_witness *witness, const struct text *text, size_t chunk)
{
    tsmp_options options = {.size = sizeof options, .batch_records = chunk > 0 && chunk < 9 ? 1 : 0};
    tsmp_reader *reader;
    tsmp_batch *batch;
    int32_t status = TSMP_OK;
    reading_probe(text->bytes != NULL ? text->bytes : "", text->length, &options);
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    for (size_t at = 0, n; at < text->length; at += n) {
        n = chunk > 0 && chunk < text->length - at ? chunk : text->length - at;
        assert_int_equal(tsmp_reader_feed(reader, text->bytes + at, n), TSMP_OK);
    }
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (status == TSMP_OK && tsmp_reader_next(reader, &batch) == TSMP_OK) {
        status = tsmp_witness_add(witness, batch);
        tsmp_batch_unref(batch);
    }
    tsmp_reader_free(reader);
    return status;
}

int32_t server_make(const struct text *texts, size_t count, size_t chunk,
                    const tsmp_witness_options *options, const tsmp_allocator *allocator,
                    tsmp_witness **witness)
{
    int32_t status = tsmp_witness_new(options, allocator, witness);
    for (size_t i = 0; i < count && status == TSMP_OK; i++)
        status = add_text(*witness, &texts[i], chunk);
    if (status == TSMP_OK)
        status = tsmp_witness_end(*witness);
    if (status == TSMP_OK)
        return status;
    assert_true(allocator != NULL && status == TSMP_E_NOMEM);
    tsmp_witness_free(*witness);
    *witness = NULL;
    return status;
}
