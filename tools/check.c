/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse runs and tsmparse check: a row per run; the verdict, and why. */
#include "command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Runs whose reasons are kept for the report: the report stays readable, and memory bounded. */
enum { KEPT = 1000, SHOWN_LINES = 3 };

struct kept {
    tsmp_run *run;
    tsmp_verdict *verdict;
    const char *path;
    bool plain;
};

struct report {
    const struct options *options;
    tsmp_runs *runs;
    const char *path;
    struct file_facts facts;
    int bad_files;
    uint32_t worst;
    uint64_t counts[8]; /* by verdict */
    struct kept kept[KEPT];
    size_t kept_count;
    uint64_t left_out;
    bool rows; /* tsmparse runs */
};

static const tsmp_run_view *view_of(const struct kept *kept)
{
    return tsmp_run_view_of(kept->run);
}

static void drop(struct kept *kept)
{
    tsmp_run_free(kept->run);
    tsmp_verdict_free(kept->verdict);
}

static bool same_text(tsmp_text a, tsmp_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, (size_t)a.length) == 0);
}

static uint32_t verdict_of(const struct kept *kept)
{
    return tsmp_verdict_view_of(kept->verdict)->verdict;
}

/* Keep what is to be shown: every run that is not complete, and the newest of each schedule. */
static void keep(struct report *report, struct kept kept)
{
    const tsmp_run_view *view = view_of(&kept);
    bool all = report->options->format == FORMAT_JSON && !report->options->last;
    for (size_t i = report->kept_count; !all && i-- > 0;) {
        struct kept *old = &report->kept[i];
        if (old->path != report->path || view_of(old)->interactive != view->interactive ||
            !same_text(view_of(old)->schedule, view->schedule))
            continue;
        if (report->options->last || verdict_of(old) == TSMP_VERDICT_COMPLETE) {
            drop(old);
            memmove(old, old + 1, (report->kept_count - i - 1) * sizeof *old);
            report->kept_count--;
        }
        break;
    }
    if (report->kept_count == KEPT) {
        report->left_out++;
        drop(&kept);
        return;
    }
    report->kept[report->kept_count++] = kept;
}

static void print_text_or_dash(tsmp_text text)
{
    if (text.length == 0)
        fputs("-", stdout);
    else
        print_safe(stdout, text.bytes, (size_t)text.length, 60);
}

static const tsmp_statistic *statistic(const tsmp_run_view *view, uint32_t name)
{
    for (uint64_t i = 0; i < view->statistic_count; i++)
        if (view->statistics[i].name == name)
            return &view->statistics[i];
    return NULL;
}

static void print_row(const struct kept *kept)
{
    const tsmp_run_view *view = view_of(kept);
    uint64_t good = 0;
    for (uint64_t i = 0; i < view->volume_count; i++)
        good += view->volumes[i].outcome == TSMP_WORD_SUCCESSFUL;
    const tsmp_statistic *inspected = statistic(view, TSMP_STATISTIC_OBJECTS_INSPECTED);
    const tsmp_statistic *failed = statistic(view, TSMP_STATISTIC_OBJECTS_FAILED);
    printf("%-11s %-7s ", tsmp_name("verdict", verdict_of(kept)), tsmp_name("claim", view->claim));
    print_text_or_dash(view->schedule);
    fputs("  ", stdout);
    if (view->scheduled != TSMP_NO_TIME)
        print_time(stdout, view->scheduled, true, false);
    else
        print_text_or_dash(view->scheduled_text);
    fputs("  ", stdout);
    print_time(stdout, view->started, view->started != TSMP_NO_TIME, false);
    fputs("  ", stdout);
    print_time(stdout, view->ended, view->ended != TSMP_NO_TIME, false);
    printf("  volumes %" PRIu64 "/%" PRIu64, good, view->volume_count);
    if (inspected != NULL) {
        fputs("  inspected ", stdout);
        print_number(stdout, inspected->number, inspected->power);
    }
    if (failed != NULL) {
        fputs("  failed ", stdout);
        print_number(stdout, failed->number, failed->power);
    }
    printf("  lines %" PRIu64 "-%" PRIu64 "\n", view->first_line, view->last_line);
}

static void print_json_run(const struct kept *kept);

static int32_t take_runs(struct report *report)
{
    tsmp_run *run;
    int32_t status;
    while ((status = tsmp_runs_next(report->runs, &run)) == TSMP_OK) {
        tsmp_context context = report->options->context;
        context.age = report->facts.age;
        struct kept kept = {run, NULL, report->path, report->facts.plain};
        status = tsmp_judge(run, &context, NULL, &kept.verdict);
        if (status != TSMP_OK) {
            tsmp_run_free(run);
            return status;
        }
        if (report->rows) {
            if (report->options->format == FORMAT_JSON) {
                print_json_run(&kept);
                putchar('\n');
            } else {
                print_row(&kept);
            }
            drop(&kept);
            continue;
        }
        if (!report->options->last) {
            report->counts[verdict_of(&kept)]++;
            report->worst = tsmp_verdict_worse(report->worst, verdict_of(&kept));
        }
        keep(report, kept);
    }
    return status < 0 ? status : TSMP_OK;
}

static int32_t add(const tsmp_batch *batch, void *context)
{
    struct report *report = context;
    int32_t status = tsmp_runs_add(report->runs, batch);
    return status == TSMP_OK ? take_runs(report) : status;
}

/* The facts must be there before the first run is judged, so they are taken before reading. */
static void read_one(struct report *report, char *path)
{
    report->path = path;
    if (tsmp_runs_new(NULL, NULL, &report->runs) != TSMP_OK) {
        fprintf(stderr, "tsmparse: %s: no memory\n", path);
        report->bad_files++;
        return;
    }
    int bad = read_file(path, report->options, add, report, &report->facts);
    if (tsmp_runs_end(report->runs) != TSMP_OK || take_runs(report) != TSMP_OK)
        bad = 1;
    report->bad_files += bad;
    tsmp_runs_free(report->runs);
}

int runs_main(const struct options *options, char **files, int count)
{
    static struct report report;
    report.options = options;
    report.rows = true;
    for (int i = 0; i < count; i++)
        read_one(&report, files[i]);
    return report.bad_files > 0;
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void json_key_text(const char *key, tsmp_text text)
{
    printf("\"%s\":", key);
    if (text.length == 0) {
        fputs("null,", stdout);
        return;
    }
    if (!print_json(stdout, text.bytes, (size_t)text.length)) {
        printf(",\"%s_b64\":", key);
        print_base64(stdout, text.bytes, (size_t)text.length);
    }
    putchar(',');
}

static void json_key_time(const char *key, int64_t time)
{
    printf("\"%s\":", key);
    print_time(stdout, time, time != TSMP_NO_TIME, true);
    putchar(',');
}

/* E02 and its like are numbers of the evidence table; the others have names of their own. */
static const char *evidence_name(uint32_t id)
{
    return tsmp_name("evidence", id);
}

static void json_verdict(const tsmp_verdict_view *verdict)
{
    const char *comma = "";
    printf("\"verdict\":\"%s\",\"proof\":[", tsmp_name("verdict", verdict->verdict));
    for (uint32_t bit = 1; bit != 0 && bit <= verdict->proof; bit <<= 1) {
        if ((verdict->proof & bit) == 0)
            continue;
        printf("%s\"%s\"", comma, tsmp_name("proof", bit));
        comma = ",";
    }
    fputs("],\"evidence\":[", stdout);
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *e = &verdict->evidence[i];
        printf("%s{\"id\":\"%s\",\"strength\":%" PRIu32 ",\"text\":", i > 0 ? "," : "",
               evidence_name(e->id), e->strength);
        print_json(stdout, e->text.bytes, (size_t)e->text.length);
        fputs(",\"lines\":[", stdout);
        for (uint64_t k = 0; k < e->line_count; k++)
            printf("%s%" PRIu64, k > 0 ? "," : "", e->lines[k]);
        fputs("]}", stdout);
    }
    fputs("],", stdout);
}

static void json_volumes(const tsmp_run_view *view)
{
    fputs("\"volumes\":[", stdout);
    for (uint64_t i = 0; i < view->volume_count; i++) {
        const tsmp_volume *v = &view->volumes[i];
        printf("%s{", i > 0 ? "," : "");
        json_key_text("name", v->name);
        printf("\"outcome\":\"%s\",\"failures\":%" PRIu64 "}",
               v->outcome == TSMP_WORD_SUCCESSFUL ? "ended" : tsmp_name("word", v->outcome),
               v->failures);
    }
    fputs("],\"statistics\":{", stdout);
    const char *comma = "";
    for (uint64_t i = 0; i < view->statistic_count; i++) {
        const tsmp_statistic *s = &view->statistics[i];
        const char *name = tsmp_name("statistic", s->name);
        if (name == NULL)
            continue;
        printf("%s\"%s\":", comma, name);
        if ((s->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) != 0)
            fputs("null", stdout);
        else
            print_number(stdout, s->number, s->power);
        comma = ",";
    }
    fputs("},", stdout);
}

static void print_json_run(const struct kept *kept)
{
    const tsmp_run_view *view = view_of(kept);
    putchar('{');
    json_key_text("schedule", view->schedule);
    json_key_text("node", view->node);
    printf("\"action\":");
    printf(view->action != 0 ? "\"%s\"," : "null,", tsmp_name("word", view->action));
    json_key_time("scheduled", view->scheduled);
    json_key_text("scheduled_text", view->scheduled_text);
    json_key_time("started", view->started);
    json_key_time("ended", view->ended);
    printf("\"claim\":\"%s\",\"return_code\":", tsmp_name("claim", view->claim));
    if (view->has_return_code)
        printf("%" PRId64 ",", view->return_code);
    else
        fputs("null,", stdout);
    json_verdict(tsmp_verdict_view_of(kept->verdict));
    json_volumes(view);
    printf("\"objects\":{\"sent\":%" PRIu64 ",\"updated\":%" PRIu64 ",\"expired\":%" PRIu64
           ",\"rebound\":%" PRIu64 ",\"deleted\":%" PRIu64 ",\"failed\":%" PRIu64
           ",\"skipped\":%" PRIu64 ",\"retried\":%" PRIu64 "},", view->sent, view->updated,
           view->expired, view->rebound, view->deleted, view->failed, view->skipped, view->retried);
    printf("\"messages\":{\"I\":%" PRIu64 ",\"W\":%" PRIu64 ",\"E\":%" PRIu64 ",\"S\":%" PRIu64
           "},", view->informational, view->warnings, view->errors, view->severe);
    printf("\"interactive\":%s,\"attempts\":%" PRIu32 ",\"file\":",
           view->interactive ? "true" : "false", view->attempts);
    print_json(stdout, kept->path, strlen(kept->path));
    printf(",\"first_line\":%" PRIu64 ",\"last_line\":%" PRIu64 "}", view->first_line,
           view->last_line);
}

/* ---- text ---------------------------------------------------------------------------------- */

static void print_line(FILE *file, uint64_t wanted, const char *path)
{
    (void)path;
    char *line = NULL;
    size_t capacity = 0;
    ssize_t n = -1;
    rewind(file);
    for (uint64_t i = 0; i < wanted; i++)
        if ((n = getline(&line, &capacity, file)) < 0)
            break;
    if (n >= 0) {
        size_t length = (size_t)n;
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
        printf("    %6" PRIu64 "  ", wanted);
        print_safe(stdout, line, length, 160);
        putchar('\n');
    }
    free(line);
}

static void print_when(const tsmp_run_view *view)
{
    if (view->interactive) {
        printf("the command at line %" PRIu64, view->first_line);
        return;
    }
    fputs("the run of ", stdout);
    print_text_or_dash(view->schedule);
    if (view->scheduled != TSMP_NO_TIME || view->scheduled_text.length > 0) {
        fputs(" for ", stdout);
        if (view->scheduled != TSMP_NO_TIME)
            print_time(stdout, view->scheduled, true, false);
        else
            print_text_or_dash(view->scheduled_text);
    }
}

static void print_upper(const char *word)
{
    for (; *word != '\0'; word++)
        putchar(*word >= 'a' && *word <= 'z' ? *word - 'a' + 'A' : *word);
}

/* The sentence that decides: the strongest evidence. */
static const tsmp_evidence *strongest(const tsmp_verdict_view *verdict)
{
    const tsmp_evidence *best = NULL;
    for (uint64_t i = 0; i < verdict->evidence_count; i++)
        if (best == NULL || verdict->evidence[i].strength > best->strength)
            best = &verdict->evidence[i];
    return best;
}

static void print_answer(const struct report *report)
{
    uint32_t worst = report->worst;
    if (worst == 0) {
        puts("UNKNOWN: no run was found, so nothing is proven.");
        return;
    }
    print_upper(tsmp_name("verdict", worst));
    fputs(": ", stdout);
    if (worst == TSMP_VERDICT_COMPLETE) {
        uint64_t runs = report->counts[TSMP_VERDICT_COMPLETE];
        if (runs == 1)
            puts("1 run, and the log proves that it inspected every volume that it was asked for.");
        else
            printf("%" PRIu64 " runs, and the log proves that each inspected every volume that it "
                   "was asked for.\n", runs);
        return;
    }
    const struct kept *found = NULL;
    for (size_t i = report->kept_count; found == NULL && i-- > 0;)
        if (verdict_of(&report->kept[i]) == worst)
            found = &report->kept[i];
    if (found == NULL)
        return;
    print_when(view_of(found));
    if (view_of(found)->claim == TSMP_CLAIM_SUCCESS && worst != TSMP_VERDICT_EXCEPTIONS)
        fputs(" claims success, but", stdout);
    const tsmp_evidence *reason = strongest(tsmp_verdict_view_of(found->verdict));
    fputs(": ", stdout);
    if (reason != NULL)
        print_safe(stdout, reason->text.bytes, (size_t)reason->text.length, 400);
    putchar('\n');
}

static void print_reasons(const struct kept *kept)
{
    const tsmp_run_view *view = view_of(kept);
    const tsmp_verdict_view *verdict = tsmp_verdict_view_of(kept->verdict);
    FILE *file = kept->plain ? fopen(kept->path, "rb") : NULL;
    printf("\n%s: ", kept->path);
    print_when(view);
    printf(", lines %" PRIu64 " to %" PRIu64 ": %s", view->first_line, view->last_line,
           tsmp_name("verdict", verdict->verdict));
    printf(" (the text claims %s)\n", tsmp_name("claim", view->claim));
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *e = &verdict->evidence[i];
        printf("  %s: ", evidence_name(e->id));
        print_safe(stdout, e->text.bytes, (size_t)e->text.length, 400);
        putchar('\n');
        for (uint64_t k = 0; file != NULL && k < e->line_count && k < SHOWN_LINES; k++)
            print_line(file, e->lines[k], kept->path);
    }
    fputs("  proven:", stdout);
    for (uint32_t bit = 1; bit <= TSMP_PROOF_SUMMARY; bit <<= 1)
        if ((verdict->proof & bit) != 0)
            printf(" %s", tsmp_name("proof", bit));
    puts(verdict->proof == 0 ? " nothing" : "");
    if (file != NULL)
        fclose(file);
}

static int exit_code(const struct report *report)
{
    switch (report->worst) {
    case TSMP_VERDICT_INCOMPLETE:
    case TSMP_VERDICT_FAILED:
    case TSMP_VERDICT_MISSED:
        return 2;
    case TSMP_VERDICT_COMPLETE:
        return report->bad_files > 0 ? 3 : 0;
    case TSMP_VERDICT_EXCEPTIONS:
        return report->bad_files > 0 ? 3 : 1;
    default:
        return 3;
    }
}

int check_main(const struct options *options, char **files, int count)
{
    static struct report report;
    report.options = options;
    for (int i = 0; i < count; i++)
        read_one(&report, files[i]);
    for (size_t i = 0; options->last && i < report.kept_count; i++) {
        uint32_t verdict = verdict_of(&report.kept[i]);
        report.counts[verdict]++;
        report.worst = tsmp_verdict_worse(report.worst, verdict);
    }
    if (report.bad_files > 0 && (report.worst == 0 || report.worst == TSMP_VERDICT_COMPLETE ||
                                 report.worst == TSMP_VERDICT_EXCEPTIONS)) {
        /* what could not be read may hide anything */
        if (options->format != FORMAT_JSON)
            puts("UNKNOWN: some input could not be read, so nothing is proven of it.");
    } else if (options->format != FORMAT_JSON) {
        print_answer(&report);
    }
    if (options->format == FORMAT_JSON) {
        bool hidden = report.bad_files > 0 && exit_code(&report) == 3;
        printf("{\"schema\":1,\"verdict\":\"%s\",\"unreadable_files\":%d,\"runs_left_out\":%" PRIu64
               ",\"runs\":[", tsmp_name("verdict", report.worst == 0 || hidden
                                        ? TSMP_VERDICT_UNKNOWN : report.worst),
               report.bad_files, report.left_out);
        for (size_t i = 0; i < report.kept_count; i++) {
            if (i > 0)
                putchar(',');
            print_json_run(&report.kept[i]);
        }
        puts("]}");
    } else {
        for (size_t i = 0; i < report.kept_count; i++)
            print_reasons(&report.kept[i]);
        if (report.left_out > 0)
            printf("\n%" PRIu64 " more runs are not shown\n", report.left_out);
    }
    for (size_t i = 0; i < report.kept_count; i++)
        drop(&report.kept[i]);
    return exit_code(&report);
}
