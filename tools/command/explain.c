/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse explain: what a message code means, and what the verdict does with it. The second is
 * not told from a list but tried: the message is put into a good night, and that is judged. */
#include "command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *text;
} meanings[] = {
    {"E01", "A canary, a file that is rewritten before each run, was not stored by this run."},
    {"E02", "A volume has a begin line but no end line in a closed run: it was not walked to its end."},
    {"E03", "A message says that a volume was left out or stopped although the event claims success."},
    {"E04", "A message says that the client gave up, or that the server refused or ended a session, inside a run "
            "that claims success."},
    {"E05", "A run began but has neither statistics nor an event line."},
    {"E06", "The server says completed, but has no statistics of the client for that time."},
    {"E07", "The client inspected no object at all, or far fewer than in its earlier runs."},
    {"E08", "A volume that the schedule or domain names, or that earlier runs always walked, was not begun."},
    {"E09", "The server's date of the last incremental backup did not move with the run."},
    {"E10", "Numbers of one run contradict each other."},
    {"E11", "The run was far faster or shorter than its earlier ones."},
    {"E12", "The server closed a session of this node while the run went on."},
    {"E13", "The session was lost and may have been found again; a note, no verdict."},
    {"E14", "The run has statistics but no volume lines: nothing proves that volumes were walked."},
    {"E15", "The event completed but its results were not sent to the server."},
    {"E16", "An event line without a begin and end record of the same name and time."},
    {"E17", "Two schedulers of one node: in this log, or by the server's; lines cannot be told apart."},
    {"E18", "A scheduled command ended non-zero, or its return code is not in the log."},
    {"E19", "The event ends with a warning day after day."},
    {"E20", "An announced window, or a start that is expected, passed without a run."},
    {"E21", "The event is still in progress long after its usual end."},
    {"E22", "The number of active files fell while runs were said to be good."},
    {"reported_failure", "The client itself says that the event failed."},
    {"objects_not_stored", "Objects were named or counted that were not stored."},
    {"forgeable", "A line stands where the client does not print it: a name or a command's output "
                  "may have made it."},
    {"head_missing", "The text begins inside this run: it was pruned, wrapped or cut."},
    {"foreign", "A block is not printed as the client prints it."},
    {"limit", "A limit was passed, so not everything was looked at."},
    {"definition_unknown", "The schedule's definition is not in the text, so it is not known which "
                           "volumes were asked for; --domain names them."},
    {"summary_missing", "The statistics are not all there."},
    {"interrupted", "The command was interrupted."},
    {"not_closed", "The lines that close a run are not whole, not in order, or not there yet."},
    {"clock_back", "The stamps go back inside the run: the clock was set, or lines are not where they "
                   "were printed."},
    {"command_only", "A scheduled command: its return code is all that the log can prove."},
    {"side_command", "A pre- or post-schedule command stands in the run."},
    {"action_unproven", "Nothing that the log prints can prove this kind of action."},
    {"partial_by_options", "The schedule's options make the backup a partial one."},
    {"language", "Lines of the run are in a language that is not known, so they are not weighed."},
    {"proof_missing", "A proof that was asked for does not stand."},
    {"waived", "Messages that the policy knows to be harmless were passed over; it names the reason "
               "and the day until which that holds."},
    {"too_long", "The run took, or has been going on for, longer than the policy allows."},
    {"waiver_void", "The policy knows a message as harmless, but it was weighed all the same: the day "
                    "is past, or it is not of a kind that may be waived."},
    {"unread", "The text could not be read to its end, so none of its runs counts as good."},
    {"complete", "Verdict, exit 0: closed in order, every volume that was asked for ended well, "
                 "statistics whole and consistent, and nothing against it."},
    {"exceptions", "Verdict, exit 1: walked to the end, but named objects were not stored."},
    {"incomplete", "Verdict, exit 2: there is evidence that something was not inspected."},
    {"failed", "Verdict, exit 2: the client says so, or a scheduled command did not end with 0."},
    {"missed", "Verdict, exit 2: a window was announced or a start expected, and the log goes on past it "
               "without a run."},
    {"running", "Verdict, exit 3: begun, not ended, and the log was written not long ago."},
    {"unknown", "Verdict, exit 3: text is missing, cut, foreign or doubtful: nothing is proven."},
};

const char *evidence_meaning(const char *name)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        const char *known = meanings[i].name, *at = name;
        while (*at != '\0' && toupper((unsigned char)*at) == toupper((unsigned char)*known))
            at++, known++;
        if (*at == '\0' && *known == '\0')
            return meanings[i].text;
    }
    return NULL;
}

static const char *severity(char letter)
{
    switch (letter) {
    case 'I': return "information";
    case 'W': return "warning";
    case 'E': return "error";
    case 'S': return "severe error";
    case 'K': return "kernel message";
    case 'D': return "diagnostic";
    case 'T': return "trace";
    default: return NULL;
    }
}

/* ---- a good night, tried with a message in it ---- */

static const char before[] =
    "03/25/2024 22:00:00 Querying server for next scheduled event.\n"
    "03/25/2024 22:00:00 Node Name: NODE\n"
    "03/25/2024 22:00:00 Session established with server SERVER: Linux/x86_64\n"
    "03/25/2024 22:00:00 --- SCHEDULEREC QUERY BEGIN\n"
    "03/25/2024 22:00:00 --- SCHEDULEREC QUERY END\n"
    "03/25/2024 22:00:00 Next operation scheduled:\n"
    "03/25/2024 22:00:00 ------------------------------------------------------------\n"
    "03/25/2024 22:00:00 Schedule Name:         NIGHT\n"
    "03/25/2024 22:00:00 Action:                Incremental\n"
    "03/25/2024 22:00:00 Objects:               \n"
    "03/25/2024 22:00:00 Options:               \n"
    "03/25/2024 22:00:00 Server Window Start:   22:00:00 on 03/25/2024\n"
    "03/25/2024 22:00:00 ------------------------------------------------------------\n"
    "03/25/2024 22:00:00 \n"
    "Executing scheduled command now.\n"
    "03/25/2024 22:00:00 --- SCHEDULEREC OBJECT BEGIN NIGHT 03/25/2024 22:00:00\n"
    "03/25/2024 22:00:01 Incremental backup of volume '/home'\n";
static const char after[] =
    "03/25/2024 22:01:00 Successful incremental backup of '/home'\n\n"
    "03/25/2024 22:01:00 --- SCHEDULEREC STATUS BEGIN\n"
    "03/25/2024 22:01:00 Total number of objects inspected:           10\n"
    "03/25/2024 22:01:00 Total number of objects backed up:            1\n"
    "03/25/2024 22:01:00 Total number of objects updated:              0\n"
    "03/25/2024 22:01:00 Total number of objects rebound:              0\n"
    "03/25/2024 22:01:00 Total number of objects deleted:              0\n"
    "03/25/2024 22:01:00 Total number of objects expired:              0\n"
    "03/25/2024 22:01:00 Total number of objects failed:               0\n"
    "03/25/2024 22:01:00 Total number of bytes transferred:         1.00 KB\n"
    "03/25/2024 22:01:00 Elapsed processing time:               00:01:00\n"
    "03/25/2024 22:01:00 --- SCHEDULEREC STATUS END\n"
    "03/25/2024 22:01:00 --- SCHEDULEREC OBJECT END NIGHT 03/25/2024 22:00:00\n"
    "03/25/2024 22:01:00 Scheduled event 'NIGHT' completed successfully.\n"
    "03/25/2024 22:01:00 Sending results for scheduled event 'NIGHT'.\n"
    "03/25/2024 22:01:00 Results sent to server for scheduled event 'NIGHT'.\n";

/* The strongest reason that names the code, else the strongest: why it is no good night now. */
static void say_reason(const tsmp_verdict_view *verdict, const char *code)
{
    const tsmp_evidence *best = NULL;
    bool named = false;
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *e = &verdict->evidence[i];
        bool names = e->text.length > 0 &&
                     memmem(e->text.bytes, (size_t)e->text.length, code, 7) != NULL;
        if (best == NULL || names > named || (names == named && e->strength > best->strength)) {
            best = e;
            named = names;
        }
    }
    if (best == NULL)
        return;
    printf(" (%s: ", tsmp_name("evidence", best->id));
    print_safe(stdout, best->text.bytes, (size_t)best->text.length, 200);
    putchar(')');
}

static void judge_night(const char *text, size_t length, const char *code)
{
    tsmp_options options = {.size = sizeof options, .date_order = TSMP_ORDER_MDY,
                            .decimal = TSMP_DECIMAL_POINT};
    tsmp_reader *reader = NULL;
    tsmp_runs *runs = NULL;
    tsmp_batch *batch;
    tsmp_run *run = NULL;
    tsmp_verdict *verdict = NULL;
    bool good = tsmp_reader_new(&options, NULL, &reader) == TSMP_OK &&
                tsmp_runs_new(NULL, NULL, &runs) == TSMP_OK &&
                tsmp_reader_feed(reader, text, length) == TSMP_OK &&
                tsmp_reader_end(reader) == TSMP_OK;
    while (good && tsmp_reader_next(reader, &batch) == TSMP_OK) {
        good = tsmp_runs_add(runs, batch) == TSMP_OK;
        tsmp_batch_unref(batch);
    }
    good = good && tsmp_runs_end(runs) == TSMP_OK && tsmp_runs_next(runs, &run) == TSMP_OK &&
           tsmp_judge(run, NULL, NULL, &verdict) == TSMP_OK;
    if (good) {
        const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
        printf("  verdict: a night that is good but for this line is then %s",
               tsmp_name("verdict", view->verdict));
        say_reason(view, code);
        putchar('\n');
    }
    tsmp_verdict_free(verdict);
    tsmp_run_free(run);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
}

/* Messages that the client prints in one form only, which the grammar knows. */
static void put_message(FILE *out, const char *code)
{
    if (memcmp(code, "ANS1802", 7) == 0)
        fprintf(out, "%s Incremental backup of '/home' finished with 1 failure(s)\n\n", code);
    else if (memcmp(code, "ANS1512", 7) == 0)
        fprintf(out, "%s Scheduled event 'NIGHT' failed.  Return code = 12.\n", code);
    else if (memcmp(code, "ANS1898", 7) == 0)
        fprintf(out, "%s ***** Processed       500 files *****\n", code);
    else
        fprintf(out, "%s The text of this message.\n", code);
}

/* `object`: the message is about one object, so the statistics count one that failed. */
static void try_it(const char *code, bool object)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        return;
    fputs(before, out);
    /* A volume that ends with failures does not end well as well; a failed event is no good one. */
    const char *rest = after, *cut = NULL, *instead = NULL;
    if (memcmp(code, "ANS1802", 7) == 0) {
        rest = strstr(after, "\n\n") + 2;
    } else if (memcmp(code, "ANS1512", 7) == 0) {
        cut = strstr(after, "03/25/2024 22:01:00 Scheduled event");
        instead = strstr(after, "03/25/2024 22:01:00 Sending");
        fwrite(after, 1, (size_t)(cut - after), out);
        rest = instead;
    }
    fputs("03/25/2024 22:00:30 ", out);
    put_message(out, code);
    fputs(rest, out);
    bool good = fclose(out) == 0;
    char *failed = good && object ? strstr(text, "failed:               0") : NULL;
    if (failed != NULL)
        failed[strlen("failed:               ")] = '1';
    if (good)
        judge_night(text, length, code);
    free(text);
}

/* ---- codes ---- */

static bool is_code(const char *word)
{
    size_t n = strlen(word);
    if ((n != 7 && n != 8) || word[0] != 'A' || word[1] != 'N' || strspn(word + 3, "0123456789") != 4)
        return false;
    return word[2] >= 'A' && word[2] <= 'Z' && (n == 7 || (word[7] >= 'A' && word[7] <= 'Z'));
}

/* The letters with which the number stands in the catalogue. */
static size_t letters_of(const char *stem, char *letters)
{
    size_t count = 0;
    for (const char *letter = "IWESKDT"; *letter != '\0'; letter++) {
        char code[9];
        tsmp_message_info info = {.size = sizeof info};
        snprintf(code, sizeof code, "%.7s%c", stem, *letter);
        if (tsmp_message_lookup(code, 8, &info) == TSMP_OK && strcmp(info.code, code) == 0)
            letters[count++] = *letter;
    }
    letters[count] = '\0';
    return count;
}

static const char *weight_text(const char *weight)
{
    if (strcmp(weight, "yes") == 0)
        return "the run, or a whole file system, is not done";
    if (strcmp(weight, "maybe") == 0)
        return "single objects, or it depends on what follows";
    return "says nothing against a run";
}

static void print_info(const tsmp_message_info *info)
{
    printf("  weight: %s (%s)\n  category: %s\n", info->weight, weight_text(info->weight),
           info->category);
    if (info->confidence == 'C')
        puts("  source: from memory, not verified: shown here, never used alone for a verdict");
    else
        printf("  source: %s %s (confidence %c)\n", info->confidence == 'A' ? "read in"
                                                                          : "derived from",
               info->source, (int)info->confidence);
}

static int explain_code(const char *word)
{
    char code[9], letters[9];
    size_t count = letters_of(word, letters);
    tsmp_message_info info = {.size = sizeof info};
    bool known = tsmp_message_lookup(word, strlen(word), &info) == TSMP_OK;
    char letter = word[7] != '\0' ? word[7] : count > 0 ? letters[0] : '\0';
    if (!known && letter == '\0') {
        printf("%s: not in the catalogue, and without its letter nothing can be said\n", word);
        return 1;
    }
    snprintf(code, sizeof code, "%.7s%c", word, letter);
    const char *says = severity(letter);
    printf("%s (%s): %s\n", code, says != NULL ? says : "no known severity",
           known ? info.meaning : "not in the catalogue; only its letter is known");
    if (known) {
        fputs("  seen with letter:", stdout);
        for (size_t i = 0; i < count; i++)
            printf(" %c", letters[i]);
        puts(strchr(letters, letter) == NULL ? "; the number decides what it means" : "");
        print_info(&info);
    }
    if (memcmp(code, "ANS", 3) == 0)
        try_it(code, known && strncmp(info.category, "file-", 5) == 0 && strcmp(info.weight, "no") != 0);
    else
        puts("  verdict: it stands in no log of the client, so it is not judged here");
    return !known;
}

int explain_main(char **words, int count)
{
    int result = 0;
    for (int i = 0; i < count; i++) {
        char word[40];
        size_t n = 0;
        for (; words[i][n] != '\0' && n < sizeof word - 1; n++)
            word[n] = (char)toupper((unsigned char)words[i][n]);
        word[n] = '\0';
        if (i > 0)
            putchar('\n');
        const char *meaning = evidence_meaning(words[i]);
        if (is_code(word)) {
            result |= explain_code(word);
        } else if (meaning != NULL) {
            printf("%s: %s\n", words[i], meaning);
        } else {
            complain(words[i], "is no message code (like ANS1802E), evidence (like E02) or verdict");
            result = 1;
        }
    }
    return result;
}
