/* SPDX-License-Identifier: BSD-2-Clause
 * What a probe tells: regions of a text with what decided them, pastes, encodings; the same however
 * the text is cut and whenever memory runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tsmparse/tsmparse.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- regions --------------------------------------------------------------------------------- */

static tsmp_regions *read_regions(const char *text, size_t length, size_t chunk, uint32_t batch_records,
                                  uint64_t most)
{
    tsmp_options options = {.size = sizeof options, .batch_records = batch_records};
    tsmp_reader *reader;
    tsmp_regions *regions;
    tsmp_batch *batch;
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_regions_new(most, NULL, &regions), TSMP_OK);
    for (size_t at = 0; at <= length; at += chunk) {
        if (at < length)
            assert_int_equal(tsmp_reader_feed(reader, text + at, length - at < chunk ? length - at : chunk),
                             TSMP_OK);
        if (at + chunk > length)
            assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
        while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
            assert_int_equal(tsmp_regions_add(regions, batch), TSMP_OK);
            tsmp_batch_unref(batch);
        }
    }
    assert_int_equal(tsmp_regions_end(regions), TSMP_OK);
    tsmp_reader_free(reader);
    return regions;
}

/* "schedule_log 1-3 spectrum_protect 8.1.9.0 order=1 decimal=1/, known because schedule_lines 1" */
static void show(const tsmp_regions *regions, char *to, size_t size)
{
    tsmp_region r = {.size = sizeof r};
    uint64_t next = 0;
    *to = '\0';
    for (uint64_t i = 0; tsmp_regions_get(regions, i, &r) == TSMP_OK; i++) {
        size_t at = strlen(to);
        assert_int_equal(r.offset, next); /* regions tile the input, as records do */
        next = r.offset + r.length;
        snprintf(to + at, size - at, "%s %llu-%llu %s %u.%u.%u.%u order=%u decimal=%u%s%.1s %s because %s %llu\n",
                 tsmp_name("format", r.format), (unsigned long long)r.line,
                 (unsigned long long)(r.line + r.lines - 1),
                 r.brand != 0 ? tsmp_name("brand", r.brand) : "-", r.version, r.release, r.level,
                 r.sublevel, r.date_order, r.decimal, r.grouping != 0 ? "/" : "",
                 r.grouping == 0 ? "" : r.grouping < 0x80 ? &(char[]){(char)r.grouping, 0}[0] : "N", tsmp_name("language", r.language),
                 tsmp_name("clue", r.clue), (unsigned long long)r.clue_line);
    }
}

static const struct {
    const char *name, *text, *regions;
} texts[] = {
    {"nothing", "", ""},
    {"unknown text", "a\nb\n", "unknown 1-2 - 0.0.0.0 order=0 decimal=0 nothing_seen because nothing 0\n"},
    {"a schedule log, upgraded",
     "04/25/2031 20:00:00 IBM Spectrum Protect Backup-Archive Client Version 8, Release 1, Level 9.0\n"
     "04/25/2031 20:00:00 Querying server for next scheduled event.\n"
     "04/25/2031 20:00:01 Total number of bytes transferred:     1,311.20 KB\n"
     "04/26/2031 20:00:00 IBM Storage Protect Backup-Archive Client Version 8, Release 1, Level 22.0\n"
     "04/26/2031 20:00:00 Querying server for next scheduled event.\n",
     "schedule_log 1-3 spectrum_protect 8.1.9.0 order=1 decimal=1/, known because schedule_lines 2\n"
     "schedule_log 4-5 storage_protect 8.1.22.0 order=1 decimal=0 known because schedule_lines 5\n"},
    {"an error log",
     "25-04-2031 20:00:00 ANS1228E Sending of object '/heath/a' failed.\n"
     "25-04-2031 20:00:00 ANS4005E Error processing '/heath/a': file not found\n",
     "error_log 1-2 - 0.0.0.0 order=2 decimal=0 nothing_seen because messages 1\n"},
    {"messages alone", "ANS1092W No files matching search criteria were found\n",
     "console 1-1 - 0.0.0.0 order=0 decimal=0 nothing_seen because messages 1\n"},
    {"the stamps change their form",
     "04/25/2031 20:00:00 Querying server for next scheduled event.\n"
     "2031-04-26 20:00:00 Querying server for next scheduled event.\n",
     "schedule_log 1-1 - 0.0.0.0 order=1 decimal=0 known because schedule_lines 1\n"
     "schedule_log 2-2 - 0.0.0.0 order=4 decimal=0 known because schedule_lines 2\n"},
    {"an acceptor's log",
     "04/25/2031 20:00:00 (dsmcad) Next operation scheduled:\n",
     "acceptor_log 1-1 - 0.0.0.0 order=1 decimal=0 known because acceptor_mark 1\n"},
    {"a query's answer with its banner",
     "IBM Tivoli Storage Manager\n"
     "Command Line Backup-Archive Client Interface\n"
     "  Client Version 7, Release 1, Level 2.0 \n"
     "  Client date/time: 2031-04-25 12.42.07\n"
     "\n"
     "Node Name: LAPWING\n"
     "  #     Last Incr Date          Type    File Space Name\n"
     "--------------------------------------------------------------------------------\n"
     "  1     2031-04-25 08:03:10     XFS     /\n",
     "query_filespace 1-9 tivoli_storage_manager 7.1.2.0 order=4 decimal=0 known because table_head 7\n"},
    {"another product, then the client",
     "IBM Tivoli Storage Manager for Mail:\n"
     "Data Protection for Example Mail\n"
     "IBM Spectrum Protect\n"
     "Command Line Backup-Archive Client Interface\n"
     "Incremental backup of volume '/heath'\n",
     "foreign 1-2 - 0.0.0.0 order=0 decimal=0 nothing_seen because foreign_banner 1\n"
     "console 3-5 spectrum_protect 0.0.0.0 order=0 decimal=0 known because client_lines 5\n"},
    {"blanks that do not break",
     "2031-04-25 20:00:00 Normal File-->            12\xE2\x80\xAF" "345 /srv/a [Sent]\n",
     "unknown 1-1 - 0.0.0.0 order=4 decimal=0/N known because client_lines 1\n"},
    {"a language that is not known",
     "25-04-2031 20:00:00 --- SCHEDULEREC OBJECT BEGIN HEATH_INC 25-04-2031 20:00:00\n"
     "25-04-2031 20:00:00 Brumvik tolda am '/heath'\n",
     "schedule_log 1-2 - 0.0.0.0 order=2 decimal=0 not_known because schedule_lines 1\n"},
};

static void regions_are_told(void **state)
{
    (void)state;
    static const size_t chunks[] = {1, 7, 100000};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t c = 0; c < 6; c++) {
            char shown[2048];
            tsmp_regions *regions = read_regions(texts[i].text, strlen(texts[i].text), chunks[c / 2],
                                                 c % 2 == 0 ? 1 : 0, 0);
            show(regions, shown, sizeof shown);
            if (strcmp(shown, texts[i].regions) != 0)
                fail_msg("%s: shown\n%snot\n%s", texts[i].name, shown, texts[i].regions);
            tsmp_regions_free(regions);
        }
    }
}

static void regions_are_bounded(void **state)
{
    (void)state;
    char text[8192] = "";
    for (int i = 0; i < 40; i++)
        strcat(text, i % 2 == 0 ? "04/25/2031 20:00:00 Scheduler has been stopped.\n"
                                : "2031-04-26 20:00:00 Scheduler has been stopped.\n");
    tsmp_regions *regions = read_regions(text, strlen(text), 1000, 0, 10);
    tsmp_region region = {.size = sizeof region};
    assert_int_equal(tsmp_regions_get(regions, 9, &region), TSMP_OK);
    assert_int_equal(tsmp_regions_get(regions, 10, &region), TSMP_END);
    assert_int_equal(tsmp_regions_left(regions), 30);
    region.size = 4;
    assert_int_equal(tsmp_regions_get(regions, 0, &region), TSMP_E_MISUSE);
    tsmp_regions_free(regions);
    assert_int_equal(tsmp_regions_new(0, NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_regions_add(NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_regions_end(NULL), TSMP_E_MISUSE);
    tsmp_regions_free(NULL);
}

/* ---- the prober ------------------------------------------------------------------------------ */

static tsmp_probe_result probe(const char *text, size_t length, size_t chunk)
{
    tsmp_prober *prober;
    tsmp_probe_result result = {.size = sizeof result};
    assert_int_equal(tsmp_prober_new(NULL, &prober), TSMP_OK);
    for (size_t at = 0; at < length; at += chunk)
        assert_int_equal(tsmp_prober_feed(prober, text + at, length - at < chunk ? length - at : chunk),
                         TSMP_OK);
    assert_int_equal(tsmp_prober_result(prober, &result), TSMP_OK);
    tsmp_prober_free(prober);
    return result;
}

#define U16(c) c "\0"
static const struct {
    const char *name, *text;
    size_t length; /* 0 = up to the NUL */
    uint32_t encoding, repair, order;
    uint64_t lines, not_utf8;
} probes[] = {
    {"plain", "04/25/2031 20:00:00 x\n", 0, TSMP_ENCODING_BYTES, 0, TSMP_ORDER_MDY, 1, 0},
    {"UTF-8", "04/25/2031 20:00:00 \xC3\xBC\n", 0, TSMP_ENCODING_UTF_8, 0, TSMP_ORDER_MDY, 1, 0},
    {"UTF-8 with its mark", "\xEF\xBB\xBF" "04/25/2031 20:00:00 x\n", 0, TSMP_ENCODING_BYTES, 0,
     TSMP_ORDER_MDY, 1, 0},
    {"a code page", "04/25/2031 20:00:00 \xFC\nx\n", 0, TSMP_ENCODING_BYTES, 0, TSMP_ORDER_MDY, 2, 1},
    {"UTF-16", "\xFF\xFE" U16("0") U16("4") U16("/") U16("2") U16("5") U16("/") U16("3") U16("1") U16(" ")
     U16(" ") U16(" ") U16("2") U16("0") U16(":") U16("0") U16("0") U16(":") U16("0") U16("0") "\n\0",
     42, TSMP_ENCODING_UTF_16LE, 0, TSMP_ORDER_MDY, 1, 0},
    {"half a mark", "\xFF", 0, TSMP_ENCODING_BYTES, 0, 0, 1, 1},
    {"quoted", "> 04/25/2031 20:00:00 x\n> 04/25/2031 20:00:01 y\n>\n", 0, TSMP_ENCODING_BYTES,
     TSMP_REPAIR_QUOTED, 0, 3, 0},
    {"commented", "# 04/25/2031 20:00:00 x\n# ANS1228E y\n", 0, TSMP_ENCODING_BYTES, TSMP_REPAIR_QUOTED, 0, 2, 0},
    {"one quotation in a log", "04/25/2031 20:00:00 x\n> 04/25/2031 20:00:01 y\n04/25/2031 20:00:02 z\n", 0,
     TSMP_ENCODING_BYTES, 0, TSMP_ORDER_MDY, 3, 0},
    {"a script is no paste", "# comment\n# another\n", 0, TSMP_ENCODING_BYTES, 0, 0, 2, 0},
    {"indented", "    Node Name: LAPWING\n\n    Incremental backup of volume '/'\n", 0, TSMP_ENCODING_BYTES,
     TSMP_REPAIR_INDENTED, 0, 3, 0},
    {"collapsed", "04/25/31 20:00:00 x\n04/25/31 20:00:00 Total number of objects failed: 12\n", 0,
     TSMP_ENCODING_BYTES, TSMP_REPAIR_COLLAPSED, TSMP_ORDER_MDY, 2, 0},
    {"a collapsed banner", " Client Version 8, Release 1, Level 23.0\nServer Version 8\n", 0, TSMP_ENCODING_BYTES,
     TSMP_REPAIR_COLLAPSED, 0, 2, 0},
    {"a banner", "  Client Version 8, Release 1, Level 23.0\n  Server Version 8\n", 0, TSMP_ENCODING_BYTES,
     0, 0, 2, 0},
    {"not collapsed", "04/25/31   20:00:00 x\n04/25/31   20:00:00 Total number of objects failed:     12\n", 0,
     TSMP_ENCODING_BYTES, 0, TSMP_ORDER_MDY, 2, 0},
    {"two formats that look the same", "04/25/2031 20:00:00 x\n25/05/2031 20:00:00 y\n", 0,
     TSMP_ENCODING_BYTES, 0, TSMP_ORDER_MDY | TSMP_ORDER_DMY, 2, 0},
};

static void texts_are_probed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        size_t length = probes[i].length > 0 ? probes[i].length : strlen(probes[i].text);
        for (size_t chunk = 1; chunk <= length; chunk++) {
            tsmp_probe_result r = probe(probes[i].text, length, chunk);
            if (r.encoding != probes[i].encoding || r.repair != probes[i].repair ||
                r.date_order != probes[i].order || r.lines != probes[i].lines ||
                r.not_utf8 != probes[i].not_utf8)
                fail_msg("%s, by %zu: encoding %u, repair %u, order %u, %llu lines, %llu not UTF-8",
                         probes[i].name, chunk, r.encoding, r.repair, r.date_order,
                         (unsigned long long)r.lines, (unsigned long long)r.not_utf8);
        }
    }
}

/* A caller that knows fewer members gets those. */
static void older_callers(void **state)
{
    (void)state;
    tsmp_prober *prober;
    tsmp_probe_result result;
    memset(&result, 0x5A, sizeof result);
    result.size = offsetof(tsmp_probe_result, not_utf8);
    assert_int_equal(tsmp_prober_new(NULL, &prober), TSMP_OK);
    assert_int_equal(tsmp_prober_feed(prober, "\xFC\n", 2), TSMP_OK);
    assert_int_equal(tsmp_prober_result(prober, &result), TSMP_OK);
    assert_int_equal(result.lines, 1);
    assert_int_equal(result.size, offsetof(tsmp_probe_result, not_utf8));
    assert_int_equal(result.repair, 0x5A5A5A5A);
    result.size = 8;
    assert_int_equal(tsmp_prober_result(prober, &result), TSMP_E_MISUSE);
    tsmp_prober_free(prober);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_are_told), cmocka_unit_test(regions_are_bounded),
        cmocka_unit_test(texts_are_probed), cmocka_unit_test(older_callers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
