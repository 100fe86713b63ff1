// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** The Java side of bindings/bench/examples.py. usage: Bench MODE FILE */
final class Bench {
    private Bench() { }

    public static void main(String[] arguments) throws IOException {
        // Of all threads: the compiler and the garbage collector work beside ours.
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long begin = system.getProcessCpuTime();
        long[] found = new long[2];
        Log.open(Path.of(arguments[1])).records(record -> {
            found[0]++;
            found[1] += "object".equals(record.kind()) ? 1 : 0;
        });
        System.out.println(found[0] + " " + (system.getProcessCpuTime() - begin) + " " + found[1]);
    }
}
