/* SPDX-License-Identifier: BSD-2-Clause
 * A run as JSON. The keys are a contract: they may be added to, never renamed. */
#include "report.h"

#include <inttypes.h>
#include <string.h>

static void text_or_null(FILE *out, const char *key, tsmp_text text)
{
    if (text.length == 0)
        fprintf(out, "\"%s\":null", key);
    else
        print_json_pair(out, key, text.bytes, (size_t)text.length);
    putc(',', out);
}

static void time_or_null(FILE *out, const char *key, int64_t time)
{
    fprintf(out, "\"%s\":", key);
    print_time(out, time, time != TSMP_NO_TIME, true);
    putc(',', out);
}

static void json_evidence(FILE *out, const tsmp_verdict_view *judged, uint32_t verdict)
{
    const char *comma = "";
    fputs("\"evidence\":[", out);
    for (uint64_t i = 0; i < judged->evidence_count; i++) {
        const tsmp_evidence *e = &judged->evidence[i];
        const char *name = tsmp_name("evidence", e->id);
        fprintf(out, "%s{\"id\":\"%s\",\"strength\":%" PRIu32 ",", comma,
                name != NULL ? name : "other", e->strength);
        print_json_pair(out, "text", e->text.bytes, (size_t)e->text.length);
        fputs(",\"lines\":[", out);
        for (uint64_t k = 0; k < e->line_count; k++)
            fprintf(out, "%s%" PRIu64, k > 0 ? "," : "", e->lines[k]);
        fputs("]}", out);
        comma = ",";
    }
    if (verdict != judged->verdict)
        fprintf(out, "%s{\"id\":\"unread\",\"strength\":0,\"text\":\"%s\",\"lines\":[]}", comma,
                unread_text);
    fputs("],", out);
}

static void json_proof(FILE *out, uint32_t proof)
{
    const char *comma = "";
    fputs("\"proof\":[", out);
    for (uint32_t bit = 1; bit != 0 && bit <= proof; bit <<= 1) {
        const char *name = (proof & bit) != 0 ? tsmp_name("proof", bit) : NULL;
        if (name == NULL)
            continue;
        fprintf(out, "%s\"%s\"", comma, name);
        comma = ",";
    }
    fputs("],", out);
}

static void line_or_null(FILE *out, uint64_t line)
{
    if (line != 0)
        fprintf(out, "%" PRIu64, line);
    else
        fputs("null", out);
}

static void json_volumes(FILE *out, const tsmp_run_view *run)
{
    fputs("\"volumes\":[", out);
    for (uint64_t i = 0; i < run->volume_count; i++) {
        const tsmp_volume *v = &run->volumes[i];
        const char *outcome = v->outcome == TSMP_WORD_SUCCESSFUL ? "ended"
                              : v->outcome == 0 ? NULL : tsmp_name("word", v->outcome);
        fputs(i > 0 ? ",{" : "{", out);
        text_or_null(out, "name", v->name);
        fprintf(out, "\"outcome\":\"%s\",\"failures\":%" PRIu64 ",\"begin_line\":",
                outcome != NULL ? outcome : "unfinished", v->failures);
        line_or_null(out, v->begin_line);
        fputs(",\"end_line\":", out);
        line_or_null(out, v->end_line);
        putc('}', out);
    }
    fputs("],", out);
}

static void json_statistics(FILE *out, const tsmp_run_view *run)
{
    const char *comma = "";
    fputs("\"statistics\":{", out);
    for (uint64_t i = 0; i < run->statistic_count; i++) {
        const tsmp_statistic *s = &run->statistics[i];
        const char *name = tsmp_name("statistic", s->name);
        bool twice = false;
        for (uint64_t k = 0; k < i && !twice; k++)
            twice = run->statistics[k].name == s->name;
        if (name == NULL || twice)
            continue;
        fprintf(out, "%s\"%s\":", comma, name);
        if ((s->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) != 0)
            fputs("null", out);
        else
            print_number(out, s->number, s->power);
        comma = ",";
    }
    fputs("},", out);
}

static void json_counts(FILE *out, const tsmp_run_view *run)
{
    fprintf(out, "\"objects\":{\"sent\":%" PRIu64 ",\"updated\":%" PRIu64 ",\"expired\":%" PRIu64
            ",\"rebound\":%" PRIu64 ",\"deleted\":%" PRIu64 ",\"failed\":%" PRIu64
            ",\"skipped\":%" PRIu64 ",\"retried\":%" PRIu64 "},", run->sent, run->updated,
            run->expired, run->rebound, run->deleted, run->failed, run->skipped, run->retried);
    fprintf(out, "\"messages\":{\"I\":%" PRIu64 ",\"W\":%" PRIu64 ",\"E\":%" PRIu64
            ",\"S\":%" PRIu64 "},", run->informational, run->warnings, run->errors, run->severe);
}

void json_run(FILE *out, const char *file, const tsmp_run_view *run,
              const tsmp_verdict_view *judged, uint32_t verdict)
{
    const char *action = run->action != 0 ? tsmp_name("word", run->action) : NULL;
    putc('{', out);
    text_or_null(out, "schedule", run->schedule);
    text_or_null(out, "node", run->node);
    fputs("\"action\":", out);
    if (action != NULL)
        fprintf(out, "\"%s\",", action);
    else
        fputs("null,", out);
    time_or_null(out, "scheduled", run->scheduled);
    text_or_null(out, "scheduled_text", run->scheduled_text);
    time_or_null(out, "started", run->started);
    time_or_null(out, "ended", run->ended);
    fprintf(out, "\"claim\":\"%s\",\"return_code\":", tsmp_name("claim", run->claim));
    if (run->has_return_code)
        fprintf(out, "%" PRId64 ",", run->return_code);
    else
        fputs("null,", out);
    fprintf(out, "\"verdict\":\"%s\",", tsmp_name("verdict", verdict));
    json_proof(out, judged->proof);
    json_evidence(out, judged, verdict);
    why_json(out, judged);
    json_volumes(out, run);
    json_statistics(out, run);
    json_counts(out, run);
    fprintf(out, "\"interactive\":%s,\"attempts\":%" PRIu32 ",\"volumes_left_out\":%" PRIu64 ",",
            run->interactive ? "true" : "false", run->attempts, run->volumes_left_out);
    print_json_pair(out, "file", file, strlen(file));
    fprintf(out, ",\"first_line\":%" PRIu64 ",\"last_line\":%" PRIu64 "}", run->first_line,
            run->last_line);
}
