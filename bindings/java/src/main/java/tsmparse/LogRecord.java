// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One line of the input.
 *
 * @param offset of its first byte in the input
 * @param length in bytes of the input, with its newline
 * @param line from 1
 * @param time local microseconds since 1970 as if UTC; null also for a stamp whose date order is undecided
 * @param why why it is unknown, or `more`; else null
 * @param flags what is to be known about it: its own, and what is wrong with its fields
 * @param text as printed, without its newline
 * @param stamp as printed, empty without one
 */
public record LogRecord(long offset, long length, long line, Long time, String kind, String format, String why,
                        List<String> flags, byte[] text, byte[] stamp, List<Field> fields) {
    /**
     * One fact of a record.
     *
     * @param name null when this release of the library has none
     * @param type text, number, word, time or offset
     * @param word what a word stands for, or the name of a statistic or a pattern; else null
     * @param number with power: number x 10^power; of a time local microseconds
     * @param usable false: what is printed is no number or time that may be used
     * @param text as printed
     */
    public record Field(String name, String type, String word, long number, int power, boolean usable, byte[] text) { }

    /** The first field of that name, or null. */
    public Field get(String name) {
        return fields.stream().filter(field -> name.equals(field.name)).findFirst().orElse(null);
    }

    static List<LogRecord> of(Pointer batch) {
        Lib lib = Lib.get();
        Struct view = Struct.at("tsmp_view", lib.c.tsmp_batch_view(batch));
        byte[] text = Struct.copy(view.pointer("text"), view.get("text_length"));
        List<Struct> fields = view.array("tsmp_field", "fields", "field_count", "field_stride");
        long badTime = lib.bits("flag", "no_time", "date_ambiguous", "time_impossible");
        long badNumber = lib.bits("flag", "overflow", "number_ambiguous");
        long shown = badNumber | lib.bits("flag", "date_ambiguous", "time_impossible", "joined");
        List<LogRecord> all = new ArrayList<>();
        for (Struct raw : view.array("tsmp_record", "records", "record_count", "record_stride")) {
            String kind = lib.name("kind", raw.get("kind"));
            long flags = raw.get("flags");
            boolean timed = (flags & badTime) == 0;
            List<Field> own = new ArrayList<>();
            int first = (int) raw.get("first_field");
            for (Struct field : fields.subList(first, first + (int) raw.get("field_count"))) {
                flags |= field.get("flags") & shown;
                own.add(field(lib, batch, kind, field, text, badTime, badNumber));
            }
            byte[] line = span(text, raw.get("text"), raw.get("text_length"));
            String why = raw.get("why") == 0 ? null : lib.name("why", raw.get("why"));
            all.add(new LogRecord(raw.get("offset"), raw.get("length"), raw.get("line"), timed ? raw.get("time") : null,
                kind, lib.name("format", raw.get("format")), why, lib.set("flag", flags), line,
                span(line, 0, raw.get("stamp_length")), own));
        }
        return all;
    }

    private static Field field(Lib lib, Pointer batch, String kind, Struct raw, byte[] text, long badTime, long badNumber) {
        String type = lib.name("type", raw.get("type"));
        String name = lib.name("field", raw.get("id"));
        if (name == null) { // the text, or a pattern, named it
            name = lib.c.tsmp_batch_field_name(batch, (int) raw.get("id"));
        }
        long number = raw.get("number");
        String word = null;
        if ("custom".equals(kind) && "name".equals(name)) {
            word = lib.c.tsmp_batch_field_name(batch, (int) number);
        } else if ("word".equals(type)) {
            word = lib.name("statistic".equals(kind) && "name".equals(name) ? "statistic" : "word", number);
        }
        long bad = "time".equals(type) ? badTime : badNumber;
        return new Field(name, type, word, number, (int) raw.get("power"), (raw.get("flags") & bad) == 0,
            span(text, raw.get("text"), raw.get("length")));
    }

    private static byte[] span(byte[] text, long from, long length) {
        return Arrays.copyOfRange(text, (int) from, (int) (from + length));
    }
}
