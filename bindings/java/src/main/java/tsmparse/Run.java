// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One scheduled event, or one interactive command, judged. What is not known is null, text that is not there is
 * empty; times are local microseconds since 1970 as if UTC.
 *
 * @param objects lines of objects, by what happened to them
 * @param messages by the letter of their code
 */
public record Run(byte[] schedule, byte[] node, String action, String claim, String verdict, List<String> proof,
                  Long scheduled, Long started, Long ended, Long returnCode, boolean interactive,
                  List<Evidence> evidence, List<Volume> volumes, List<Statistic> statistics,
                  Map<String, Long> objects, Map<String, Long> messages, long firstLine, long lastLine) {
    /** One reason of the verdict; strength 1 (note) to 5 (alone enough), 0 only explains. */
    public record Evidence(String id, int strength, byte[] text, List<Long> lines) { }

    /** A volume that the run began, or ended. */
    public record Volume(byte[] name, String outcome, long failures) { }

    /** A line of the closing statistics: number x 10^power, unless it is not usable. */
    public record Statistic(String name, long number, int power, boolean usable) { }

    static Run of(Lib lib, Struct run, Struct verdict) {
        long badNumber = lib.bits("flag", "overflow", "number_ambiguous");
        List<Evidence> evidence = verdict.array("tsmp_evidence", "evidence", "evidence_count", "evidence_stride").stream()
            .map(e -> new Evidence(lib.name("evidence", e.get("id")), (int) e.get("strength"), e.text("text"), lines(e)))
            .toList();
        long unfinished = lib.constant("word", "unfinished");
        List<Volume> volumes = run.array("tsmp_volume", "volumes", "volume_count", "volume_stride").stream()
            .map(v -> new Volume(v.text("name"),
                lib.name("word", v.get("outcome") == 0 ? unfinished : v.get("outcome")), v.get("failures")))
            .toList();
        List<Statistic> statistics = run.array("tsmp_statistic", "statistics", "statistic_count", "statistic_stride")
            .stream().map(s -> new Statistic(lib.name("statistic", s.get("name")), s.get("number"), (int) s.get("power"),
                (s.get("flags") & badNumber) == 0))
            .toList();
        Map<String, Long> objects = new LinkedHashMap<>(), messages = new LinkedHashMap<>();
        for (String key : List.of("sent", "updated", "expired", "rebound", "deleted", "failed", "skipped", "retried")) {
            objects.put(key, run.get(key));
        }
        Map.of("I", "informational", "W", "warnings", "E", "errors", "S", "severe")
            .forEach((letter, member) -> messages.put(letter, run.get(member)));
        return new Run(run.text("schedule"), run.text("node"),
            run.get("action") == 0 ? null : lib.name("word", run.get("action")), lib.name("claim", run.get("claim")),
            lib.name("verdict", verdict.get("verdict")), lib.set("proof", verdict.get("proof")), moment(run, "scheduled"),
            moment(run, "started"), moment(run, "ended"),
            run.get("has_return_code") == 0 ? null : run.get("return_code"), run.get("interactive") != 0, evidence,
            volumes, statistics, objects, messages, run.get("first_line"), run.get("last_line"));
    }

    private static List<Long> lines(Struct evidence) {
        long count = evidence.get("line_count");
        return count == 0 ? List.of()
            : Arrays.stream(evidence.pointer("lines").getLongArray(0, Math.toIntExact(count))).boxed().toList();
    }

    private static Long moment(Struct run, String member) {
        long time = run.get(member);
        return time == Long.MIN_VALUE ? null : time;
    }
}
