/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse: what the library reads, for people and for scripts. */
#include "command.h"
#include "join.h"
#include "sandbox.h"
#include "standard.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    /* A reader of our output that goes away is no news: say nothing, stop. */
    signal(SIGPIPE, SIG_DFL);
    standard_streams();
    /* Only for the width of characters and the terminal's encoding; numbers and dates are ours. */
    bool utf8 = setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (!utf8)
        setlocale(LC_CTYPE, "C.UTF-8");
    print_setup(!utf8 && isatty(STDOUT_FILENO));

    static struct options options;
    enum verb verb;
    if (!read_options(argc, argv, &verb, &options))
        return 2;
    if (tsmp_abi_version() != TSMP_ABI_VERSION) {
        complain(NULL, "the library has another ABI; install both anew");
        return 2;
    }
    /* These write, or run dsmc, because they are asked to. */
    bool writes = verb == VERB_CANARY || verb == VERB_HISTORY || verb == VERB_FOLLOW || options.history_path != NULL;
    if (!writes)
        sandbox_enter();
    if (!policy_open(&options)) {
        /* A monitor shows the first line of what is printed, and nothing else. */
        if (verb == VERB_CHECK && options.format == FORMAT_TEXT)
            puts("UNKNOWN: the policy can't be used, so no run was judged.");
        return verb == VERB_CHECK ? 3 : 2;
    }
    bool several = verb == VERB_RECONCILE || (options.file_count > 1 && !options.joined);
    options.server_bad = !server_open(&options, several);
    options.canaries_bad = !canaries_open(&options);
    if (!history_begin(&options))
        return 3;
    int result = 0;
    switch (verb) {
    case VERB_CHECK: result = check_main(&options); break;
    case VERB_RUNS: result = runs_main(&options); break;
    case VERB_RECORDS: result = records_main(&options); break;
    case VERB_PROBE: result = probe_main(&options); break;
    case VERB_EXPLAIN: result = explain_main(options.files, options.file_count); break;
    case VERB_CANARY: result = canary_main(&options); break;
    case VERB_POLICY: result = policy_main(&options); break;
    case VERB_RECONCILE: result = reconcile_main(&options); break;
    case VERB_HISTORY: result = history_main(&options); break;
    case VERB_FOLLOW: result = follow_main(&options); break;
    case VERB_HELP: fputs(usage, stdout); break;
    case VERB_VERSION: printf("tsmparse %s\n", tsmp_version()); break;
    }
    /* What could not be read of the server's word may hold anything. */
    if (options.server_bad && result < 2)
        result = 3;
    server_close(&options);
    history_end(&options);
    canaries_close(&options);
    policy_close(&options);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        char message[256];
        snprintf(message, sizeof message, "the output could not be written: %s", strerror(errno));
        complain(NULL, message);
        return verb == VERB_CHECK || verb == VERB_CANARY ? 3 : 1;
    }
    return result;
}
