/* SPDX-License-Identifier: BSD-2-Clause
 * What the server says, in any pieces, gives the same witness; rows are in the order that is promised;
 * memory that runs out is said so. And nothing that a stranger makes the server log improves a verdict:
 * names of files in messages of clients, orders that are echoed, messages that an operator issues. The
 * input holds them, divided by NUL.
 *
 * Head: 0 which truth (TRUTHS or more: the input is the server's text itself), 1 where the first name is
 * logged, 2 in which messages, 3 size of the pieces, 4 how many allocations may be made. */
#include "fuzz.h"

#include <tsmparse/witness.h>

#include <stdlib.h>
#include <string.h>

#define AT(time) "2031-05-14 " time

/* A good night of OWL's. No stranger guesses its numbers. */
static const char night[] =
    AT("01:00:09 Querying server for next scheduled event.\n") AT("01:00:09 Node Name: OWL\n")
    AT("01:00:09 Next operation scheduled:\n") AT("01:00:09 Schedule Name:         NIGHT\n")
    AT("01:00:09 Action:                Incremental\n") AT("01:00:09 Objects:               \n")
    AT("01:00:09 Options:               \n") AT("01:00:09 Server Window Start:   01:00:00 on 2031-05-14\n")
    AT("01:02:14 \nExecuting scheduled command now.\n")
    AT("01:02:14 --- SCHEDULEREC OBJECT BEGIN NIGHT 2031-05-14 01:00:00\n")
    AT("01:02:14 Incremental backup of volume '/srv'\n") AT("01:39:58 Successful incremental backup of '/srv'\n\n")
    AT("01:39:59 --- SCHEDULEREC STATUS BEGIN\n")
    AT("01:39:59 Total number of objects inspected:   48,211,907\n")
    AT("01:39:59 Total number of objects backed up:    3,117,402\n")
    AT("01:39:59 Total number of objects updated:              0\n")
    AT("01:39:59 Total number of objects rebound:              0\n")
    AT("01:39:59 Total number of objects deleted:              0\n")
    AT("01:39:59 Total number of objects expired:        719,303\n")
    AT("01:39:59 Total number of objects failed:               0\n")
    AT("01:39:59 Total number of bytes transferred:       446.50 MB\n")
    AT("01:39:59 Elapsed processing time:               00:37:45\n")
    AT("01:39:59 --- SCHEDULEREC STATUS END\n")
    AT("01:39:59 --- SCHEDULEREC OBJECT END NIGHT 2031-05-14 01:00:00\n")
    AT("01:39:59 Scheduled event 'NIGHT' completed successfully.\n")
    AT("01:39:59 Sending results for scheduled event 'NIGHT'.\n")
    AT("01:39:59 Results sent to server for scheduled event 'NIGHT'.\n");

#define EVENT(rest) "WOODS,NIGHT,OWL,2031-05-14 01:00:00,2031-05-14 01:02:14,2031-05-14 01:40:00," rest "\n"
#define TOTAL(code, text) AT("01:39:59\t") code " (Session: 168, Node: OWL)  Total number of objects " text "  (SESSION: 168)"
#define OTHERS AT("00:30:00\tANR0403I Session 7 ended for node WREN (AIX). (SESSION: 7)"), \
    AT("01:10:00\tANE4952I (Session: 8, Node: WREN)  Total number of objects inspected: 5  (SESSION: 8)")
#define LAST AT("02:30:00\tANR0403I Session 9 ended for node WREN (AIX). (SESSION: 9)"), NULL

enum { MOST_ROWS = 8 };

static const struct truth {
    const char *events;
    const char *rows[MOST_ROWS]; /* of the activity log */
    uint32_t proofs;
} truths[] = {
    {EVENT("Completed,0,-"), {OTHERS, LAST}, 0}, /* no statistics */
    {EVENT("Completed,0,-"), {OTHERS, TOTAL("ANE4952I", "inspected: 211,907"), TOTAL("ANE4954I", "backed up: 3,117,402"),
                              TOTAL("ANE4959I", "failed: 0"), LAST}, 0},
    {EVENT("Failed,12,-"), {OTHERS, LAST}, 0},
    {"WOODS,NIGHT,OWL,2031-05-14 01:00:00,,,Missed,,\n", {OTHERS, LAST}, 0},
    {EVENT("Completed,0,-"), {OTHERS, AT("01:20:00\tANR0481W Session 9 for node OWL (AIX) terminated. (SESSION: 9)"),
                              TOTAL("ANE4952I", "inspected: 48,211,907"), TOTAL("ANE4954I", "backed up: 3,117,402"),
                              TOTAL("ANE4959I", "failed: 0"), LAST}, 0},
    {NULL, {OTHERS, AT("01:40:00\tANR2579E Schedule NIGHT in domain WOODS for node OWL failed (return code 12). (SESSION: 9)"),
            LAST}, 0},
    {EVENT("Completed,0,-"), {AT("00:30:00\tANR0403I Session 7 ended for node WREN (AIX). (SESSION: 7)"), LAST},
     TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY | TSMP_PROOF_SERVER},
};
enum { TRUTHS = sizeof truths / sizeof *truths };

/* What the server logs around a stranger's text. A name may hold newlines; an order does not. */
static const struct {
    const char *before, *after;
    bool name;
} prints[] = {
    {AT("01:20:00\tANE4007E (Session: 150, Node: OWL)  Error processing '"),
     "': access to the object is denied  (SESSION: 150)\n", true},
    {AT("01:20:00\tANE4037E Object '"), "' changed during processing. Object skipped. (SESSION: 150)\n", true},
    {AT("01:20:00\tANR2017I Administrator EVE issued command: "), "  (SESSION: 151)\n", false},
    {AT("01:20:00\tANR1496I "), " (SESSION: 151)\n", false},
    {AT("01:20:00\tANE4042E (Session: 150, Node: OWL)  Object name '"),
     "' contains one or more unrecognized characters and is not valid. (SESSION: 150)\n", true},
};
enum { PRINTS = sizeof prints / sizeof *prints };

/* ---- reading ---------------------------------------------------------------------------------- */

struct source {
    const char *bytes;
    size_t length;
};

static tsmp_options probed(const struct source *source, uint32_t batch)
{
    tsmp_options options = {.size = sizeof options, .batch_records = batch};
    tsmp_probe_result found = {.size = sizeof found};
    CHECK(tsmp_probe(source->bytes, source->length, NULL, &found) == TSMP_OK);
    if ((found.date_order & (found.date_order - 1)) == 0)
        options.date_order = found.date_order;
    return options;
}

/* NULL: the heap gave no memory. */
static tsmp_witness *witness_of(const struct source *sources, size_t count, size_t chunk, struct heap *heap)
{
    tsmp_allocator allocator = heap_allocator(heap);
    tsmp_witness *witness;
    int32_t status = tsmp_witness_new(NULL, &allocator, &witness);
    CHECK(status == TSMP_OK || (status == TSMP_E_NOMEM && heap->failed > 0 && witness == NULL));
    for (size_t i = 0; i < count && status == TSMP_OK; i++) {
        tsmp_options options = probed(&sources[i], chunk > 0 ? 3 : 0);
        tsmp_reader *reader;
        tsmp_batch *batch;
        size_t length = sources[i].length;
        CHECK(tsmp_reader_new(&options, NULL, &reader) == TSMP_OK);
        for (size_t at = 0, n; at < length; at += n) {
            n = chunk > 0 && chunk < length - at ? chunk : length - at;
            CHECK(tsmp_reader_feed(reader, sources[i].bytes + at, n) == TSMP_OK);
        }
        CHECK(tsmp_reader_end(reader) == TSMP_OK);
        while (status == TSMP_OK && tsmp_reader_next(reader, &batch) == TSMP_OK) {
            status = tsmp_witness_add(witness, batch);
            tsmp_batch_unref(batch);
        }
        tsmp_reader_free(reader);
    }
    if (status == TSMP_OK)
        status = tsmp_witness_end(witness);
    CHECK(status == TSMP_OK || (status == TSMP_E_NOMEM && heap->failed > 0));
    if (status == TSMP_OK)
        return witness;
    tsmp_witness_free(witness);
    return NULL;
}

/* ---- what is promised of a witness ------------------------------------------------------------ */

static int compare(tsmp_text a, tsmp_text b)
{
    for (uint64_t i = 0; i < a.length && i < b.length; i++) {
        int x = (unsigned char)a.bytes[i], y = (unsigned char)b.bytes[i];
        x = x >= 'A' && x <= 'Z' ? x + 32 : x;
        y = y >= 'A' && y <= 'Z' ? y + 32 : y;
        if (x != y)
            return x - y;
    }
    return a.length < b.length ? -1 : a.length > b.length;
}

static void note_events(struct notes *to, const tsmp_witness_view *view)
{
    for (uint64_t i = 0; i < view->event_count; i++) {
        const tsmp_witness_event *e = &view->events[i];
        size_t at = note_begin(to);
        if (i > 0) {
            int order = compare(e[-1].node, e->node);
            order = order != 0 ? order : compare(e[-1].schedule, e->schedule);
            CHECK(order < 0 || (order == 0 && e[-1].scheduled <= e->scheduled));
        }
        CHECK(e->node.length > 0 && e->schedule.length > 0);
        note_text(to, e->node.bytes, e->node.length);
        note_text(to, e->schedule.bytes, e->schedule.length);
        note_text(to, e->status.bytes, e->status.length);
        note_number(to, (uint64_t)e->scheduled);
        note_number(to, (uint64_t)e->actual);
        note_number(to, (uint64_t)e->completed);
        note_number(to, (uint64_t)e->asked);
        note_number(to, (uint64_t)e->result);
        note_number(to, e->flags);
        note_number(to, e->line);
        note_end(to, at);
    }
}

static void note_sessions(struct notes *to, const tsmp_witness_view *view)
{
    for (uint64_t i = 0; i < view->session_count; i++) {
        const tsmp_witness_session *s = &view->sessions[i];
        size_t at = note_begin(to);
        if (i > 0) {
            int order = compare(s[-1].node, s->node);
            CHECK(order < 0 || (order == 0 && s[-1].last <= s->last));
        }
        CHECK(s->first <= s->last);
        note_text(to, s->node.bytes, s->node.length);
        note_number(to, s->session);
        note_number(to, (uint64_t)s->last);
        note_number(to, s->flags);
        for (uint64_t k = 0; k < s->statistic_count; k++) {
            for (uint64_t before = 0; before < k; before++)
                CHECK(s->statistics[before].name != s->statistics[k].name);
            note_number(to, s->statistics[k].name);
            note_number(to, (uint64_t)s->statistics[k].number);
        }
        note_end(to, at);
    }
}

static void note_rest(struct notes *to, const tsmp_witness_view *view)
{
    for (uint64_t i = 0; i < view->message_count; i++) {
        const tsmp_witness_message *m = &view->messages[i];
        size_t at = note_begin(to);
        CHECK(i == 0 || compare(m[-1].node, m->node) <= 0);
        note_text(to, m->node.bytes, m->node.length);
        note_text(to, m->code.bytes, m->code.length);
        note_number(to, (uint64_t)m->time);
        note_number(to, m->flags);
        note_end(to, at);
    }
    for (uint64_t i = 0; i < view->filespace_count; i++) {
        const tsmp_witness_filespace *f = &view->filespaces[i];
        size_t at = note_begin(to);
        CHECK(i == 0 || compare(f[-1].node, f->node) <= 0);
        CHECK(f->name.length > 0);
        note_text(to, f->node.bytes, f->node.length);
        note_text(to, f->name.bytes, f->name.length);
        note_number(to, (uint64_t)f->last_incremental);
        note_number(to, (uint64_t)f->asked);
        note_number(to, f->flags);
        note_end(to, at);
    }
}

static void note_witness(struct notes *to, const tsmp_witness *witness)
{
    const tsmp_witness_view *view = tsmp_witness_view_of(witness);
    CHECK(view != NULL && view->size == sizeof *view);
    note_events(to, view);
    note_sessions(to, view);
    note_rest(to, view);
}

/* ---- the night ---------------------------------------------------------------------------------- */

static tsmp_run *the_night(void)
{
    static tsmp_run *run;
    if (run != NULL)
        return run;
    tsmp_options options = {.size = sizeof options, .date_order = TSMP_ORDER_YMD};
    tsmp_reader *reader;
    tsmp_runs *runs;
    tsmp_batch *batch;
    CHECK(tsmp_reader_new(&options, NULL, &reader) == TSMP_OK && tsmp_runs_new(NULL, NULL, &runs) == TSMP_OK);
    CHECK(tsmp_reader_feed(reader, night, sizeof night - 1) == TSMP_OK && tsmp_reader_end(reader) == TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        CHECK(tsmp_runs_add(runs, batch) == TSMP_OK);
        tsmp_batch_unref(batch);
    }
    CHECK(tsmp_runs_end(runs) == TSMP_OK && tsmp_runs_next(runs, &run) == TSMP_OK);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
    return run;
}

static uint32_t judge(const tsmp_witness *witness, uint32_t proofs, uint32_t *proof)
{
    tsmp_context context = {.size = sizeof context, .witness = witness, .proofs = proofs};
    tsmp_verdict *verdict;
    CHECK(tsmp_judge(the_night(), &context, NULL, &verdict) == TSMP_OK);
    const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
    uint32_t found = view->verdict;
    *proof = view->proof;
    tsmp_verdict_free(verdict);
    return found;
}

static void add_print(struct notes *to, const char *bytes, size_t length, uint32_t how)
{
    note_bytes(to, prints[how % PRINTS].before, strlen(prints[how % PRINTS].before));
    for (size_t i = 0; i < length; i++) {
        char c = !prints[how % PRINTS].name && (bytes[i] == '\n' || bytes[i] == '\r') ? ' ' : bytes[i];
        note_bytes(to, &c, 1);
    }
    note_bytes(to, prints[how % PRINTS].after, strlen(prints[how % PRINTS].after));
}

static void add_prints(struct notes *to, const char *names, size_t length, uint32_t how)
{
    for (;; how++) {
        const char *end = memchr(names, '\0', length);
        size_t name = end != NULL ? (size_t)(end - names) : length;
        add_print(to, names, name, how);
        if (end == NULL)
            return;
        names += name + 1;
        length -= name + 1;
    }
}

static void add_log(struct notes *to, const struct truth *truth, size_t where, const char *names, size_t length,
                    uint32_t how)
{
    size_t count = 0;
    while (truth->rows[count] != NULL)
        count++;
    for (size_t i = 0; i < count; i++) {
        note_bytes(to, truth->rows[i], strlen(truth->rows[i]));
        note_bytes(to, "\n", 1);
        if (names != NULL && i == where % count)
            add_prints(to, names, length, how);
    }
}

static void strangers(const uint8_t *data, const struct truth *truth, const char *names, size_t length)
{
    uint32_t verdicts[2], proof[2];
    for (int with = 0; with < 2; with++) {
        struct notes log = {0};
        struct heap heap = {0};
        add_log(&log, truth, head_byte(data, 1), with ? names : NULL, length, head_byte(data, 2));
        struct source sources[2] = {{log.bytes, log.length}, {truth->events, truth->events != NULL ? strlen(truth->events) : 0}};
        tsmp_witness *witness = witness_of(sources, truth->events != NULL ? 2 : 1, 0, &heap);
        CHECK(witness != NULL);
        verdicts[with] = judge(witness, truth->proofs, &proof[with]);
        tsmp_witness_free(witness);
        CHECK(heap.live == 0);
        free(log.bytes);
    }
    CHECK(standing_level(verdicts[0]) == 0);
    CHECK(standing_level(verdicts[1]) == 0);
    CHECK((proof[1] & ~proof[0]) == 0);
}

/* ---- a text of any make -------------------------------------------------------------------------- */

static void any_text(const uint8_t *data, const char *bytes, size_t length)
{
    struct source source = {bytes, length};
    struct notes whole = {0}, pieces = {0};
    struct heap heap = {0}, other = {0}, poor = {.fail_at = 1 + head_byte(data, 4), .fail_count = 1};
    uint32_t proof;
    tsmp_witness *witness = witness_of(&source, 1, 0, &heap);
    CHECK(witness != NULL);
    note_witness(&whole, witness);
    (void)judge(witness, 0, &proof);
    tsmp_witness_free(witness);
    CHECK(heap.live == 0);
    witness = witness_of(&source, 1, 1 + head_byte(data, 3), &other);
    CHECK(witness != NULL);
    note_witness(&pieces, witness);
    notes_equal(&whole, &pieces, "witness");
    tsmp_witness_free(witness);
    witness = witness_of(&source, 1, 0, &poor);
    CHECK((witness == NULL) == (poor.failed > 0));
    tsmp_witness_free(witness);
    CHECK(poor.live == 0);
    free(whole.bytes);
    free(pieces.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    uint32_t which = head_byte(data, 0);
    size_t length = size - HEAD;
    char *bytes = malloc(length > 0 ? length : 1); /* of its exact size, for the sanitizers */
    CHECK(bytes != NULL);
    memcpy(bytes, data + HEAD, length);
    if (which < TRUTHS)
        strangers(data, &truths[which], bytes, length);
    else
        any_text(data, bytes, length);
    free(bytes);
    return 0;
}
