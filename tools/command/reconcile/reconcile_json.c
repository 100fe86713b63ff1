/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse reconcile as JSON, one object: keys may be added, never renamed. */
#include "reconcile.h"

#include <inttypes.h>
#include <string.h>

static void pair(const char *key, tsmp_text text)
{
    if (text.length == 0)
        printf("\"%s\":null", key);
    else
        print_json_pair(stdout, key, text.bytes, (size_t)text.length);
    putchar(',');
}

static void time_pair(const char *key, int64_t time)
{
    printf("\"%s\":", key);
    print_time(stdout, time, time != TSMP_NO_TIME, true);
    putchar(',');
}

static void server(const tsmp_witness_event *event)
{
    fputs("\"server\":", stdout);
    if (event == NULL) {
        fputs("null,", stdout);
        return;
    }
    putchar('{');
    pair("status", event->status);
    pair("name", event->server);
    time_pair("actual", event->actual);
    time_pair("completed", event->completed);
    fputs("\"result\":", stdout);
    if ((event->flags & TSMP_WITNESS_HAS_RESULT) != 0)
        printf("%" PRId64 "},", event->result);
    else
        fputs("null},", stdout);
}

static void proofs(uint32_t proof)
{
    const char *comma = "";
    fputs("\"proof\":[", stdout);
    for (uint32_t bit = 1; bit != 0 && bit <= proof; bit <<= 1) {
        const char *name = (proof & bit) != 0 ? tsmp_name("proof", bit) : NULL;
        if (name == NULL)
            continue;
        printf("%s\"%s\"", comma, name);
        comma = ",";
    }
    fputs("],", stdout);
}

static void log_of(const struct ran *run)
{
    fputs("\"log\":", stdout);
    if (run == NULL) {
        fputs("null}", stdout);
        return;
    }
    printf("{\"verdict\":\"%s\",\"claim\":\"%s\",", tsmp_name("verdict", run->verdict),
           tsmp_name("claim", run->claim));
    proofs(run->proof);
    pair("evidence", (tsmp_text){run->id, run->id != NULL ? strlen(run->id) : 0});
    pair("text", run->reason);
    time_pair("started", run->started);
    time_pair("ended", run->ended);
    print_json_pair(stdout, "file", run->file, strlen(run->file));
    printf(",\"first_line\":%" PRIu64 ",\"last_line\":%" PRIu64 "}}", run->first_line, run->last_line);
}

static void entry_json(const struct entry *entry)
{
    const tsmp_witness_event *event = entry->event;
    const struct ran *run = entry->ran;
    printf("{\"difference\":\"%s\",\"verdict\":\"%s\",", stand_name(entry->stand),
           tsmp_name("verdict", entry->verdict));
    pair("node", event != NULL ? event->node : run->node);
    pair("schedule", event != NULL ? event->schedule : run->schedule);
    time_pair("scheduled", event != NULL && event->scheduled != TSMP_NO_TIME ? event->scheduled
                           : run != NULL ? run->scheduled : TSMP_NO_TIME);
    server(event);
    log_of(run);
}

void reconcile_json(const struct reconciling *reconciling)
{
    const tsmp_witness_view *witness = reconciling->witness;
    printf("{\"schema\":1,\"verdict\":\"%s\",", tsmp_name("verdict", reconciling->worst));
    time_pair("from", reconciling->from);
    time_pair("to", reconciling->to);
    printf("\"completed\":%" PRIu64 ",\"counts\":{", reconciling->completed);
    for (enum stand stand = 0; stand < STANDS; stand++)
        printf("%s\"%s\":%" PRIu64, stand > 0 ? "," : "", stand_name(stand), reconciling->stands[stand]);
    fputs("},\"agreeing\":{", stdout);
    for (uint32_t verdict = 1; verdict < 8; verdict++)
        printf("%s\"%s\":%" PRIu64, verdict > 1 ? "," : "", tsmp_name("verdict", verdict),
               reconciling->agreeing[verdict]);
    printf("},\"to_come\":%" PRIu64 ",\"runs_of_other_days\":%" PRIu64 ",\"undated_runs\":%" PRIu64 ",\"interactive\":%" PRIu64
           ",\"unreadable_logs\":%" PRIu64 ",\"logs_without_runs\":%" PRIu64 ",\"server_rows\":{\"undated\":%" PRIu64
           ",\"damaged\":%" PRIu64 ",\"left_out\":%" PRIu64 "},", reconciling->to_come, reconciling->outside,
           reconciling->undated, reconciling->interactive, reconciling->unreadable, reconciling->no_runs,
           witness->undated, witness->damaged, witness->left_out);
    if (reconciling->options->load && !reconcile_load(reconciling, true))
        fputs("\"load\":null,", stdout);
    fputs("\"differences\":[", stdout);
    for (size_t i = 0; i < reconciling->differences; i++) {
        if (i > 0)
            putchar(',');
        entry_json(&reconciling->entries[i]);
    }
    puts("]}");
}
