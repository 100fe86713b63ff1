// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A text in memory, looked through for its date order and for the place where it wraps; read in order of time. */
public final class Log {
    private static final int PIECE = 256 * 1024;
    private final Lib lib = Lib.get();
    private final byte[] text;
    private final long age;
    private final Map<String, Long> options = new HashMap<>();
    private long wrap; // the older lines begin here; 0: it does not wrap
    private long line;

    /** The worst verdict, "unknown" without any run, and the runs about in the order of their ends. */
    public record Report(String verdict, List<Run> runs) { }

    /** Read a whole plain file. */
    public static Log open(Path path) throws IOException {
        byte[] text = Files.readAllBytes(path);
        return new Log(text, (System.currentTimeMillis() - Files.getLastModifiedTime(path).toMillis()) / 1000);
    }

    /** Take a text, written just now; it must not be changed afterwards. */
    public Log(byte[] text) {
        this(text, 0);
    }

    private Log(byte[] text, long age) {
        this.text = text;
        this.age = age;
        Memory result = Struct.give("tsmp_probe_result", Map.of());
        TsmparseException.check(lib.c.tsmp_probe(text, text.length, null, result));
        Struct found = Struct.at("tsmp_probe_result", result);
        options.put("decimal", found.get("decimal"));
        if (Long.bitCount(found.get("date_order")) == 1) {
            options.put("date_order", found.get("date_order"));
        }
        if (found.get("format") == lib.constant("format", "error_log")) {
            options.put("format", found.get("format"));
        }
        // Older lines stand behind the place where it wraps, if the text ends with the client's mark.
        int end = Math.min(4096, text.length);
        String tail = new String(text, text.length - end, end, StandardCharsets.ISO_8859_1);
        if (found.get("wrap_offset") != 0 && tail.stripTrailing().endsWith("Continued at beginning of file")) {
            wrap = found.get("wrap_offset");
            line = found.get("wrap_line");
            options.put("format", lib.constant("format", "schedule_log"));
        }
    }

    private void batches(Consumer<Pointer> use) {
        read(wrap, text.length, line, use);
        if (wrap != 0) {
            read(0, wrap, 1, use);
        }
    }

    private void read(long from, long to, long firstLine, Consumer<Pointer> use) {
        Map<String, Long> given = new HashMap<>(options);
        given.put("first_offset", from);
        given.put("first_line", firstLine);
        try (Reader reader = new Reader(given)) {
            for (long at = from; at < to; at += PIECE) {
                reader.put(Arrays.copyOfRange(text, (int) at, (int) Math.min(at + PIECE, to)));
                reader.batches(use);
            }
            reader.finish();
            reader.batches(use);
        }
    }

    /** Hand out every record, in order of time. */
    public void records(Consumer<? super LogRecord> use) {
        batches(batch -> LogRecord.of(batch).forEach(use));
    }

    /** Judge every run. */
    public Report check() {
        PointerByReference made = new PointerByReference();
        TsmparseException.check(lib.c.tsmp_runs_new(null, null, made));
        Pointer runs = made.getValue();
        List<Run> all = new ArrayList<>();
        int[] worst = {0};
        try {
            batches(batch -> {
                TsmparseException.check(lib.c.tsmp_runs_add(runs, batch));
                judge(runs, all, worst);
            });
            TsmparseException.check(lib.c.tsmp_runs_end(runs));
            judge(runs, all, worst);
        } finally {
            lib.c.tsmp_runs_free(runs);
        }
        return new Report(worst[0] == 0 ? "unknown" : lib.name("verdict", worst[0]), all);
    }

    private void judge(Pointer runs, List<Run> all, int[] worst) {
        Memory context = Struct.give("tsmp_context", Map.of("age", age));
        PointerByReference out = new PointerByReference();
        while (TsmparseException.check(lib.c.tsmp_runs_next(runs, out)) == Lib.OK) {
            Pointer run = out.getValue();
            try {
                TsmparseException.check(lib.c.tsmp_judge(run, context, null, out));
                Pointer verdict = out.getValue();
                try {
                    Struct view = Struct.at("tsmp_verdict_view", lib.c.tsmp_verdict_view_of(verdict));
                    worst[0] = lib.c.tsmp_verdict_worse(worst[0], (int) view.get("verdict"));
                    all.add(Run.of(lib, Struct.at("tsmp_run_view", lib.c.tsmp_run_view_of(run)), view));
                } finally {
                    lib.c.tsmp_verdict_free(verdict);
                }
            } finally {
                lib.c.tsmp_run_free(run);
            }
        }
    }
}
