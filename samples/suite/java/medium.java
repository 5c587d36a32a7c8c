//: Fill-in-the-middle tasks for Java, medium: the whole function must be understood to fill them.
//: Each task is one program with one hole (between the two guillemets), then contents of the
//: hole that are wrong, each of which the test must refuse, then the test, which is put after the
//: filled program. It throws when an answer is wrong.
//: task merge_intervals
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Opening times of a shop as pairs of minutes, from (inclusive) and to (exclusive). */
final class OpeningTimes {
    private OpeningTimes() {}

    /**
     * The same times in order, with those that overlap or touch joined into one. The given pairs
     * stand in any order and are not changed.
     */
    static List<int[]> join(List<int[]> times) {
        List<int[]> ordered = new ArrayList<>(times);
        ordered.sort(Comparator.comparingInt(time -> time[0]));
        List<int[]> joined = new ArrayList<>();
        for (int[] time : ordered) {
            int[] last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last == null || time[0] > last[1]) {
                joined.add(time.clone());
            } else {
«                last[1] = Math.max(last[1], time[1]);
»            }
        }
        return joined;
    }
}
//: mutant
                last[1] = time[1];
//: mutant
                last[1] = Math.min(last[1], time[1]);
//: mutant
                last[0] = Math.min(last[0], time[0]);
//: mutant
                time[1] = Math.max(last[1], time[1]);
//: test
public class Main {
    private static String text(List<int[]> times) {
        StringBuilder text = new StringBuilder();
        for (int[] time : times) {
            text.append(time[0]).append('-').append(time[1]).append(' ');
        }
        return text.toString();
    }

    private static void expect(String wanted, int[]... times) {
        List<int[]> given = List.of(times);
        String before = text(given);
        String got = text(OpeningTimes.join(given));
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
        if (!before.equals(text(given))) {
            throw new AssertionError("the given times were changed");
        }
    }

    public static void main(String[] args) {
        expect("");
        expect("3-5 ", new int[] {3, 5});
        expect("1-3 ", new int[] {1, 2}, new int[] {2, 3});
        expect("1-2 4-5 ", new int[] {4, 5}, new int[] {1, 2});
        expect("1-9 ", new int[] {1, 9}, new int[] {2, 3});
        expect("1-9 ", new int[] {1, 9}, new int[] {2, 3}, new int[] {4, 9}, new int[] {5, 6});
        expect("1-12 14-15 ", new int[] {14, 15}, new int[] {3, 12}, new int[] {1, 4});
        expect("2-4 ", new int[] {2, 4}, new int[] {2, 4});
        expect("-5-7 ", new int[] {-5, 0}, new int[] {-2, 7}, new int[] {-4, -3});
    }
}
//: task ring_buffer
import java.util.ArrayList;
import java.util.List;

/** Keeps the most recent lines of a log; the oldest one makes room for a new one. */
final class RecentLines {
    private final String[] slots;
    /** The slot that the next line is put into. */
    private int next;
    private int size;

    RecentLines(int capacity) {
        slots = new String[capacity];
    }

    void add(String line) {
        slots[next] = line;
        next = (next + 1) % slots.length;
        size = Math.min(size + 1, slots.length);
    }

    /** The lines that are kept, the oldest first. */
    List<String> oldestFirst() {
        List<String> lines = new ArrayList<>(size);
        for (int age = size; age > 0; age--) {
«            int slot = (next - age + slots.length) % slots.length;
»            lines.add(slots[slot]);
        }
        return lines;
    }
}
//: mutant
            int slot = (next - age) % slots.length;
//: mutant
            int slot = (next + age) % slots.length;
//: mutant
            int slot = (next - age - 1 + slots.length) % slots.length;
//: mutant
            int slot = (next - age + size) % slots.length;
//: mutant
            int slot = size - age;
//: test
public class Main {
    private static void expect(List<String> wanted, int capacity, String... lines) {
        RecentLines recent = new RecentLines(capacity);
        for (String line : lines) {
            recent.add(line);
        }
        if (!wanted.equals(recent.oldestFirst()) || !wanted.equals(recent.oldestFirst())) {
            throw new AssertionError("wanted " + wanted + ", got " + recent.oldestFirst());
        }
    }

    public static void main(String[] args) {
        expect(List.of(), 3);
        expect(List.of("a"), 3, "a");
        expect(List.of("a", "b"), 3, "a", "b");
        expect(List.of("a", "b", "c"), 3, "a", "b", "c");
        expect(List.of("b", "c", "d"), 3, "a", "b", "c", "d");
        expect(List.of("c", "d", "e"), 3, "a", "b", "c", "d", "e");
        expect(List.of("e", "f", "g"), 3, "a", "b", "c", "d", "e", "f", "g");
        expect(List.of("b"), 1, "a", "b");
        expect(List.of("a", "a", "b"), 4, "a", "a", "b");
    }
}
//: task token_bucket
/**
 * Limits how often something is done: a bucket holds at most {@code capacity} tokens, is full in
 * the beginning, and gets a new token every {@code millisPerToken}. Each action takes one token.
 */
final class TokenBucket {
    private final long capacity;
    private final long millisPerToken;
    private long tokens;
    /** The moment up to which time was turned into tokens. */
    private long filledUntil;

    TokenBucket(long capacity, long millisPerToken, long nowMillis) {
        this.capacity = capacity;
        this.millisPerToken = millisPerToken;
        this.tokens = capacity;
        this.filledUntil = nowMillis;
    }

    /** Takes a token if there is one. Time never runs backwards between calls. */
    boolean tryTake(long nowMillis) {
        refill(nowMillis);
        if (tokens == 0) {
            return false;
        }
        tokens--;
        return true;
    }

    /** Time that is too short for a whole token is not lost: it counts at the next refill. */
    private void refill(long nowMillis) {
        long fresh = (nowMillis - filledUntil) / millisPerToken;
«        tokens = Math.min(capacity, tokens + fresh);
        filledUntil += fresh * millisPerToken;
»    }
}
//: mutant
        tokens = Math.min(capacity, tokens + fresh);
        filledUntil = nowMillis;
//: mutant
        tokens += fresh;
        filledUntil += fresh * millisPerToken;
//: mutant
        tokens = Math.min(capacity, fresh);
        filledUntil += fresh * millisPerToken;
//: mutant
        tokens = Math.min(capacity, tokens + fresh);
        filledUntil += millisPerToken;
//: mutant
        tokens = Math.min(capacity, tokens + fresh);
//: test
public class Main {
    private static void expect(TokenBucket bucket, long now, boolean... wanted) {
        for (boolean taken : wanted) {
            if (bucket.tryTake(now) != taken) {
                throw new AssertionError("at " + now + " wanted " + taken);
            }
        }
    }

    public static void main(String[] args) {
        TokenBucket bucket = new TokenBucket(2, 100, 1000);
        expect(bucket, 1000, true, true, false);
        expect(bucket, 1099, false);
        expect(bucket, 1100, true, false);
        expect(bucket, 1150, false);
        expect(bucket, 1190, false);
        expect(bucket, 1200, true, false);
        expect(bucket, 1299, false);
        expect(bucket, 1350, true, false);
        expect(bucket, 1400, true, false);
        expect(bucket, 9950, true, true, false);
        expect(bucket, 9999, false);
        expect(bucket, 10000, true, false);

        TokenBucket slow = new TokenBucket(3, 10, 0);
        expect(slow, 0, true);
        expect(slow, 10, true);
        expect(slow, 10, true, true, false);
        expect(slow, 25, true, false);
        expect(slow, 29, false);
        expect(slow, 30, true, false);
    }
}
//: task wrap_text
import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines of limited width. */
final class TextWrap {
    private TextWrap() {}

    /**
     * Puts as many words as fit into each line, with one blank between two of them, so that no
     * line is longer than {@code width}. Only a word that is itself longer than that makes a
     * longer line, on which it stands alone.
     */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.trim().split("\\s+")) {
            if (line.length() > 0 && «line.length() + 1 + word.length() > width») {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (line.length() > 0) {
                line.append(' ');
            }
            line.append(word);
        }
        if (line.length() > 0) {
            lines.add(line.toString());
        }
        return lines;
    }
}
//: mutant
line.length() + word.length() > width
//: mutant
line.length() + 1 + word.length() >= width
//: mutant
line.length() > width
//: mutant
word.length() > width
//: mutant
line.length() + 1 + word.length() < width
//: test
public class Main {
    private static void expect(List<String> wanted, String text, int width) {
        List<String> got = TextWrap.wrap(text, width);
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect(List.of(), "", 10);
        expect(List.of(), "   ", 10);
        expect(List.of("one"), "one", 3);
        expect(List.of("one"), " one ", 2);
        expect(List.of("one two"), "one two", 7);
        expect(List.of("one", "two"), "one two", 6);
        expect(List.of("one", "two"), "one two", 5);
        expect(List.of("one two"), "one   two", 8);
        expect(List.of("a b c", "d e f", "g"), "a b c d e f g", 5);
        expect(List.of("an", "extraordinary", "day at", "sea"), "an extraordinary day at sea", 6);
        expect(List.of("x", "y", "z"), "x y z", 1);
    }
}
//: task version_order
import java.util.Arrays;

/** A version number such as {@code 1.4.2} or, for a preview of it, {@code 1.4.2-beta}. */
final class Version implements Comparable<Version> {
    private final int[] numbers;
    private final String preview;

    Version(String text) {
        int dash = text.indexOf('-');
        String plain = dash < 0 ? text : text.substring(0, dash);
        preview = dash < 0 ? "" : text.substring(dash + 1);
        numbers = Arrays.stream(plain.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }

    /**
     * Orders by the numbers from the left, where a missing number counts as 0; with equal numbers
     * a preview comes before the version itself, and previews come in alphabetical order.
     */
    @Override
    public int compareTo(Version other) {
        int length = Math.max(numbers.length, other.numbers.length);
        for (int i = 0; i < length; i++) {
            int mine = i < numbers.length ? numbers[i] : 0;
            int theirs = i < other.numbers.length ? other.numbers[i] : 0;
            if (mine != theirs) {
                return Integer.compare(mine, theirs);
            }
        }
«        if (preview.isEmpty() != other.preview.isEmpty()) {
            return preview.isEmpty() ? 1 : -1;
        }
»        return preview.compareTo(other.preview);
    }
}
//: mutant
        if (preview.isEmpty() != other.preview.isEmpty()) {
            return preview.isEmpty() ? -1 : 1;
        }
//: mutant
        if (preview.isEmpty() || other.preview.isEmpty()) {
            return preview.isEmpty() ? 1 : -1;
        }
//: mutant
        if (preview.isEmpty()) {
            return 1;
        }
//: mutant
        if (preview.isEmpty() && other.preview.isEmpty()) {
            return 0;
        }
//: mutant
        if (preview.isEmpty() == other.preview.isEmpty()) {
            return 0;
        }
//: test
public class Main {
    private static void expect(String left, char relation, String right) {
        int sign = Integer.signum(new Version(left).compareTo(new Version(right)));
        int back = Integer.signum(new Version(right).compareTo(new Version(left)));
        int wanted = relation == '<' ? -1 : relation == '>' ? 1 : 0;
        if (sign != wanted || back != -wanted) {
            throw new AssertionError(left + " " + relation + " " + right + " does not hold");
        }
    }

    public static void main(String[] args) {
        expect("1", '=', "1");
        expect("1.2", '=', "1.2.0");
        expect("1.2", '<', "1.2.1");
        expect("1.9", '<', "1.10");
        expect("2.0", '>', "1.99.99");
        expect("1.4.2-beta", '<', "1.4.2");
        expect("1.4.2-alpha", '<', "1.4.2-beta");
        expect("1.4.2-beta", '=', "1.4.2-beta");
        expect("1.4.2-beta", '>', "1.4.1");
        expect("1.4-beta", '<', "1.4.0");
        expect("1.4-beta", '=', "1.4.0-beta");
        expect("1.4.3-alpha", '>', "1.4.2-beta");
    }
}
//: task map_diff
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Tells what changed between two states of a configuration. */
final class ConfigDiff {
    private ConfigDiff() {}

    /**
     * One entry for every key that was added ({@code +key}), removed ({@code -key}) or given
     * another value ({@code *key}), in the order of the keys. Values are never null.
     */
    static List<String> changes(Map<String, String> before, Map<String, String> after) {
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        List<String> changes = new ArrayList<>();
        for (String key : keys) {
            if (!before.containsKey(key)) {
                changes.add("+" + key);
            } else if (!after.containsKey(key)) {
                changes.add("-" + key);
«            } else if (!before.get(key).equals(after.get(key))) {
»                changes.add("*" + key);
            }
        }
        return changes;
    }
}
//: mutant
            } else if (before.get(key) != after.get(key)) {
//: mutant
            } else if (before.get(key).equals(after.get(key))) {
//: mutant
            } else if (!before.equals(after)) {
//: mutant
            } else {
//: mutant
            } else if (!after.containsValue(before.get(key))) {
//: test
public class Main {
    private static Map<String, String> map(String... keysAndValues) {
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], new String(keysAndValues[i + 1].toCharArray()));
        }
        return map;
    }

    private static void expect(
            List<String> wanted, Map<String, String> before, Map<String, String> after) {
        List<String> got = ConfigDiff.changes(before, after);
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect(List.of(), map(), map());
        expect(List.of("+a"), map(), map("a", "1"));
        expect(List.of("-a"), map("a", "1"), map());
        expect(List.of(), map("a", "1"), map("a", "1"));
        expect(List.of("*a"), map("a", "1"), map("a", "2"));
        expect(List.of("*a"), map("a", "1", "b", "2"), map("a", "2", "b", "2"));
        expect(List.of("*a", "*b"), map("a", "1", "b", "2"), map("a", "2", "b", "1"));
        expect(
                List.of("+a", "*b", "-c"),
                map("b", "2", "c", "3", "d", "4"),
                map("a", "1", "b", "", "d", "4"));
    }
}
//: task csv_quotes
import java.util.ArrayList;
import java.util.List;

/** Reads one line of a table whose fields are separated by commas. */
final class CsvLine {
    private CsvLine() {}

    /**
     * The fields of a line. Between quotation marks a comma is part of the field, and two
     * quotation marks stand for one; the marks around a field do not belong to it.
     */
    static List<String> split(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean doubled = c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"';
            if (quoted && doubled) {
«                field.append('"');
                i++;
»            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
//: mutant
                field.append('"');
//: mutant
                field.append("\"\"");
                i++;
//: mutant
                field.append('"');
                quoted = false;
                i++;
//: mutant
                field.append('"');
                i += 2;
//: mutant
                i++;
//: test
public class Main {
    private static void expect(String line, String... fields) {
        List<String> got = CsvLine.split(line);
        if (!List.of(fields).equals(got)) {
            throw new AssertionError(line + " became " + got);
        }
    }

    public static void main(String[] args) {
        expect("", "");
        expect("a", "a");
        expect("a,b,,c", "a", "b", "", "c");
        expect(",", "", "");
        expect("\"a,b\",c", "a,b", "c");
        expect("\"\",x", "", "x");
        expect("\"he said \"\"no\"\"\",7", "he said \"no\"", "7");
        expect("\"\"\"\"", "\"");
        expect("\"\"\"\"\"\"", "\"\"");
        expect("\"a\"\",b\",c", "a\",b", "c");
        expect("1,\"x\"\"y,z\"\"\",\"\"", "1", "x\"y,z\"", "");
    }
}
//: task retry_schedule
import java.util.ArrayList;
import java.util.List;

/** Plans how long to wait between the attempts to reach a server. */
final class RetrySchedule {
    private RetrySchedule() {}

    /**
     * The waits in milliseconds: the first is {@code first}, every further one is twice as long as
     * the one before, but none is longer than {@code longest}. The plan ends before the wait with
     * which all waits together would take longer than {@code budget}.
     */
    static List<Long> plan(long first, long longest, long budget) {
        if (first < 1 || longest < first) {
            throw new IllegalArgumentException("waits must be positive and the longest last");
        }
        List<Long> waits = new ArrayList<>();
        long total = 0;
        long wait = first;
        while (total + wait <= budget) {
            waits.add(wait);
            total += wait;
«            wait = Math.min(wait * 2, longest);
»        }
        return waits;
    }
}
//: mutant
            wait = wait * 2;
//: mutant
            wait = Math.max(wait * 2, longest);
//: mutant
            wait = Math.min(wait + first, longest);
//: mutant
            wait = Math.min(total * 2, longest);
//: mutant
            wait = wait * 2 > longest ? wait : wait * 2;
//: test
public class Main {
    private static void expect(List<Long> wanted, long first, long longest, long budget) {
        List<Long> got = RetrySchedule.plan(first, longest, budget);
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect(List.of(), 10, 100, 0);
        expect(List.of(), 10, 100, 9);
        expect(List.of(10L), 10, 100, 10);
        expect(List.of(10L), 10, 100, 29);
        expect(List.of(10L, 20L), 10, 100, 30);
        expect(List.of(10L, 20L, 40L, 80L, 100L, 100L), 10, 100, 350);
        expect(List.of(10L, 20L, 40L, 80L, 100L), 10, 100, 349);
        expect(List.of(5L, 5L, 5L), 5, 5, 16);
        expect(List.of(1L, 2L, 3L, 3L, 3L), 1, 3, 14);
        expect(List.of(1L, 2L, 4L, 8L), 1, 8, 15);
        expect(List.of(100L, 150L, 150L), 100, 150, 400);
        try {
            RetrySchedule.plan(0, 5, 10);
        } catch (IllegalArgumentException refused) {
            return;
        }
        throw new AssertionError("a wait of nothing was taken");
    }
}
//: task friend_groups
/** People, numbered from 0, in groups that grow together whenever two of them make friends. */
final class FriendGroups {
    private final int[] parent;
    /** How many people a group has; it holds only for the person who stands for the group. */
    private final int[] size;

    FriendGroups(int people) {
        parent = new int[people];
        size = new int[people];
        for (int person = 0; person < people; person++) {
            parent[person] = person;
            size[person] = 1;
        }
    }

    private int leader(int person) {
        while (parent[person] != person) {
            person = parent[person];
        }
        return person;
    }

    /** Makes one group of the groups of two people; false when it is one already. */
    boolean join(int one, int other) {
        int big = leader(one);
        int small = leader(other);
        if (big == small) {
            return false;
        }
        if (size[big] < size[small]) {
            int swapped = big;
            big = small;
            small = swapped;
        }
        parent[small] = big;
«        size[big] += size[small];
»        return true;
    }

    int groupSize(int person) {
        return size[leader(person)];
    }
}
//: mutant
        size[big]++;
//: mutant
        size[small] += size[big];
//: mutant
        size[one] += size[other];
//: mutant
        size[big] += size[big];
//: mutant
        size[big] = size[small] + 1;
//: test
public class Main {
    private static void expect(Object wanted, Object got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        FriendGroups groups = new FriendGroups(9);
        expect(1, groups.groupSize(0));
        expect(false, groups.join(0, 0));
        expect(1, groups.groupSize(0));
        expect(true, groups.join(0, 1));
        expect(true, groups.join(2, 0));
        expect(3, groups.groupSize(1));
        expect(3, groups.groupSize(2));
        expect(true, groups.join(3, 4));
        expect(true, groups.join(5, 6));
        expect(true, groups.join(4, 6));
        expect(4, groups.groupSize(5));
        expect(true, groups.join(1, 6));
        expect(false, groups.join(3, 2));
        for (int person = 0; person < 7; person++) {
            expect(7, groups.groupSize(person));
        }
        expect(1, groups.groupSize(7));
        expect(true, groups.join(8, 5));
        expect(8, groups.groupSize(8));
        expect(8, groups.groupSize(0));
    }
}
//: task dialling_codes
import java.util.HashMap;
import java.util.Map;

/** Finds the region of a telephone number by the digits it begins with. */
final class DiallingCodes {
    private static final class Node {
        final Map<Character, Node> children = new HashMap<>();
        /** Null where no code ends. */
        String region;
    }

    private final Node root = new Node();

    void add(String code, String region) {
        Node node = root;
        for (char digit : code.toCharArray()) {
            node = node.children.computeIfAbsent(digit, key -> new Node());
        }
        node.region = region;
    }

    /** The region of the longest code that the number begins with, or {@code unknown}. */
    String regionOf(String number) {
        String found = "unknown";
        Node node = root;
        for (char digit : number.toCharArray()) {
            node = node.children.get(digit);
            if (node == null) {
                break;
            }
«            found = node.region == null ? found : node.region;
»        }
        return found;
    }
}
//: mutant
            found = node.region;
//: mutant
            found = node.region == null ? "unknown" : node.region;
//: mutant
            found = found.equals("unknown") && node.region != null ? node.region : found;
//: mutant
            found = node.children.isEmpty() ? node.region : found;
//: test
public class Main {
    private static void expect(DiallingCodes codes, String wanted, String number) {
        String got = codes.regionOf(number);
        if (!wanted.equals(got)) {
            throw new AssertionError(number + ": wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        DiallingCodes codes = new DiallingCodes();
        expect(codes, "unknown", "");
        expect(codes, "unknown", "31");
        codes.add("3", "south");
        codes.add("312", "harbour");
        codes.add("31245", "island");
        codes.add("88", "mountains");
        expect(codes, "unknown", "");
        expect(codes, "unknown", "7");
        expect(codes, "south", "3");
        expect(codes, "south", "31");
        expect(codes, "south", "3199");
        expect(codes, "harbour", "312");
        expect(codes, "harbour", "3124");
        expect(codes, "harbour", "312477");
        expect(codes, "island", "31245");
        expect(codes, "island", "3124533");
        expect(codes, "unknown", "8");
        expect(codes, "unknown", "81");
        expect(codes, "mountains", "8812");
    }
}
//: task moving_average
/** The mean of the last few values of a stream. */
final class MovingAverage {
    private final long[] window;
    private int next;
    private int count;
    private long sum;

    MovingAverage(int width) {
        window = new long[width];
    }

    /** Takes a value into the window, which forgets its oldest one when it is full. */
    void add(long value) {
        if (count == window.length) {
«            sum -= window[next];
»        } else {
            count++;
        }
        window[next] = value;
        sum += value;
        next = (next + 1) % window.length;
    }

    /** The mean of the values in the window, 0 while it is empty. */
    double mean() {
        return count == 0 ? 0 : (double) sum / count;
    }
}
//: mutant
            sum -= window[0];
//: mutant
            sum -= window[count - 1];
//: mutant
            sum -= value;
//: mutant
            sum -= window[(next + 1) % window.length];
//: mutant
            sum = 0;
//: test
public class Main {
    private static void expect(MovingAverage average, double... valuesAndMeans) {
        for (int i = 0; i < valuesAndMeans.length; i += 2) {
            average.add((long) valuesAndMeans[i]);
            if (Math.abs(average.mean() - valuesAndMeans[i + 1]) > 1e-9) {
                throw new AssertionError(
                        "wanted " + valuesAndMeans[i + 1] + ", got " + average.mean());
            }
        }
    }

    public static void main(String[] args) {
        if (new MovingAverage(3).mean() != 0) {
            throw new AssertionError("an empty window has a mean");
        }
        expect(new MovingAverage(3), 3, 3, 6, 4.5, 9, 6, 0, 5, -3, 2, 0, -1, 30, 9, 30, 20);
        expect(new MovingAverage(1), 4, 4, -7, -7, 0, 0);
        expect(new MovingAverage(2), 5, 5, 5, 5, 5, 5, 7, 6, 9, 8);
    }
}
//: task bank_rounding
/** Rounds amounts of money without favouring either side. */
final class BankRounding {
    private BankRounding() {}

    /**
     * The quotient of two whole numbers, rounded to the nearest whole number; what lies exactly
     * in the middle is rounded to the even neighbour. The amount may be negative, the divisor not.
     */
    static long divide(long amount, long divisor) {
        if (divisor < 1) {
            throw new IllegalArgumentException("the divisor must be positive");
        }
        long quotient = Math.floorDiv(amount, divisor);
        long twiceTheRest = 2 * Math.floorMod(amount, divisor);
        if (twiceTheRest > divisor || «twiceTheRest == divisor && quotient % 2 != 0») {
            quotient++;
        }
        return quotient;
    }
}
//: mutant
twiceTheRest == divisor
//: mutant
twiceTheRest == divisor && quotient % 2 == 1
//: mutant
twiceTheRest == divisor && quotient % 2 == 0
//: mutant
twiceTheRest == divisor && divisor % 2 != 0
//: mutant
twiceTheRest == divisor && amount > 0
//: test
public class Main {
    private static void expect(long wanted, long amount, long divisor) {
        long got = BankRounding.divide(amount, divisor);
        if (wanted != got) {
            throw new AssertionError(amount + "/" + divisor + ": " + got);
        }
    }

    public static void main(String[] args) {
        expect(0, 0, 10);
        expect(0, 4, 10);
        expect(0, 5, 10);
        expect(1, 6, 10);
        expect(1, 14, 10);
        expect(2, 15, 10);
        expect(2, 25, 10);
        expect(4, 35, 10);
        expect(0, -5, 10);
        expect(-1, -6, 10);
        expect(-2, -15, 10);
        expect(-2, -25, 10);
        expect(-4, -35, 10);
        expect(7, 7, 1);
        expect(-7, -7, 1);
        expect(2, 7, 3);
        expect(3, 8, 3);
        expect(2, 3, 2);
    }
}
//: task job_queue
import java.util.PriorityQueue;

/** Hands out waiting jobs, the most urgent first. */
final class JobQueue {
    private static final class Job implements Comparable<Job> {
        final String name;
        final int priority;
        final long ticket;

        Job(String name, int priority, long ticket) {
            this.name = name;
            this.priority = priority;
            this.ticket = ticket;
        }

        /**
         * Jobs with a higher priority come first, and among equals those that came first. Every
         * number is a valid priority, also the smallest and the greatest one that there is.
         */
        @Override
        public int compareTo(Job other) {
            if (priority != other.priority) {
                return «Integer.compare(other.priority, priority)»;
            }
            return Long.compare(ticket, other.ticket);
        }
    }

    private final PriorityQueue<Job> waiting = new PriorityQueue<>();
    private long tickets;

    void submit(String name, int priority) {
        waiting.add(new Job(name, priority, tickets++));
    }

    /** The name of the next job, which no longer waits then; null when none waits. */
    String take() {
        Job job = waiting.poll();
        return job == null ? null : job.name;
    }
}
//: mutant
Integer.compare(priority, other.priority)
//: mutant
other.priority - priority
//: mutant
Integer.compare(Math.abs(other.priority), Math.abs(priority))
//: mutant
Long.compare(other.ticket, ticket)
//: test
public class Main {
    private static void expect(JobQueue queue, String... names) {
        for (String name : names) {
            String got = queue.take();
            if (!java.util.Objects.equals(name, got)) {
                throw new AssertionError("wanted " + name + ", got " + got);
            }
        }
    }

    public static void main(String[] args) {
        JobQueue queue = new JobQueue();
        expect(queue, (String) null);
        queue.submit("alone", 0);
        expect(queue, "alone", null);
        queue.submit("low", 1);
        queue.submit("high", 9);
        queue.submit("middle", 5);
        queue.submit("middle too", 5);
        queue.submit("high too", 9);
        queue.submit("below zero", -7);
        expect(queue, "high", "high too", "middle");
        queue.submit("late", 6);
        queue.submit("later", 5);
        expect(queue, "late", "middle too", "later", "low", "below zero", null);
        queue.submit("least", Integer.MIN_VALUE);
        queue.submit("most", Integer.MAX_VALUE);
        queue.submit("less", -1);
        expect(queue, "most", "less", "least", null);
    }
}
//: task run_lengths
/** Shortens text in which the same character often stands many times in a row. */
final class RunLengths {
    private RunLengths() {}

    /**
     * Writes each run of equal characters as the character and the length of the run; a length of
     * one is left out: {@code aaabcc} becomes {@code a3bc2}.
     */
    static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            length++;
«            if (i + 1 == text.length() || text.charAt(i + 1) != text.charAt(i)) {
»                encoded.append(text.charAt(i));
                if (length > 1) {
                    encoded.append(length);
                }
                length = 0;
            }
        }
        return encoded.toString();
    }
}
//: mutant
            if (i + 1 < text.length() && text.charAt(i + 1) != text.charAt(i)) {
//: mutant
            if (text.charAt(i + 1) != text.charAt(i)) {
//: mutant
            if (i + 1 == text.length() || text.charAt(i + 1) == text.charAt(i)) {
//: mutant
            if (i == 0 || text.charAt(i - 1) != text.charAt(i)) {
//: mutant
            if (i == text.length() - 2 || text.charAt(i + 1) != text.charAt(i)) {
//: test
public class Main {
    private static void expect(String wanted, String text) {
        String got = RunLengths.encode(text);
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect("", "");
        expect("a", "a");
        expect("a2", "aa");
        expect("ab", "ab");
        expect("aba", "aba");
        expect("a3bc2", "aaabcc");
        expect("xy4", "xyyyy");
        expect("z12", "zzzzzzzzzzzz");
        expect("aA2a", "aAAa");
        expect(" 3.", "   .");
    }
}
//: task account_replay
import java.util.List;

/** The balance of an account, computed from the record of what happened to it. */
final class AccountReplay {
    /** One event; the numbers of the events of an account are 1, 2, 3 and so on. */
    record Event(long number, long amount) {}

    private long lastNumber;
    private long balance;

    /**
     * Applies events in order. The record is delivered in pieces that may overlap, so an event
     * that was applied before is passed over; a missing event is refused.
     */
    void apply(List<Event> events) {
        for (Event event : events) {
            if («event.number() <= lastNumber») {
                continue;
            }
            if (event.number() > lastNumber + 1) {
                throw new IllegalStateException("event " + (lastNumber + 1) + " is missing");
            }
            balance += event.amount();
            lastNumber = event.number();
        }
    }

    long balance() {
        return balance;
    }
}
//: mutant
event.number() < lastNumber
//: mutant
event.number() == lastNumber
//: mutant
event.number() > lastNumber
//: mutant
event.number() != lastNumber + 1
//: mutant
event.number() <= lastNumber + 1
//: test
public class Main {
    private static List<AccountReplay.Event> events(long... numbersAndAmounts) {
        List<AccountReplay.Event> events = new java.util.ArrayList<>();
        for (int i = 0; i < numbersAndAmounts.length; i += 2) {
            events.add(new AccountReplay.Event(numbersAndAmounts[i], numbersAndAmounts[i + 1]));
        }
        return events;
    }

    private static void expect(AccountReplay account, long balance) {
        if (account.balance() != balance) {
            throw new AssertionError("wanted " + balance + ", got " + account.balance());
        }
    }

    public static void main(String[] args) {
        AccountReplay account = new AccountReplay();
        account.apply(events());
        expect(account, 0);
        account.apply(events(1, 100));
        expect(account, 100);
        account.apply(events(1, 100));
        expect(account, 100);
        account.apply(events(1, 100, 2, -30, 3, -30));
        expect(account, 40);
        account.apply(events(2, -30, 3, -30, 4, 5, 4, 5, 3, -30, 5, 1));
        expect(account, 46);
        account.apply(events(1, 100, 2, -30));
        expect(account, 46);
        account.apply(events(6, -50));
        expect(account, -4);
        try {
            account.apply(events(7, 1, 9, 1));
        } catch (IllegalStateException refused) {
            expect(account, -3);
            return;
        }
        throw new AssertionError("a missing event was not noticed");
    }
}
//: task chunk_iterator
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Goes through a sequence in pieces of equal length; the last piece may be shorter. */
final class Chunks<T> implements Iterator<List<T>> {
    private final Iterator<T> source;
    private final int length;

    Chunks(Iterator<T> source, int length) {
        if (length < 1) {
            throw new IllegalArgumentException("a chunk holds at least one element");
        }
        this.source = source;
        this.length = length;
    }

    @Override
    public boolean hasNext() {
        return source.hasNext();
    }

    /** The next piece. No more elements are taken from the source than the piece holds. */
    @Override
    public List<T> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the sequence is at its end");
        }
        List<T> chunk = new ArrayList<>(length);
«        while (chunk.size() < length && source.hasNext()) {
            chunk.add(source.next());
        }
»        return chunk;
    }
}
//: mutant
        while (chunk.size() <= length && source.hasNext()) {
            chunk.add(source.next());
        }
//: mutant
        while (source.hasNext()) {
            chunk.add(source.next());
        }
//: mutant
        for (int i = 0; i < length; i++) {
            chunk.add(source.next());
        }
//: mutant
        if (chunk.size() < length && source.hasNext()) {
            chunk.add(source.next());
        }
//: mutant
        while (source.hasNext()) {
            T element = source.next();
            if (chunk.size() < length) {
                chunk.add(element);
            }
        }
//: test
public class Main {
    private static void expect(List<List<Integer>> wanted, int length, List<Integer> elements) {
        Chunks<Integer> chunks = new Chunks<>(elements.iterator(), length);
        for (List<Integer> chunk : wanted) {
            List<Integer> got = chunks.hasNext() ? chunks.next() : null;
            if (!chunk.equals(got)) {
                throw new AssertionError("wanted " + chunk + ", got " + got);
            }
        }
        if (chunks.hasNext()) {
            throw new AssertionError("more than was wanted");
        }
        try {
            chunks.next();
        } catch (NoSuchElementException end) {
            return;
        }
        throw new AssertionError("a chunk after the end");
    }

    public static void main(String[] args) {
        expect(List.of(), 2, List.of());
        expect(List.of(List.of(1)), 2, List.of(1));
        expect(List.of(List.of(1, 2)), 2, List.of(1, 2));
        expect(List.of(List.of(1, 2), List.of(3)), 2, List.of(1, 2, 3));
        expect(List.of(List.of(1), List.of(1), List.of(1)), 1, List.of(1, 1, 1));
        expect(List.of(List.of(1, 2, 3), List.of(4, 5, 6)), 3, List.of(1, 2, 3, 4, 5, 6));
        expect(List.of(List.of(1, 2, 3, 4)), 9, List.of(1, 2, 3, 4));
        Iterator<Integer> source = List.of(1, 2, 3).iterator();
        new Chunks<>(source, 2).next();
        if (!source.hasNext() || source.next() != 3) {
            throw new AssertionError("an element too many was taken from the source");
        }
    }
}
//: task next_departure
/** The times at which a tram leaves, in minutes since midnight and in rising order. */
final class Timetable {
    private final int[] departures;

    Timetable(int... departures) {
        this.departures = departures.clone();
    }

    /**
     * How many departures lie before a moment, which is also the index of the first tram that one
     * can still take: a tram that leaves at that very moment is not missed.
     */
    int missed(int moment) {
        int low = 0;
        int high = departures.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if («departures[middle] < moment») {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** How long to wait for the next tram, -1 when none leaves any more. */
    int waitingTime(int moment) {
        int index = missed(moment);
        return index == departures.length ? -1 : departures[index] - moment;
    }
}
//: mutant
departures[middle] <= moment
//: mutant
departures[middle] > moment
//: mutant
departures[middle] >= moment
//: mutant
departures[low] < moment
//: mutant
departures[middle] + 1 < moment
//: test
public class Main {
    private static void expect(int wanted, int got) {
        if (wanted != got) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect(0, new Timetable().missed(5));
        expect(-1, new Timetable().waitingTime(5));
        Timetable one = new Timetable(60);
        expect(0, one.missed(59));
        expect(0, one.missed(60));
        expect(1, one.missed(61));
        expect(-1, one.waitingTime(61));
        int[] departures = {10, 20, 20, 20, 35, 36, 50};
        Timetable timetable = new Timetable(departures);
        for (int moment = -2; moment < 60; moment++) {
            int missed = 0;
            while (missed < departures.length && departures[missed] < moment) {
                missed++;
            }
            expect(missed, timetable.missed(moment));
        }
        expect(0, timetable.waitingTime(20));
        expect(14, timetable.waitingTime(21));
        expect(10, timetable.waitingTime(0));
    }
}
