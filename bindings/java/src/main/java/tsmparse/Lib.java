// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The library, and what its schema tells: names of constants. What the calls mean is said in the C headers. */
final class Lib {
    static final int ABI = 1;
    static final int OK = 0;

    interface C extends Library {
        int tsmp_abi_version();
        String tsmp_schema_json();
        int tsmp_probe(byte[] bytes, long length, Pointer allocator, Pointer result);
        int tsmp_reader_new(Pointer options, Pointer allocator, PointerByReference reader);
        void tsmp_reader_free(Pointer reader);
        int tsmp_reader_feed(Pointer reader, byte[] bytes, long length);
        int tsmp_reader_end(Pointer reader);
        int tsmp_reader_next(Pointer reader, PointerByReference batch);
        String tsmp_reader_error(Pointer reader);
        Pointer tsmp_batch_view(Pointer batch);
        String tsmp_batch_field_name(Pointer batch, int id);
        void tsmp_batch_unref(Pointer batch);
        int tsmp_runs_new(Pointer options, Pointer allocator, PointerByReference runs);
        void tsmp_runs_free(Pointer runs);
        int tsmp_runs_add(Pointer runs, Pointer batch);
        int tsmp_runs_end(Pointer runs);
        int tsmp_runs_next(Pointer runs, PointerByReference run);
        Pointer tsmp_run_view_of(Pointer run);
        void tsmp_run_free(Pointer run);
        int tsmp_judge(Pointer run, Pointer context, Pointer allocator, PointerByReference verdict);
        Pointer tsmp_verdict_view_of(Pointer verdict);
        void tsmp_verdict_free(Pointer verdict);
        int tsmp_verdict_worse(int a, int b);
    }

    final C c;
    final JsonObject schema;
    private final Map<String, Map<Long, String>> names = new HashMap<>();
    private static Lib shared;

    /** The library, found when it is needed first; what was not found is looked for again. */
    static synchronized Lib get() {
        if (shared == null) {
            String file = System.getenv("TSMPARSE_LIBRARY");
            shared = new Lib(file == null || file.isEmpty() ? "libtsmparse.so." + ABI : file);
        }
        return shared;
    }

    Lib(String file) {
        int abi;
        try {
            c = Native.load(file, C.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
            abi = c.tsmp_abi_version();
        } catch (UnsatisfiedLinkError error) {
            throw new TsmparseException(0, file
                + " cannot be used: install libtsmparse, or set TSMPARSE_LIBRARY to its file ("
                + error.getMessage().lines().findFirst().orElse("") + ")"); // JNA goes on with the class path
        }
        if (abi != ABI) {
            throw new TsmparseException(0, file + " has ABI " + abi + ", but this package needs ABI " + ABI);
        }
        schema = JsonParser.parseString(c.tsmp_schema_json()).getAsJsonObject();
        for (Map.Entry<String, JsonElement> group : schema.entrySet()) {
            if (group.getValue().isJsonObject() && !group.getKey().equals("layout")) {
                Map<Long, String> table = new TreeMap<>();
                group.getValue().getAsJsonObject().entrySet().forEach(e -> table.put(e.getValue().getAsLong(), e.getKey()));
                names.put(group.getKey(), table);
            }
        }
    }

    /** The name of a constant; null when this release of the library has none. */
    String name(String group, long id) {
        return names.get(group).get(id);
    }

    long constant(String group, String name) {
        return schema.getAsJsonObject(group).get(name).getAsLong();
    }

    /** The constants of a set of bits. */
    long bits(String group, String... members) {
        long all = 0;
        for (String member : members) {
            all |= constant(group, member);
        }
        return all;
    }

    List<String> set(String group, long bits) {
        List<String> found = new ArrayList<>();
        names.get(group).forEach((bit, name) -> {
            if ((bits & bit) != 0) {
                found.add(name);
            }
        });
        return found;
    }
}
