/* SPDX-License-Identifier: BSD-2-Clause
 * Arrow streams: every table of every kind is a valid one, whatever the size of its arrays; a source
 * that fails makes the stream fail for good; the source is released exactly once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tsmparse/arrow.h>

#include <nanoarrow.h>

#include <stdio.h>
#include <string.h>

static const char text[] =
    "09/17/2025 22:04:12 Node Name: KESTREL\n"
    "09/17/2025 22:05:00 --- SCHEDULEREC OBJECT BEGIN NIGHT_INC 09/17/2025 22:00:00\n"
    "09/17/2025 22:05:01 Incremental backup of volume '/srv'\n"
    "09/17/2025 22:05:02 Normal File-->             4,096 /srv/a b [Sent]\n"
    "09/17/2025 22:05:02 Normal File-->         1,234,567 /srv/\xff\xed\xa0\x80\xe2\x82\xac [Sent]\n"
    "09/17/2025 22:05:03 ANS1228E Sending of object '/srv/locked' failed.\n"
    "09/17/2025 22:05:04 Successful incremental backup of '/srv'\n"
    "09/17/2025 22:05:05 --- SCHEDULEREC STATUS BEGIN\n"
    "09/17/2025 22:05:05 Total number of bytes transferred:     1.18 MB\n"
    "09/17/2025 22:05:05 --- SCHEDULEREC STATUS END\n"
    "99/99/2025 22:05:06 a line of something else\n";
enum { LINES = 11 };

/* A source of two times the text, in batches of three records; it fails before batch `fail_at`. */
struct feed {
    tsmp_reader *reader;
    int given, fail_at, released;
    uint32_t flag;
};

static int32_t next(void *context, tsmp_batch **batch)
{
    struct feed *feed = context;
    return feed->given++ == feed->fail_at ? TSMP_E_MISUSE : tsmp_reader_next(feed->reader, batch);
}

static const char *error(void *context)
{
    (void)context;
    return "the disk is on fire";
}

static void release(void *context)
{
    ((struct feed *)context)->released++;
}

static void open_stream(struct feed *feed, int fail_at, const tsmp_arrow_options *options,
                        struct ArrowArrayStream *stream)
{
    tsmp_options known = {.size = sizeof known, .date_order = TSMP_ORDER_MDY,
                          .decimal = TSMP_DECIMAL_POINT, .batch_records = 3};
    *feed = (struct feed){.fail_at = fail_at};
    assert_int_equal(tsmp_reader_new(&known, NULL, &feed->reader), TSMP_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(tsmp_reader_feed(feed->reader, text, sizeof text - 1), TSMP_OK);
    assert_int_equal(tsmp_reader_end(feed->reader), TSMP_OK);
    tsmp_batch_source source = {next, error, release, feed, &feed->flag};
    assert_int_equal(tsmp_arrow_stream(&source, options, stream), TSMP_OK);
}

static void close_stream(struct feed *feed, struct ArrowArrayStream *stream)
{
    assert_int_equal(feed->released, 0);
    assert_int_equal(feed->flag, 0);
    stream->release(stream);
    assert_null(stream->release);
    assert_int_equal(feed->released, 1);
    assert_int_equal(feed->flag, 1);
    tsmp_reader_free(feed->reader);
}

/* Pull to the end; every array is valid. Rows, or -1 when the stream failed. */
static int64_t pull(struct ArrowArrayStream *stream)
{
    struct ArrowSchema schema;
    struct ArrowArray array;
    struct ArrowError why = {""};
    int64_t rows = 0;
    int failed;
    assert_int_equal(stream->get_schema(stream, &schema), 0);
    while ((failed = stream->get_next(stream, &array)) == 0 && array.release != NULL) {
        struct ArrowArrayView view;
        assert_int_equal(ArrowArrayViewInitFromSchema(&view, &schema, &why), NANOARROW_OK);
        if (ArrowArrayViewSetArray(&view, &array, &why) != NANOARROW_OK ||
            ArrowArrayViewValidate(&view, NANOARROW_VALIDATION_LEVEL_FULL, &why) != NANOARROW_OK)
            fail_msg("%s", why.message);
        assert_true(array.length > 0);
        rows += array.length;
        ArrowArrayViewReset(&view);
        ArrowArrayRelease(&array);
    }
    ArrowSchemaRelease(&schema);
    return failed != 0 ? -1 : rows;
}

static void every_table(void **state)
{
    static const uint32_t sizes[] = {1, 5, 0};
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (uint32_t table = TSMP_TABLE_RECORDS; table <= TSMP_TABLE_VOLUMES; table++) {
            int64_t all = 0;
            for (uint32_t kind = 0; kind < 64; kind++) {
                if (kind != 0 && (table != TSMP_TABLE_RECORDS || tsmp_name("kind", kind) == NULL))
                    continue;
                tsmp_arrow_options options = {.size = sizeof options, .table = table, .kind = kind,
                                              .rows = sizes[i]};
                struct ArrowArrayStream stream;
                struct feed feed;
                open_stream(&feed, -1, &options, &stream);
                int64_t rows = pull(&stream);
                assert_true(rows >= 0);
                if (table == TSMP_TABLE_RECORDS && kind == 0)
                    assert_int_equal(rows, LINES * 2);
                else
                    all += rows;
                close_stream(&feed, &stream);
            }
            if (table == TSMP_TABLE_RECORDS)
                assert_int_equal(all, LINES * 2); /* each record is of one kind */
            else
                assert_true(all > 0);
        }
}

/* An object that an array holds: its columns by name. */
static int64_t column(const struct ArrowSchema *schema, const char *name)
{
    for (int64_t i = 0; i < schema->n_children; i++)
        if (strcmp(schema->children[i]->name, name) == 0)
            return i;
    fail_msg("no column %s", name);
    return -1;
}

static void values(void **state)
{
    tsmp_arrow_options options = {.size = sizeof options, .kind = TSMP_KIND_OBJECT};
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    struct ArrowArrayView view;
    struct feed feed;
    (void)state;
    open_stream(&feed, -1, &options, &stream);
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    assert_int_equal(stream.get_next(&stream, &array), 0);
    assert_int_equal(ArrowArrayViewInitFromSchema(&view, &schema, NULL), NANOARROW_OK);
    assert_int_equal(ArrowArrayViewSetArray(&view, &array, NULL), NANOARROW_OK);
    const struct ArrowArrayView *path = view.children[column(&schema, "path")];
    const struct ArrowArrayView *bytes = view.children[column(&schema, "path_bytes")];
    struct ArrowStringView shown = ArrowArrayViewGetStringUnsafe(path, 1);
    static const char replaced[] = "/srv/\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xe2\x82\xac";
    assert_int_equal(shown.size_bytes, sizeof replaced - 1);
    assert_memory_equal(shown.data, replaced, sizeof replaced - 1);
    assert_true(ArrowArrayViewIsNull(bytes, 0));
    struct ArrowBufferView raw = ArrowArrayViewGetBytesUnsafe(bytes, 1);
    assert_int_equal(raw.size_bytes, 12);
    assert_memory_equal(raw.data.data, "/srv/\xff\xed\xa0\x80\xe2\x82\xac", 12);
    assert_int_equal(ArrowArrayViewGetIntUnsafe(view.children[column(&schema, "size")], 1), 1234567);
    ArrowArrayViewReset(&view);
    ArrowArrayRelease(&array);
    ArrowSchemaRelease(&schema);
    close_stream(&feed, &stream);
}

static void source_fails(void **state)
{
    (void)state;
    for (uint32_t table = TSMP_TABLE_RECORDS; table <= TSMP_TABLE_VOLUMES; table++)
        for (int at = 0; at < 6; at++) {
            tsmp_arrow_options options = {.size = sizeof options, .table = table};
            struct ArrowArrayStream stream;
            struct feed feed;
            open_stream(&feed, at, &options, &stream);
            assert_int_equal(pull(&stream), -1);
            assert_string_equal(stream.get_last_error(&stream), "the disk is on fire");
            int given = feed.given;
            assert_int_equal(pull(&stream), -1); /* never as if it had ended */
            assert_int_equal(feed.given, given);
            close_stream(&feed, &stream);
        }
}

static void never_pulled(void **state)
{
    struct ArrowArrayStream stream;
    struct feed feed;
    (void)state;
    open_stream(&feed, -1, NULL, &stream);
    close_stream(&feed, &stream);
}

static void misuse(void **state)
{
    static const tsmp_batch_source none = {NULL, NULL, NULL, NULL, NULL};
    tsmp_batch_source good = {next, NULL, NULL, NULL, NULL};
    struct {
        tsmp_arrow_options known;
        char newer[8];
    } wide = {{.size = sizeof wide}, {1}};
    tsmp_arrow_options bad[] = {{.size = sizeof *bad, .table = 9}, {.size = 4},
                                {.size = sizeof *bad, .kind = 9999}};
    struct ArrowArrayStream stream;
    void *capsule;
    (void)state;
    assert_int_equal(tsmp_arrow_stream(NULL, NULL, &stream), TSMP_E_MISUSE);
    assert_int_equal(tsmp_arrow_stream(&none, NULL, &stream), TSMP_E_MISUSE);
    assert_int_equal(tsmp_arrow_stream(&good, NULL, NULL), TSMP_E_MISUSE);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tsmp_arrow_stream(&good, &bad[i], &stream), TSMP_E_MISUSE);
    assert_int_equal(tsmp_arrow_stream(&good, &wide.known, &stream), TSMP_E_MISUSE);
    /* there is no Python in this process */
    assert_int_equal(tsmp_arrow_capsule(&good, NULL, &capsule), TSMP_E_MISUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table), cmocka_unit_test(values), cmocka_unit_test(source_fails),
        cmocka_unit_test(never_pulled), cmocka_unit_test(misuse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
