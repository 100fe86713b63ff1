/* SPDX-License-Identifier: BSD-2-Clause
 * Messages that the caller knows to be harmless. What they may silence is said in runs.h; here
 * every doubt goes against the waiver, since whoever makes files may choose what a message names. */
#include "judge.h"

#include "message_class.h"

#include <string.h>

/* Names of waived objects are compared with each other: past this many nothing is explained. */
enum { COMPARED = 512, STEPS = 64 };

enum refusal { REFUSED_NOT, REFUSED_LATE, REFUSED_NO_TIME, REFUSED_CLASS, REFUSED_NAME };

struct waiver_use {
    uint64_t count; /* of messages that were passed over */
    uint64_t first, last, refused_line;
    const struct string *name; /* of the first one's object */
    enum refusal why;          /* of the first that was refused; REFUSED_NOT: none was */
};

bool waivers_good(const tsmp_context *context)
{
    if (context->waivers == NULL)
        return context->waiver_count == 0;
    for (uint64_t i = 0; i < context->waiver_count; i++) {
        const tsmp_waiver *w = &context->waivers[i];
        bool volume = (w->flags & TSMP_WAIVER_VOLUME) != 0;
        if (w->code.length != 8 || w->reason.length == 0 || w->until <= 0 || w->reserved != 0 ||
            (w->flags & ~TSMP_WAIVER_VOLUME) != 0 || (volume && w->object.length == 0))
            return false;
    }
    return true;
}

/* ---- names ---------------------------------------------------------------------------------------- */

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

/* Is it surely one name, and all of it? */
static bool is_whole(const struct finding *f)
{
    if (f->broken)
        return false;
    for (size_t i = 0; i < f->name.length; i++) {
        unsigned char c = (unsigned char)f->name.bytes[i];
        if (c < 0x20 || c == 0x7F || c == '\'')
            return false;
    }
    return true;
}

/* One place to go back to for `*` and one for `**`. Going back costs time, and names are hostile: one
 * that asks for too many steps does not fit. */
static bool glob_fits(tsmp_text glob, const struct string *name)
{
    size_t i = 0, k = 0, star = SIZE_MAX, star_at = SIZE_MAX, deep = SIZE_MAX, deep_at = SIZE_MAX;
    size_t n = (size_t)glob.length, steps = STEPS * (n + name->length + 1);
    while (k < name->length) {
        if (steps-- == 0)
            return false;
        bool more = i < n;
        char wanted = more ? glob.bytes[i] : '\0', c = name->bytes[k];
        if (i + 1 < n && wanted == '*' && glob.bytes[i + 1] == '*') {
            i += 2;
            deep = i;
            deep_at = k;
            star = SIZE_MAX;
        } else if (wanted == '*') {
            star = ++i;
            star_at = k;
        } else if (more && (wanted == '?' ? !is_separator(c) : wanted == c)) {
            i++;
            k++;
        } else if (star != SIZE_MAX && !is_separator(name->bytes[star_at])) {
            i = star;
            k = ++star_at;
        } else if (deep != SIZE_MAX) {
            i = deep;
            k = ++deep_at;
            star = SIZE_MAX;
        } else {
            return false;
        }
    }
    while (i < n && glob.bytes[i] == '*')
        i++;
    return i == n;
}

/* ---- what fits, and what may be silenced ------------------------------------------------------------- */

/* The message that says why: the second, where an object has two. */
static const char *deciding_code(const struct finding *f)
{
    return f->code2[0] != '\0' ? f->code2 : f->code;
}

static enum refusal class_refuses(const struct finding *f, const tsmp_waiver *waiver)
{
    bool volume = (waiver->flags & TSMP_WAIVER_VOLUME) != 0;
    switch (f->id) {
    case TSMP_EVIDENCE_OBJECTS_NOT_STORED:
    case TSMP_EVIDENCE_E13: return volume ? REFUSED_CLASS : REFUSED_NOT;
    case TSMP_EVIDENCE_E03:
        return volume && memcmp(f->code, "ANS1999", 7) != 0 ? REFUSED_NOT : REFUSED_CLASS;
    default: return REFUSED_CLASS;
    }
}

static bool name_fits(const struct finding *f, const tsmp_waiver *waiver)
{
    if ((waiver->flags & TSMP_WAIVER_VOLUME) != 0)
        return string_is(&f->name, waiver->object.bytes, (size_t)waiver->object.length);
    return waiver->object.length == 0 || (f->name.length > 0 && glob_fits(waiver->object, &f->name));
}

/* Its latest stamp: a run that goes on past a waiver's end is judged without it. */
static int64_t latest_time(const struct tsmp_run *run)
{
    const int64_t times[] = {run->view.scheduled, run->view.started, run->view.ended};
    int64_t latest = TSMP_NO_TIME;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (times[i] > latest) /* TSMP_NO_TIME is the least */
            latest = times[i];
    return latest;
}

static enum refusal refusal(const struct judging *judging, const struct finding *f,
                            const tsmp_waiver *waiver)
{
    enum refusal class = class_refuses(f, waiver);
    if (class != REFUSED_NOT)
        return class;
    if (!is_whole(f))
        return REFUSED_NAME;
    int64_t time = latest_time(judging->run);
    return time == TSMP_NO_TIME ? REFUSED_NO_TIME : time > waiver->until ? REFUSED_LATE : REFUSED_NOT;
}

/* Another object than those before: two messages about one explain one failure. */
static bool is_new_object(struct judging *judging, const struct finding *f)
{
    const struct tsmp_run *run = judging->run;
    size_t compared = 0;
    for (const struct finding *other = run->findings; other < f; other++) {
        if (other->id != f->id || other->name.length == 0)
            continue;
        if (++compared > COMPARED ||
            string_is(&other->name, f->name.bytes, f->name.length))
            return false;
    }
    return true;
}

static void use(struct judging *judging, struct waiver_use *use, const struct finding *f)
{
    if (use->count++ == 0) {
        use->first = f->line;
        use->name = &f->name;
    }
    use->last = f->line2 != 0 ? f->line2 : f->line;
    if (f->id == TSMP_EVIDENCE_OBJECTS_NOT_STORED && message_class(f->code) == MESSAGE_OBJECT) {
        judging->named++;
        judging->waived += f->name.length > 0 && is_new_object(judging, f);
    }
}

bool waived(struct judging *judging, const struct finding *f)
{
    const tsmp_context *context = &judging->context;
    const char *code = deciding_code(f);
    if (code[0] == '\0' || judging->nomem)
        return false;
    for (uint64_t i = 0; i < context->waiver_count; i++) {
        const tsmp_waiver *waiver = &context->waivers[i];
        if (memcmp(waiver->code.bytes, code, 8) != 0 || !name_fits(f, waiver))
            continue;
        if (judging->uses == NULL) {
            if (context->waiver_count > SIZE_MAX / sizeof *judging->uses)
                judging->nomem = true;
            else
                judging->uses = memory_get_zeroed(&judging->verdict->allocator,
                                                  (size_t)context->waiver_count *
                                                      sizeof *judging->uses);
            if (judging->uses == NULL) {
                judging->nomem = true;
                return false;
            }
        }
        struct waiver_use *of = &judging->uses[i];
        enum refusal why = refusal(judging, f, waiver);
        if (why == REFUSED_NOT) {
            use(judging, of, f);
            return true;
        }
        if (of->why == REFUSED_NOT) {
            of->why = why;
            of->refused_line = f->line;
        }
    }
    return false;
}

/* ---- what is said of it -------------------------------------------------------------------------------- */

static void say_used(struct judging *judging, const tsmp_waiver *waiver, const struct waiver_use *use)
{
    char count[NUMBER_TEXT], date[CLOCK_TEXT];
    bool named = use->name->length > 0;
    tsmp_text arguments[5], *at = arguments;
    *at++ = waiver->code;
    *at++ = number_text((int64_t)use->count, count);
    if (named)
        *at++ = text_of_string(use->name);
    *at++ = (tsmp_text){date, clock_text(waiver->until, false, date)};
    *at++ = waiver->reason;
    reason(judging, TSMP_EVIDENCE_WAIVED, 0, named
               ? use->count == 1 ? "message % (%) about '%' is known as harmless until %: %"
                                 : "messages % (%), the first about '%', are known as harmless until %: %"
               : "message % (%) is known as harmless until %: %",
           arguments, use->first, use->last);
}

static void say_refused(struct judging *judging, const tsmp_waiver *waiver,
                        const struct waiver_use *use)
{
    char date[CLOCK_TEXT];
    tsmp_text arguments[] = {waiver->code, (tsmp_text){date, clock_text(waiver->until, false, date)}};
    const char *text;
    switch (use->why) {
    case REFUSED_LATE: text = "message % was known as harmless until %, and this run is later"; break;
    case REFUSED_NO_TIME:
        text = "message % is known as harmless until %, and when this run was can't be told";
        break;
    case REFUSED_NAME:
        text = "message % would be known as harmless, but the name in it may not be all of a name";
        break;
    default: text = "message % is not of a kind that may be waived: it is weighed"; break;
    }
    reason(judging, TSMP_EVIDENCE_WAIVER_VOID, 0, text, arguments, use->refused_line, 0);
}

void waivers_say(struct judging *judging)
{
    for (uint64_t i = 0; judging->uses != NULL && i < judging->context.waiver_count; i++) {
        if (judging->uses[i].count > 0)
            say_used(judging, &judging->context.waivers[i], &judging->uses[i]);
        if (judging->uses[i].why != REFUSED_NOT)
            say_refused(judging, &judging->context.waivers[i], &judging->uses[i]);
    }
}

void waivers_free(struct judging *judging)
{
    memory_put(&judging->verdict->allocator, judging->uses);
    judging->uses = NULL;
}
