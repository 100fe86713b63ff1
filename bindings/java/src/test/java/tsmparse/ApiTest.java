// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What users of the package rely on. */
final class ApiTest {
    private static final byte[] LOG = bytes("""
        09/17/2025 22:04:12 Node Name: KESTREL
        09/17/2025 22:05:00 --- SCHEDULEREC OBJECT BEGIN NIGHT_INC 09/17/2025 22:00:00
        09/17/2025 22:05:02 Normal File-->             4,096 /srv/\u00ff b [Sent]
        """);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<LogRecord> records(byte[] text) {
        List<LogRecord> all = new ArrayList<>();
        new Log(text).records(all::add);
        return all;
    }

    private static void says(String words, Runnable call) {
        RuntimeException error = assertThrows(RuntimeException.class, call::run);
        assertTrue(error.getMessage().contains(words), error.getMessage());
    }

    @Test
    void recordsTileTheInputAndNamesAreBytes() {
        List<LogRecord> all = records(LOG);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (LogRecord record : all) {
            text.writeBytes(record.text());
            text.write('\n');
        }
        assertArrayEquals(LOG, text.toByteArray());
        assertArrayEquals(bytes("/srv/\u00ff b"), all.get(2).get("path").text());
        assertEquals(4096, all.get(2).get("size").number());
        assertEquals(1_758_146_702_000_000L, all.get(2).time());
    }

    @Test
    void piecesDoNotMatter() {
        for (int size : new int[] {1, 7, LOG.length}) {
            try (Reader reader = new Reader("mdy")) {
                int count = 0;
                for (int at = 0; at < LOG.length; at += size) {
                    count += reader.feed(Arrays.copyOfRange(LOG, at, Math.min(at + size, LOG.length))).size();
                }
                assertEquals(3, count + reader.end().size(), "pieces of " + size);
            }
        }
    }

    @Test
    void aCutLogProvesNothing() {
        Log.Report report = new Log(LOG).check();
        assertEquals(1, report.runs().size());
        assertArrayEquals(bytes("NIGHT_INC"), report.runs().get(0).schedule());
        assertNotEquals("complete", report.verdict());
        assertEquals("unknown", new Log(new byte[0]).check().verdict());
    }

    @Test
    void wrongUseIsAnExceptionThatSaysWhatToDo() {
        Reader closed = new Reader();
        closed.close();
        closed.close();
        says("open the input anew", () -> closed.feed(LOG));
        says("open the input anew", closed::end);
        says("mdy, dmy or ymd", () -> new Reader("ydm"));
        try (Reader ended = new Reader()) {
            ended.end();
            says("end", () -> ended.feed(LOG));
        }
        says("mine", () -> new Log(LOG).records(record -> {
            throw new IllegalStateException("mine");
        }));
        assertThrows(IOException.class, () -> Log.open(Path.of("/nowhere/log")));
    }

    @Test
    void aMissingOrWrongLibraryIsSaid() {
        says("set TSMPARSE_LIBRARY", () -> new Lib("/nowhere/libtsmparse.so.1"));
        says("set TSMPARSE_LIBRARY", () -> new Lib("libc.so.6")); // a library, but not this one
    }

    @Test
    void threadsAndReadersThatNobodyCloses() {
        IntStream.range(0, 200).parallel().forEach(i -> {
            assertEquals(3, records(LOG).size());
            assertEquals(1, new Log(LOG).check().runs().size());
            assertEquals(3, new Reader("mdy").feed(LOG).size());
        });
        System.gc();
    }
}
