// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A copy of a C struct, laid out as the library's schema tells: the library's memory lives no longer than its handle. */
final class Struct {
    private record Member(int offset, int size, boolean signed) { }

    private record Layout(int size, Map<String, Member> members) { }

    private static final Map<String, Layout> LAYOUTS = new ConcurrentHashMap<>();

    private static Layout layout(String name) {
        return LAYOUTS.computeIfAbsent(name, key -> {
            JsonObject told = Lib.get().schema.getAsJsonObject("layout").getAsJsonObject(key);
            Map<String, Member> members = new HashMap<>();
            for (Map.Entry<String, JsonElement> entry : told.getAsJsonObject("members").entrySet()) {
                JsonArray place = entry.getValue().getAsJsonArray();
                members.put(entry.getKey(), new Member(place.get(0).getAsInt(), place.get(1).getAsInt(),
                    place.get(2).getAsString().startsWith("i")));
            }
            return new Layout(told.get("size").getAsInt(), members);
        });
    }

    private final ByteBuffer bytes;
    private final int start;
    private final Map<String, Member> members;

    private Struct(String name, ByteBuffer bytes, int start) {
        this.bytes = bytes;
        this.start = start;
        this.members = layout(name).members;
    }

    static byte[] copy(Pointer address, long length) {
        return length == 0 ? new byte[0] : address.getByteArray(0, Math.toIntExact(length));
    }

    static Struct at(String name, Pointer address) {
        return array(name, address, 1, layout(name).size).get(0);
    }

    /** Elements may have grown at their ends: they are as far apart as the stride says. */
    static List<Struct> array(String name, Pointer address, long count, long stride) {
        ByteBuffer bytes = ByteBuffer.wrap(copy(address, Math.multiplyExact(count, stride))).order(ByteOrder.nativeOrder());
        List<Struct> all = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            all.add(new Struct(name, bytes, (int) (i * stride)));
        }
        return all;
    }

    /** A struct for the library to read; its size is set. */
    static Memory give(String name, Map<String, Long> values) {
        Layout layout = layout(name);
        Memory memory = new Memory(layout.size);
        memory.clear();
        memory.setInt(layout.members.get("size").offset, layout.size);
        values.forEach((key, value) -> {
            Member member = layout.members.get(key);
            if (member.size == 8) {
                memory.setLong(member.offset, value);
            } else {
                memory.setInt(member.offset, value.intValue());
            }
        });
        return memory;
    }

    long get(String name) {
        Member member = members.get(name);
        int place = start + member.offset;
        return switch (member.size) {
            case 1 -> member.signed ? bytes.get(place) : Byte.toUnsignedLong(bytes.get(place));
            case 2 -> member.signed ? bytes.getShort(place) : Short.toUnsignedLong(bytes.getShort(place));
            case 4 -> member.signed ? bytes.getInt(place) : Integer.toUnsignedLong(bytes.getInt(place));
            default -> bytes.getLong(place);
        };
    }

    Pointer pointer(String name) {
        return new Pointer(get(name));
    }

    /** A copy of the bytes of a tsmp_text. */
    byte[] text(String name) {
        Struct text = new Struct("tsmp_text", bytes, start + members.get(name).offset);
        return copy(text.pointer("bytes"), text.get("length"));
    }

    List<Struct> array(String struct, String array, String count, String stride) {
        return array(struct, pointer(array), get(count), get(stride));
    }
}
