// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Records and runs as the tsmparse command prints them. */
final class Json {
    private static final Set<String> TAKEN =
        Set.of("offset", "line", "length", "kind", "format", "time", "flags", "stamp", "why");
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

    private Json() { }

    /** Valid UTF-8, one U+FFFD for each byte that is not, and the bytes beside it then. */
    private static void putText(JsonObject into, String key, byte[] text) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(text);
        CharBuffer out = CharBuffer.allocate(text.length);
        boolean bad = false;
        for (CoderResult result = decoder.decode(in, out, true); result.isError(); result = decoder.decode(in, out, true)) {
            bad = true;
            in.position(in.position() + result.length());
            out.put("\ufffd".repeat(result.length()));
        }
        into.addProperty(key, out.flip().toString());
        if (bad) {
            into.addProperty(key + "_b64", Base64.getEncoder().encodeToString(text));
        }
    }

    private static void putTextOrNull(JsonObject into, String key, byte[] text) {
        if (text.length == 0) {
            into.add(key, JsonNull.INSTANCE);
        } else {
            putText(into, key, text);
        }
    }

    private static JsonElement number(long number, int power) {
        return new JsonPrimitive(BigDecimal.valueOf(number).scaleByPowerOfTen(power));
    }

    private static JsonElement count(long unsigned) {
        return new JsonPrimitive(new BigInteger(Long.toUnsignedString(unsigned)));
    }

    private static JsonElement moment(Long micros) {
        return micros == null ? JsonNull.INSTANCE : new JsonPrimitive(
            LocalDateTime.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), 0, ZoneOffset.UTC).format(SECONDS));
    }

    private static JsonArray strings(Collection<String> all) {
        JsonArray array = new JsonArray();
        all.forEach(array::add);
        return array;
    }

    private static void putField(JsonObject into, String key, LogRecord.Field field) {
        String type = field.type();
        if (field.word() != null) {
            into.addProperty(key, field.word());
        } else if (type.equals("text")) {
            putText(into, key, field.text());
        } else if (field.usable() && (type.equals("number") || type.equals("offset"))) {
            into.add(key, number(field.number(), field.power()));
        } else if (field.usable() && type.equals("time")) {
            into.add(key, moment(field.number()));
        } else { // what the log prints stands beside it
            into.add(key, JsonNull.INSTANCE);
            putText(into, key + "_text", field.text());
        }
    }

    /** As `tsmparse records --format=jsonl` prints it. */
    static JsonObject of(LogRecord record) {
        JsonObject out = new JsonObject();
        out.add("offset", count(record.offset()));
        out.add("line", count(record.line()));
        out.add("length", count(record.length()));
        out.addProperty("kind", record.kind());
        out.addProperty("format", record.format());
        out.add("time", moment(record.time()));
        out.add("flags", strings(record.flags()));
        if (record.time() == null && record.stamp().length > 0) {
            putText(out, "stamp", record.stamp());
        }
        if (record.why() != null) {
            out.addProperty("why", record.why());
        }
        boolean showsText = record.kind().equals("unknown") || record.kind().equals("more");
        if (showsText) {
            putText(out, "text", record.text());
        }
        Map<String, Integer> seen = new HashMap<>();
        List<LogRecord.Field> fields = record.fields();
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.get(i).name();
            if ("candidates".equals(name)) { // none of those behind it is known to be right
                JsonArray ways = new JsonArray();
                for (; i + 3 < fields.size() && "path".equals(fields.get(i + 1).name()); i += 3) {
                    JsonObject way = new JsonObject();
                    fields.subList(i + 1, i + 4).forEach(part -> putText(way, part.name(), part.text()));
                    ways.add(way);
                }
                out.add(name, ways);
            } else if (name != null) {
                int times = seen.merge(name, 1, Integer::sum);
                boolean taken = TAKEN.contains(name) || (showsText && name.equals("text"));
                putField(out, (taken ? "field_" : "") + name + (times > 1 ? "_" + times : ""), fields.get(i));
            }
        }
        return out;
    }

    /** As `tsmparse check --format=json` prints it. */
    static JsonObject of(Run run) {
        JsonObject out = new JsonObject();
        putTextOrNull(out, "schedule", run.schedule());
        putTextOrNull(out, "node", run.node());
        out.addProperty("action", run.action());
        out.addProperty("claim", run.claim());
        out.addProperty("verdict", run.verdict());
        out.add("proof", strings(run.proof()));
        out.add("scheduled", moment(run.scheduled()));
        out.add("started", moment(run.started()));
        out.add("ended", moment(run.ended()));
        out.addProperty("return_code", run.returnCode());
        out.add("first_line", count(run.firstLine()));
        out.add("last_line", count(run.lastLine()));
        JsonArray evidence = new JsonArray(), volumes = new JsonArray();
        for (Run.Evidence reason : run.evidence()) {
            JsonObject one = new JsonObject();
            JsonArray lines = new JsonArray();
            reason.lines().forEach(line -> lines.add(count(line)));
            one.addProperty("id", reason.id());
            one.addProperty("strength", reason.strength());
            one.add("lines", lines);
            putText(one, "text", reason.text());
            evidence.add(one);
        }
        for (Run.Volume volume : run.volumes()) {
            JsonObject one = new JsonObject();
            one.addProperty("outcome", volume.outcome().equals("successful") ? "ended" : volume.outcome());
            one.add("failures", count(volume.failures()));
            putTextOrNull(one, "name", volume.name());
            volumes.add(one);
        }
        JsonObject statistics = new JsonObject(), objects = new JsonObject(), messages = new JsonObject();
        for (Run.Statistic one : run.statistics()) {
            if (one.name() != null && !statistics.has(one.name())) {
                statistics.add(one.name(), one.usable() ? number(one.number(), one.power()) : JsonNull.INSTANCE);
            }
        }
        run.objects().forEach((key, n) -> objects.add(key, count(n)));
        run.messages().forEach((key, n) -> messages.add(key, count(n)));
        out.add("evidence", evidence);
        out.add("volumes", volumes);
        out.add("statistics", statistics);
        out.add("objects", objects);
        out.add("messages", messages);
        return out;
    }
}
