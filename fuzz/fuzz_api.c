/* SPDX-License-Identifier: BSD-2-Clause
 * Calls in any order, right and wrong, with good and bad arguments and memory that runs out. A wrong
 * call is TSMP_E_MISUSE and changes nothing; no call crashes, and at the end nothing is left.
 *
 * The input is a program: a byte chooses the call, the next ones its arguments. What is given to a reader
 * may be bytes of the program, a line that the client prints, or any of its messages by number. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codes.inc"
#include "lines.inc"

enum { SLOTS = 2, BATCHES = 4 };

struct reader_slot {
    tsmp_reader *reader;
    bool fed, ended;
};

struct runs_slot {
    tsmp_runs *runs;
    bool ended, spent;
};

struct program {
    const uint8_t *at, *end;
    struct heap heap;
    tsmp_allocator allocator;
    struct reader_slot readers[SLOTS];
    struct runs_slot runs[SLOTS];
    tsmp_batch *batches[BATCHES];
    tsmp_run *run;
    tsmp_prober *prober;
    uint64_t lent;
};

static uint32_t next_byte(struct program *program)
{
    return program->at < program->end ? *program->at++ : 0;
}

/* The next bytes of the program in a block of their own. */
static char *next_bytes(struct program *program, size_t *length)
{
    size_t wanted = next_byte(program), left = (size_t)(program->end - program->at);
    *length = wanted < left ? wanted : left;
    char *bytes = malloc(*length > 0 ? *length : 1);
    CHECK(bytes != NULL);
    memcpy(bytes, program->at, *length);
    program->at += *length;
    return bytes;
}

/* A line of the client's with its stamp, or a run that has begun with messages of the catalogue in it. */
static char *known_lines(struct program *program, size_t *length)
{
    enum { LINES = sizeof lines / sizeof *lines, CODES = sizeof codes / sizeof *codes, MESSAGES = 16 };
    static const char *const ends[] = {"failed.", "was seen.", "goes on"};
    const char *stamp = "09/17/2025 22:04:11 ";
    struct notes text = {0};
    char line[256];
    uint32_t how = next_byte(program), which = next_byte(program) << 8;
    which |= next_byte(program);
    const char *first = how % 2 == 0 ? lines[which % LINES] : "--- SCHEDULEREC OBJECT BEGIN NIGHT_INC 09/17/2025 22:00:00";
    int n = snprintf(line, sizeof line, "%s%s\n", stamp, first);
    note_bytes(&text, line, (size_t)n);
    for (uint32_t i = 0; how % 2 == 1 && i < MESSAGES; i++) {
        n = snprintf(line, sizeof line, "%s%s Of '/srv/mail/%u' it %s\n", stamp, codes[(which + i) % CODES], i, ends[how / 2 % 3]);
        note_bytes(&text, line, (size_t)n);
    }
    *length = text.length;
    char *exact = realloc(text.bytes, text.length);
    CHECK(exact != NULL);
    return exact;
}

static bool no_memory(const struct program *program, int32_t status, uint64_t failed)
{
    CHECK(status != TSMP_E_NOMEM || program->heap.failed > failed);
    return status == TSMP_E_NOMEM;
}

struct lent {
    struct program *program;
    char *bytes;
};

static void give_back(void *context)
{
    struct lent *lent = context;
    CHECK(lent->program->lent > 0);
    lent->program->lent--;
    free(lent->bytes);
    free(lent);
}

/* ---- readers ---------------------------------------------------------------------------------- */

static void new_reader(struct program *program, struct reader_slot *slot)
{
    uint32_t how = next_byte(program), value = next_byte(program);
    struct {
        tsmp_options options;
        unsigned char tail[8]; /* what a newer caller may have */
    } given = {.options = {.size = sizeof given.options}};
    bool bad = false;
    switch (how % 8) {
    case 1:
        given.options.max_line = value;
        bad = value > 0 && value < 16;
        break;
    case 2: given.options.batch_records = value; break;
    case 3:
        given.options.size = value;
        bad = value < 8;
        if (value > sizeof given)
            return;
        break;
    case 4:
        given.options.size = sizeof given;
        given.tail[value % 8] = (uint8_t)(value >> 3);
        bad = value >> 3 != 0;
        break;
    case 5:
        given.options.date_order = value;
        bad = value == 3 || value > 4;
        break;
    case 6:
        given.options.first_offset = UINT64_C(1) << value % 62;
        given.options.first_line = value;
        break;
    default: break;
    }
    uint64_t failed = program->heap.failed;
    tsmp_reader *made = NULL;
    int32_t status = tsmp_reader_new(how % 8 == 0 ? NULL : &given.options,
                                     how % 16 == 15 ? NULL : &program->allocator, &made);
    CHECK((status == TSMP_OK) == (made != NULL));
    if (no_memory(program, status, failed))
        return;
    CHECK(status == (bad ? TSMP_E_MISUSE : TSMP_OK));
    tsmp_reader_free(slot->reader);
    *slot = (struct reader_slot){.reader = made};
}

static void give(struct program *program, struct reader_slot *slot, bool lend, bool known)
{
    size_t length;
    char *bytes = known ? known_lines(program, &length) : next_bytes(program, &length);
    uint64_t failed = program->heap.failed;
    int32_t status;
    if (lend) {
        struct lent *lent = malloc(sizeof *lent);
        CHECK(lent != NULL);
        *lent = (struct lent){program, bytes};
        program->lent++;
        status = tsmp_reader_lend(slot->reader, bytes, length, give_back, lent);
        if (status != TSMP_OK)
            give_back(lent); /* it is still ours */
    } else {
        status = tsmp_reader_feed(slot->reader, bytes, length);
        free(bytes);
    }
    if (no_memory(program, status, failed))
        return;
    CHECK(status == (slot->reader == NULL || slot->ended ? TSMP_E_MISUSE : TSMP_OK));
    slot->fed |= status == TSMP_OK && length > 0;
}

static void add_pattern(struct program *program, struct reader_slot *slot)
{
    static const char *const patterns[] = {"(?<a>x+)y", "(", "^(?<all>.*)$", "(?<a>\\d+)(?<b>.)?", ""};
    size_t length;
    uint32_t which = next_byte(program) % 8;
    char *bytes = next_bytes(program, &length);
    uint64_t failed = program->heap.failed;
    int32_t status = which < 5 ? tsmp_reader_add_pattern(slot->reader, "fixed", patterns[which],
                                                         strlen(patterns[which]))
                     : which == 5 ? tsmp_reader_add_pattern(slot->reader, NULL, "x", 1)
                     : which == 6 ? tsmp_reader_add_pattern(slot->reader, "null", NULL, 4)
                                  : tsmp_reader_add_pattern(slot->reader, "given", bytes, length);
    free(bytes);
    if (no_memory(program, status, failed))
        return;
    if (slot->reader == NULL || slot->ended || slot->fed || which == 5 || which == 6)
        CHECK(status == TSMP_E_MISUSE);
    else
        CHECK(status == TSMP_OK || status == TSMP_E_PATTERN);
    CHECK(tsmp_reader_error(slot->reader) != NULL);
}

static void next_batch(struct program *program, struct reader_slot *slot)
{
    uint32_t into = next_byte(program) % BATCHES;
    uint64_t failed = program->heap.failed;
    tsmp_batch *batch = NULL;
    int32_t status = tsmp_reader_next(slot->reader, &batch);
    CHECK((status == TSMP_OK) == (batch != NULL));
    if (no_memory(program, status, failed))
        return;
    if (slot->reader == NULL)
        CHECK(status == TSMP_E_MISUSE);
    else
        CHECK(status == TSMP_OK || status == (slot->ended ? TSMP_END : TSMP_MORE));
    if (batch == NULL)
        return;
    tsmp_batch_unref(program->batches[into]);
    program->batches[into] = batch;
}

static void look_at_batch(struct program *program)
{
    uint32_t which = next_byte(program) % BATCHES, id = next_byte(program) * 257;
    tsmp_batch *batch = program->batches[which];
    const tsmp_view *view = tsmp_batch_view(batch);
    CHECK((view == NULL) == (batch == NULL));
    const char *name = tsmp_batch_field_name(batch, id);
    CHECK(name == NULL || name[0] != '\0');
    tsmp_batch *more = tsmp_batch_ref(batch);
    CHECK(more == batch);
    uint64_t sum = 0;
    for (uint64_t i = 0; view != NULL && i < view->text_length; i++)
        sum += (unsigned char)view->text[i];
    for (uint64_t i = 0; view != NULL && i < view->field_count; i++)
        sum += view->fields[i].text + view->fields[i].length;
    CHECK(sum != UINT64_MAX);
    tsmp_batch_unref(more);
}

/* ---- runs -------------------------------------------------------------------------------------- */

static void new_runs(struct program *program, struct runs_slot *slot)
{
    uint32_t how = next_byte(program);
    tsmp_runs_options options = {.size = how % 4 == 3 ? 4 : sizeof options, .max_volumes = how,
                                 .max_evidence = how};
    uint64_t failed = program->heap.failed;
    tsmp_runs *made = NULL;
    int32_t status = tsmp_runs_new(how % 4 == 0 ? NULL : &options, &program->allocator, &made);
    if (no_memory(program, status, failed))
        return;
    CHECK(status == TSMP_OK || status == TSMP_E_MISUSE);
    if (status != TSMP_OK)
        return;
    tsmp_runs_free(slot->runs);
    *slot = (struct runs_slot){.runs = made};
}

static void change_runs(struct program *program, struct runs_slot *slot, bool end)
{
    uint64_t failed = program->heap.failed;
    tsmp_batch *batch = end ? NULL : program->batches[next_byte(program) % BATCHES];
    int32_t status = end ? tsmp_runs_end(slot->runs) : tsmp_runs_add(slot->runs, batch);
    if (no_memory(program, status, failed)) {
        slot->spent = true;
        return;
    }
    bool wrong = slot->runs == NULL || slot->spent || (!end && (batch == NULL || slot->ended));
    CHECK(status == (wrong ? TSMP_E_MISUSE : TSMP_OK));
    slot->ended |= end && status == TSMP_OK;
}

static void next_run(struct program *program, struct runs_slot *slot)
{
    tsmp_run *run = NULL;
    int32_t status = tsmp_runs_next(slot->runs, &run);
    CHECK((status == TSMP_OK) == (run != NULL));
    if (slot->runs == NULL)
        CHECK(status == TSMP_E_MISUSE);
    else if (!slot->spent)
        CHECK(status == TSMP_OK || status == (slot->ended ? TSMP_END : TSMP_MORE));
    if (run != NULL) {
        tsmp_run_free(program->run);
        program->run = run;
    }
}

static void judge(struct program *program)
{
    uint32_t how = next_byte(program);
    tsmp_text domain[2] = {{"/", 1}, {"/srv", 4}};
    tsmp_context context = {.size = how % 8 == 7 ? 3 : sizeof context, .proofs = how >> 5,
                            .age = (int64_t)how * 1000, .fresh = how & 15,
                            .domain = how % 3 == 0 ? domain : NULL, .domain_count = how % 3 == 0 ? 2 : 0};
    uint64_t failed = program->heap.failed;
    tsmp_verdict *verdict = NULL;
    int32_t status = tsmp_judge(program->run, how % 4 == 0 ? NULL : &context,
                                how % 5 == 0 ? NULL : &program->allocator, &verdict);
    CHECK((status == TSMP_OK) == (verdict != NULL));
    if (no_memory(program, status, failed))
        return;
    CHECK(status == TSMP_OK || status == TSMP_E_MISUSE);
    CHECK(program->run != NULL || status == TSMP_E_MISUSE);
    const tsmp_run_view *run = tsmp_run_view_of(program->run);
    const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
    if (view != NULL) {
        struct notes notes = {0};
        note_run(&notes, run, view);
        free(notes.bytes);
    }
    tsmp_verdict_free(verdict);
}

/* ---- the rest ---------------------------------------------------------------------------------- */

static void look_up(struct program *program)
{
    static const char *const groups[] = {"kind", "field", "word", "statistic", "flag", "none", "", "verdict"};
    uint32_t group = next_byte(program) % 9, id = next_byte(program);
    const char *name = tsmp_name(group < 8 ? groups[group] : NULL, id);
    CHECK(name == NULL || name[0] != '\0');
    size_t length;
    char *bytes = next_bytes(program, &length);
    tsmp_message_info info = {.size = id % 3 == 0 ? 4 : sizeof info};
    int32_t status = tsmp_message_lookup(bytes, length, id % 7 == 0 ? NULL : &info);
    CHECK(status == TSMP_OK || status == TSMP_END || status == TSMP_E_MISUSE);
    CHECK(status != TSMP_OK || (info.code != NULL && info.meaning != NULL && info.weight != NULL));
    CHECK(tsmp_message_lookup(NULL, 8, &info) == TSMP_E_MISUSE);
    CHECK(tsmp_tokenize(NULL, 4, NULL, 4) == 0);
    free(bytes);
}

static void probe(struct program *program)
{
    uint32_t how = next_byte(program);
    uint64_t failed = program->heap.failed;
    tsmp_probe_result result = {.size = how % 8 == 0 ? 8 : sizeof result};
    if (how % 4 == 1) {
        tsmp_prober *made = NULL;
        int32_t status = tsmp_prober_new(&program->allocator, &made);
        if (no_memory(program, status, failed))
            return;
        CHECK(status == TSMP_OK);
        tsmp_prober_free(program->prober);
        program->prober = made;
    } else if (how % 4 == 2) {
        int32_t status = tsmp_prober_result(program->prober, &result);
        CHECK(status == (program->prober == NULL ? TSMP_E_MISUSE : status));
    } else {
        size_t length;
        char *bytes = next_bytes(program, &length);
        int32_t status = how % 4 == 3 ? tsmp_prober_feed(program->prober, bytes, length)
                                      : tsmp_probe(bytes, length, &program->allocator, &result);
        free(bytes);
        if (!no_memory(program, status, failed))
            CHECK(status == TSMP_OK || status == TSMP_E_MISUSE);
    }
}

static void step(struct program *program)
{
    uint32_t call = next_byte(program), which = call >> 6 & 1;
    struct reader_slot *reader = &program->readers[which];
    struct runs_slot *runs = &program->runs[which];
    uint64_t failed = program->heap.failed;
    switch (call % 20) {
    case 0: new_reader(program, reader); break;
    case 1:
        tsmp_reader_free(reader->reader);
        *reader = (struct reader_slot){0};
        break;
    case 2:
    case 3: give(program, reader, false, (call & 0x80) != 0); break;
    case 4: give(program, reader, true, (call & 0x80) != 0); break;
    case 5: {
        int32_t status = tsmp_reader_end(reader->reader);
        if (no_memory(program, status, failed))
            break;
        CHECK(status == (reader->reader == NULL ? TSMP_E_MISUSE : TSMP_OK));
        reader->ended = status == TSMP_OK;
        break;
    }
    case 6:
    case 7: next_batch(program, reader); break;
    case 8: add_pattern(program, reader); break;
    case 9: look_at_batch(program); break;
    case 10: new_runs(program, runs); break;
    case 11:
        tsmp_runs_free(runs->runs);
        *runs = (struct runs_slot){0};
        break;
    case 12:
    case 13: change_runs(program, runs, false); break;
    case 14: change_runs(program, runs, true); break;
    case 15: next_run(program, runs); break;
    case 16: judge(program); break;
    case 17: look_up(program); break;
    case 18: probe(program); break;
    default:
        program->heap.fail_at = program->heap.asked + next_byte(program) % 16;
        program->heap.fail_count = 1 + next_byte(program) % 3;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .end = data + size};
    program.allocator = heap_allocator(&program.heap);
    while (program.at < program.end)
        step(&program);
    for (size_t i = 0; i < SLOTS; i++) { /* readers first: batches and runs must not need them */
        tsmp_reader_free(program.readers[i].reader);
        tsmp_runs_free(program.runs[i].runs);
    }
    judge(&program);
    tsmp_run_free(program.run);
    tsmp_prober_free(program.prober);
    for (size_t i = 0; i < BATCHES; i++)
        tsmp_batch_unref(program.batches[i]);
    CHECK(program.heap.live == 0 && program.lent == 0);
    return 0;
}
