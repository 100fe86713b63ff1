// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Takes a stream in pieces and gives records. To be closed; one thread at a time is let in. */
public final class Reader implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Map<String, Long> ORDERS = Map.of("mdy", 1L, "dmy", 2L, "ymd", 4L);

    private final Lib lib = Lib.get();
    private Pointer reader;
    private final Cleaner.Cleanable freed; // also of a reader that nobody closes

    /** A reader that finds the order of dates out. */
    public Reader() {
        this(Map.of());
    }

    /** A reader of dates in the order mdy, dmy or ymd. */
    public Reader(String dateOrder) {
        this(Map.of("date_order", order(dateOrder)));
    }

    private static long order(String name) {
        Long order = ORDERS.get(name);
        if (order == null) {
            throw new IllegalArgumentException("the order of dates must be mdy, dmy or ymd, not " + name);
        }
        return order;
    }

    Reader(Map<String, Long> options) {
        PointerByReference made = new PointerByReference();
        TsmparseException.check(lib.c.tsmp_reader_new(Struct.give("tsmp_options", new HashMap<>(options)), null, made));
        reader = made.getValue();
        freed = CLEANER.register(this, free(lib.c, reader));
    }

    private static Runnable free(Lib.C c, Pointer reader) { // static: it must not hold what it waits for
        return () -> c.tsmp_reader_free(reader);
    }

    /** Any number of times. What it gave stays. */
    @Override
    public synchronized void close() {
        reader = null;
        freed.clean();
    }

    private Pointer used() {
        if (reader == null) {
            throw new TsmparseException(0, "the reader is closed; open the input anew");
        }
        return reader;
    }

    private int told(int status) {
        if (status < 0) {
            throw new TsmparseException(status, lib.c.tsmp_reader_error(reader));
        }
        return status;
    }

    /** Give the next piece; what is complete comes back. */
    public synchronized List<LogRecord> feed(byte[] piece) {
        put(piece);
        return ready();
    }

    /** No more input comes; the last records come back. */
    public synchronized List<LogRecord> end() {
        finish();
        return ready();
    }

    private List<LogRecord> ready() {
        List<LogRecord> all = new ArrayList<>();
        batches(batch -> all.addAll(LogRecord.of(batch)));
        return all;
    }

    synchronized void put(byte[] piece) {
        told(lib.c.tsmp_reader_feed(used(), piece, piece.length));
    }

    synchronized void finish() {
        told(lib.c.tsmp_reader_end(used()));
    }

    /** Hand out each batch that is ready, while it lives. */
    synchronized void batches(Consumer<Pointer> use) {
        PointerByReference batch = new PointerByReference();
        while (told(lib.c.tsmp_reader_next(used(), batch)) == Lib.OK) {
            Pointer one = batch.getValue();
            try {
                use.accept(one);
            } finally {
                lib.c.tsmp_batch_unref(one);
            }
        }
    }
}
