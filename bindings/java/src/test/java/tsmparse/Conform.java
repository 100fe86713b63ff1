// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The conformance adapter of the Java package. usage: Conform INPUTS OUTPUTS */
final class Conform {
    private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private interface Rows {
        List<JsonObject> make() throws IOException;
    }

    private Conform() { }

    private static void write(Path path, Rows rows) throws IOException {
        List<String> lines = new ArrayList<>();
        try {
            rows.make().forEach(row -> lines.add(GSON.toJson(row)));
        } catch (IOException | TsmparseException error) {
            System.err.println(path.getFileName() + ": " + error.getMessage());
            lines.clear();
            lines.add("{\"error\":true}");
        }
        Files.write(path, lines);
    }

    private static List<JsonObject> records(Path input) throws IOException {
        List<JsonObject> all = new ArrayList<>();
        Log.open(input).records(record -> all.add(Json.of(record)));
        return all;
    }

    private static List<JsonObject> report(Path input) throws IOException {
        Log.Report report = Log.open(input).check();
        JsonArray runs = new JsonArray();
        report.runs().forEach(run -> runs.add(Json.of(run)));
        JsonObject out = new JsonObject();
        out.addProperty("verdict", report.verdict());
        out.add("runs", runs);
        return List.of(out);
    }

    public static void main(String[] folders) throws IOException {
        List<Path> inputs;
        try (Stream<Path> found = Files.list(Path.of(folders[0]))) {
            inputs = found.toList();
        }
        for (Path input : inputs) {
            write(Path.of(folders[1], input.getFileName() + ".records"), () -> records(input));
            write(Path.of(folders[1], input.getFileName() + ".check"), () -> report(input));
        }
    }
}
