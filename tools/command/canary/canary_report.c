/* SPDX-License-Identifier: BSD-2-Clause
 * The canary's answer: as a person says it, then why with the lines it rests on; or as JSON. */
#include "canary.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN = 200 };

static const char *name_of(const char *group, uint32_t id)
{
    const char *name = tsmp_name(group, id);
    return name != NULL ? name : "unknown";
}

/* Of window and nights: what is missing anywhere is missing. */
static uint32_t worst_of(const struct said *said, const tsmp_canary_view *view)
{
    if (view == NULL || said->error[0] != '\0')
        return TSMP_CANARY_UNKNOWN;
    uint32_t worst = view->answer;
    for (uint64_t i = 0; i < view->night_count; i++) {
        uint32_t answer = view->nights[i].answer;
        if (answer == TSMP_CANARY_ABSENT || (answer == TSMP_CANARY_UNKNOWN && worst == TSMP_CANARY_PRESENT))
            worst = answer;
    }
    return worst;
}

static void print_when(int64_t time, bool json)
{
    print_time(stdout, time, time != TSMP_NO_TIME, json);
}

/* ---- lines of the text ------------------------------------------------------------------------ */

/* Read once more, up to the line: few are shown, and the text is in memory. */
static void print_line(const struct said *said, const tsmp_options *known, uint64_t line)
{
    tsmp_reader *reader;
    tsmp_batch *batch;
    bool found = false;
    if (tsmp_reader_new(known, NULL, &reader) != TSMP_OK)
        return;
    if (tsmp_reader_lend(reader, said->bytes, said->length, NULL, NULL) == TSMP_OK &&
        tsmp_reader_end(reader) == TSMP_OK)
        while (!found && tsmp_reader_next(reader, &batch) == TSMP_OK) {
            const tsmp_view *view = tsmp_batch_view(batch);
            for (uint64_t i = 0; i < view->record_count && !found; i++) {
                const tsmp_record *record = &view->records[i];
                if (record->line != line)
                    continue;
                printf("    line %" PRIu64 ": ", line);
                print_safe(stdout, view->text + record->text, record->text_length, SHOWN);
                putchar('\n');
                found = true;
            }
            tsmp_batch_unref(batch);
        }
    tsmp_reader_free(reader);
}

/* ---- text ------------------------------------------------------------------------------------- */

static void print_first(const struct ask *ask, const struct said *said, const tsmp_canary_view *view,
                        uint32_t worst)
{
    const tsmp_text *path = &ask->question.path;
    bool usable = view != NULL && said->error[0] == '\0';
    uint64_t missing = 0, unclear = 0;
    for (uint64_t i = 0; usable && i < view->night_count; i++) {
        missing += view->nights[i].answer == TSMP_CANARY_ABSENT;
        unclear += view->nights[i].answer == TSMP_CANARY_UNKNOWN;
    }
    uint32_t answer = usable ? view->answer : TSMP_CANARY_UNKNOWN;
    fputs(worst == TSMP_CANARY_PRESENT ? "PRESENT: " : worst == TSMP_CANARY_ABSENT ? "ABSENT: " : "UNKNOWN: ", stdout);
    /* What makes the answer stands first. */
    bool nights = usable && view->night_count > 0, nights_first = nights && worst != answer;
    if (nights_first)
        printf("of %" PRIu64 " nights %" PRIu64 " missing, %" PRIu64 " not proven; ", view->night_count, missing, unclear);
    if (answer == TSMP_CANARY_UNKNOWN)
        fputs("it is not proven whether ", stdout);
    print_safe(stdout, path->bytes, (size_t)path->length, SHOWN);
    fputs(answer == TSMP_CANARY_ABSENT ? " was not stored by the run that began at "
                                       : " was stored by the run that began at ", stdout);
    print_when(ask->question.window_start, false);
    if (nights && !nights_first)
        printf("; of %" PRIu64 " nights %" PRIu64 " missing, %" PRIu64 " not proven", view->night_count, missing, unclear);
    putchar('\n');
}

static void print_nights(const tsmp_canary_view *view)
{
    for (uint64_t i = 0; i < view->night_count; i++) {
        const tsmp_canary_night *night = &view->nights[i];
        fputs("  night ", stdout);
        print_when(night->start, false);
        printf("  %-7s  %" PRIu64 " version%s (%s)\n", name_of("canary", night->answer), night->versions,
               night->versions == 1 ? "" : "s", name_of("canary_reason", night->reason));
    }
}

static void print_text(const struct ask *ask, const struct said *said, const tsmp_canary_view *view,
                       const tsmp_options *known, uint32_t worst)
{
    print_first(ask, said, view, worst);
    if (said->error[0] != '\0') {
        fputs(ask->dsmc != NULL ? "  dsmc: it " : "  unread: it ", stdout);
        print_safe(stdout, said->error, strlen(said->error), SIZE_MAX);
        putchar('\n');
    }
    if (view == NULL)
        return;
    for (uint64_t i = 0; i < view->reason_count; i++) {
        const tsmp_canary_reason *reason = &view->reasons[i];
        printf("  %s: %.*s\n", name_of("canary_reason", reason->id), (int)reason->text.length, reason->text.bytes);
        for (uint64_t k = 0; k < reason->line_count; k++)
            print_line(said, known, reason->lines[k]);
    }
    if (view->skew != TSMP_NO_TIME && view->skew != 0)
        printf("  the server's clock is %" PRId64 " s %s the client's\n",
               (view->skew > 0 ? view->skew : -view->skew) / SECOND, view->skew > 0 ? "ahead of" : "behind");
    print_nights(view);
}

/* ---- JSON -------------------------------------------------------------------------------------- */

static void json_versions(const tsmp_canary_view *view)
{
    for (uint64_t i = 0; i < view->version_count; i++) {
        const tsmp_canary_version *version = &view->versions[i];
        printf("%s{\"line\":%" PRIu64 ",\"state\":\"%s\",\"size\":", i > 0 ? "," : "", version->line,
               name_of("word", version->state));
        if ((version->flags & TSMP_CANARY_VERSION_HAS_SIZE) != 0)
            printf("%" PRIu64, version->bytes);
        else
            fputs("null", stdout);
        fputs(",\"backup_time\":", stdout);
        print_when(version->backup_time, true);
        fputs(",\"modified\":", stdout);
        print_when(version->modified, true);
        printf(",\"rounded\":%s,\"in_window\":%s,\"forgeable\":%s}",
               (version->flags & TSMP_CANARY_VERSION_ROUNDED) != 0 ? "true" : "false",
               (version->flags & TSMP_CANARY_VERSION_IN_WINDOW) != 0 ? "true" : "false",
               (version->flags & TSMP_CANARY_VERSION_FORGEABLE) != 0 ? "true" : "false");
    }
}

static void json_reasons(const tsmp_canary_view *view)
{
    for (uint64_t i = 0; i < view->reason_count; i++) {
        const tsmp_canary_reason *reason = &view->reasons[i];
        printf("%s{\"id\":\"%s\",\"text\":", i > 0 ? "," : "", name_of("canary_reason", reason->id));
        print_json(stdout, reason->text.bytes, (size_t)reason->text.length);
        fputs(",\"lines\":[", stdout);
        for (uint64_t k = 0; k < reason->line_count; k++)
            printf("%s%" PRIu64, k > 0 ? "," : "", reason->lines[k]);
        fputs("]}", stdout);
    }
}

static void json_nights(const tsmp_canary_view *view)
{
    for (uint64_t i = 0; i < view->night_count; i++) {
        const tsmp_canary_night *night = &view->nights[i];
        fputs(i > 0 ? ",{\"start\":" : "{\"start\":", stdout);
        print_when(night->start, true);
        printf(",\"answer\":\"%s\",\"reason\":\"%s\",\"versions\":%" PRIu64 "}", name_of("canary", night->answer),
               name_of("canary_reason", night->reason), night->versions);
    }
}

static void print_json_answer(const struct ask *ask, const struct said *said, const tsmp_canary_view *view,
                              uint32_t worst)
{
    const tsmp_canary_question *question = &ask->question;
    printf("{\"schema\":1,\"answer\":\"%s\",\"window\":\"%s\",", name_of("canary", worst),
           name_of("canary", view != NULL && said->error[0] == '\0' ? view->answer : TSMP_CANARY_UNKNOWN));
    print_json_pair(stdout, "path", question->path.bytes, (size_t)question->path.length);
    fputs(",\"since\":", stdout);
    print_when(question->window_start, true);
    fputs(",\"until\":", stdout);
    print_when((question->flags & TSMP_CANARY_UNTIL) != 0 ? question->window_end : TSMP_NO_TIME, true);
    fputs(",\"asked\":", stdout);
    print_when(view != NULL ? view->asked : TSMP_NO_TIME, true);
    if (view != NULL && view->skew != TSMP_NO_TIME)
        printf(",\"skew\":%" PRId64, view->skew / SECOND);
    else
        fputs(",\"skew\":null", stdout);
    if (said->ran)
        printf(",\"exit\":%d,\"error\":", said->code);
    else
        fputs(",\"exit\":null,\"error\":", stdout);
    if (said->error[0] != '\0')
        print_json(stdout, said->error, strlen(said->error));
    else
        fputs("null", stdout);
    fputs(",\"reasons\":[", stdout);
    if (view != NULL)
        json_reasons(view);
    fputs("],\"versions\":[", stdout);
    if (view != NULL)
        json_versions(view);
    fputs("],\"nights\":[", stdout);
    if (view != NULL)
        json_nights(view);
    printf("],\"versions_left_out\":%" PRIu64 "}\n", view != NULL ? view->versions_left_out : 0);
}

int canary_report(const struct ask *ask, const struct said *said, const tsmp_canary_view *view,
                  const tsmp_options *known)
{
    uint32_t worst = worst_of(said, view);
    if (ask->options->format == FORMAT_JSON)
        print_json_answer(ask, said, view, worst);
    else
        print_text(ask, said, view, known, worst);
    return worst == TSMP_CANARY_PRESENT ? 0 : worst == TSMP_CANARY_ABSENT ? 2 : 3;
}
