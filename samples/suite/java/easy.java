//: Fill-in-the-middle tasks for Java, easy: the answer follows from the lines around the hole.
//: Each task is one program with one hole (between the two guillemets), then contents of the
//: hole that are wrong, each of which the test must refuse, then the test, which is put after the
//: filled program. It throws when an answer is wrong.
//: task header_line
/** One line of a message header, such as {@code Content-Type: text/plain}. */
final class HeaderLine {
    final String name;
    final String value;

    private HeaderLine(String name, String value) {
        this.name = name;
        this.value = value;
    }

    /**
     * Splits a line at its first colon. The name is put in lower case; blanks around the name and
     * around the value are dropped. A line without a colon is refused.
     */
    static HeaderLine parse(String line) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no colon in header line: " + line);
        }
        String name = line.substring(0, colon).trim().toLowerCase();
«        String value = line.substring(colon + 1).trim();
»        return new HeaderLine(name, value);
    }
}
//: mutant
        String value = line.substring(colon).trim();
//: mutant
        String value = line.substring(colon + 2);
//: mutant
        String value = line.substring(colon + 1).trim().toLowerCase();
//: mutant
        String value = line.substring(line.lastIndexOf(':') + 1).trim();
//: test
public class Main {
    private static void expect(Object wanted, Object got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    private static void expectHeader(String line, String name, String value) {
        HeaderLine header = HeaderLine.parse(line);
        expect(name, header.name);
        expect(value, header.value);
    }

    public static void main(String[] args) {
        expectHeader("Content-Type: text/plain", "content-type", "text/plain");
        expectHeader("Host:Example.ORG", "host", "Example.ORG");
        expectHeader("  Host :  localhost:8080  ", "host", "localhost:8080");
        expectHeader("X-Empty:", "x-empty", "");
        expectHeader("X-Blank:   ", "x-blank", "");
        expectHeader(":", "", "");
        try {
            HeaderLine.parse("no header");
        } catch (IllegalArgumentException refused) {
            return;
        }
        throw new AssertionError("a line without a colon was taken");
    }
}
//: task page_count
import java.util.List;

/** Cuts a long list of results into pages of equal size; the last page may be shorter. */
final class Pager<T> {
    private final List<T> items;
    private final int pageSize;

    Pager(List<T> items, int pageSize) {
        if (pageSize < 1) {
            throw new IllegalArgumentException("a page holds at least one item");
        }
        this.items = List.copyOf(items);
        this.pageSize = pageSize;
    }

    /** The number of pages, the shorter last one included; none at all for an empty list. */
    int pageCount() {
        return «(items.size() + pageSize - 1) / pageSize»;
    }

    /** The items of one page, counted from 0. */
    List<T> page(int index) {
        if (index < 0 || index >= pageCount()) {
            return List.of();
        }
        int from = index * pageSize;
        int to = Math.min(from + pageSize, items.size());
        return items.subList(from, to);
    }
}
//: mutant
items.size() / pageSize
//: mutant
items.size() / pageSize + 1
//: mutant
(items.size() + pageSize) / pageSize
//: mutant
Math.max(1, (items.size() + pageSize - 1) / pageSize)
//: test
public class Main {
    private static void expect(Object wanted, Object got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect(0, new Pager<>(List.<Integer>of(), 3).pageCount());
        expect(1, new Pager<>(List.of(7), 3).pageCount());
        expect(1, new Pager<>(List.of(7, 8, 9), 3).pageCount());
        expect(2, new Pager<>(List.of(7, 8, 9, 10), 3).pageCount());
        expect(2, new Pager<>(List.of(1, 2, 3, 4, 5, 6), 3).pageCount());
        expect(4, new Pager<>(List.of(1, 2, 3, 4), 1).pageCount());
        expect(List.of(10), new Pager<>(List.of(7, 8, 9, 10), 3).page(1));
        expect(List.of(), new Pager<>(List.of(7, 8, 9), 3).page(1));
        expect(List.of(), new Pager<>(List.of(7), 3).page(-1));
    }
}
//: task progress_bar
/** Draws progress as text, such as {@code [####------] 40%}. */
final class ProgressBar {
    private static final int WIDTH = 10;

    private ProgressBar() {}

    /**
     * The bar for {@code done} of {@code total} steps. Shares below nothing and above everything
     * are drawn as 0 % and 100 %; a job without steps is complete.
     */
    static String draw(int done, int total) {
        int percent = total == 0 ? 100 : done * 100 / total;
«        percent = Math.max(0, Math.min(100, percent));
»        int filled = percent * WIDTH / 100;
        return "[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] " + percent + "%";
    }
}
//: mutant
        percent = Math.min(0, Math.max(100, percent));
//: mutant
        percent = Math.min(100, percent);
//: mutant
        percent = Math.max(0, percent);
//: mutant
        percent = Math.max(1, Math.min(99, percent));
//: test
public class Main {
    private static void expect(String wanted, String got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect("[####------] 40%", ProgressBar.draw(2, 5));
        expect("[----------] 0%", ProgressBar.draw(0, 5));
        expect("[##########] 100%", ProgressBar.draw(5, 5));
        expect("[#########-] 99%", ProgressBar.draw(99, 100));
        expect("[----------] 1%", ProgressBar.draw(1, 100));
        expect("[##########] 100%", ProgressBar.draw(9, 5));
        expect("[----------] 0%", ProgressBar.draw(-3, 5));
        expect("[##########] 100%", ProgressBar.draw(0, 0));
    }
}
//: task word_tally
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts how often each word was seen, whatever its case. */
final class WordTally {
    private final Map<String, Integer> counts = new TreeMap<>();

    /** Counts every word of a list; empty words do not count. */
    void addAll(List<String> words) {
        for (String word : words) {
            if (word.isEmpty()) {
                continue;
            }
            String key = word.toLowerCase();
«            counts.put(key, counts.getOrDefault(key, 0) + 1);
»        }
    }

    /** How often a word was seen, 0 for one that never was. */
    int count(String word) {
        return counts.getOrDefault(word.toLowerCase(), 0);
    }

    /** The words and their counts in alphabetical order, such as {@code a=2, b=1}. */
    String summary() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Integer> entry : counts.entrySet()) {
            if (text.length() > 0) {
                text.append(", ");
            }
            text.append(entry.getKey()).append('=').append(entry.getValue());
        }
        return text.toString();
    }
}
//: mutant
            counts.put(word, counts.getOrDefault(word, 0) + 1);
//: mutant
            counts.put(key, counts.getOrDefault(key, 1) + 1);
//: mutant
            counts.putIfAbsent(key, 1);
//: mutant
            counts.put(key, counts.get(key) + 1);
//: test
public class Main {
    private static void expect(Object wanted, Object got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        WordTally tally = new WordTally();
        expect("", tally.summary());
        tally.addAll(List.of());
        expect("", tally.summary());
        tally.addAll(List.of("pear"));
        expect("pear=1", tally.summary());
        tally.addAll(List.of("Apple", "", "apple", "PEAR", "fig", "apple"));
        expect("apple=3, fig=1, pear=2", tally.summary());
        expect(3, tally.count("APPLE"));
        expect(0, tally.count("plum"));
    }
}
//: task initials
/** Short forms of people's names. */
final class Initials {
    private Initials() {}

    /**
     * The first letter of every part of a name, in upper case, each followed by a full stop:
     * {@code grace brewster hopper} becomes {@code G.B.H.}; a blank name has no initials.
     */
    static String of(String fullName) {
        StringBuilder initials = new StringBuilder();
        for (String part : fullName.trim().split("\\s+")) {
            if (!part.isEmpty()) {
«                initials.append(Character.toUpperCase(part.charAt(0))).append('.');
»            }
        }
        return initials.toString();
    }
}
//: mutant
                initials.append(part.charAt(0)).append('.');
//: mutant
                initials.append(Character.toUpperCase(part.charAt(0)));
//: mutant
                initials.append(part.toUpperCase()).append('.');
//: mutant
                initials.append(Character.toUpperCase(part.charAt(1))).append('.');
//: mutant
                initials.append('.').append(Character.toUpperCase(part.charAt(0)));
//: test
public class Main {
    private static void expect(String wanted, String got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect("G.B.H.", Initials.of("grace brewster hopper"));
        expect("A.L.", Initials.of("Ada Lovelace"));
        expect("P.", Initials.of("Plato"));
        expect("X.", Initials.of("x"));
        expect("A.A.", Initials.of("  anna \t  ANNA "));
        expect("", Initials.of(""));
        expect("", Initials.of("   "));
    }
}
//: task duration_text
import java.util.Locale;

/** Writes lengths of time as a clock would show them. */
final class DurationText {
    private DurationText() {}

    /**
     * A number of seconds as {@code m:ss}, or as {@code h:mm:ss} from one hour on: 65 becomes
     * {@code 1:05} and 3605 becomes {@code 1:00:05}.
     */
    static String format(int totalSeconds) {
        if (totalSeconds < 0) {
            return "-" + format(-totalSeconds);
        }
«        int hours = totalSeconds / 3600;
        int minutes = totalSeconds / 60 % 60;
        int seconds = totalSeconds % 60;
»        if (hours > 0) {
            return String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, seconds);
        }
        return String.format(Locale.ROOT, "%d:%02d", minutes, seconds);
    }
}
//: mutant
        int hours = totalSeconds / 3600;
        int minutes = totalSeconds / 60;
        int seconds = totalSeconds % 60;
//: mutant
        int hours = totalSeconds / 60;
        int minutes = totalSeconds / 60 % 60;
        int seconds = totalSeconds % 60;
//: mutant
        int hours = totalSeconds / 3600;
        int minutes = totalSeconds % 60;
        int seconds = totalSeconds / 60 % 60;
//: mutant
        int hours = totalSeconds / 3600 % 24;
        int minutes = totalSeconds / 60 % 60;
        int seconds = totalSeconds % 60;
//: test
public class Main {
    private static void expect(String wanted, String got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect("0:00", DurationText.format(0));
        expect("0:09", DurationText.format(9));
        expect("0:59", DurationText.format(59));
        expect("1:00", DurationText.format(60));
        expect("1:05", DurationText.format(65));
        expect("59:59", DurationText.format(3599));
        expect("1:00:00", DurationText.format(3600));
        expect("1:00:05", DurationText.format(3605));
        expect("2:03:04", DurationText.format(7384));
        expect("30:00:01", DurationText.format(108001));
        expect("-1:05", DurationText.format(-65));
    }
}
//: task days_in_month
/** Facts about the Gregorian calendar. */
final class MonthLength {
    private MonthLength() {}

    /** Every fourth year is a leap year, but of the full centuries only every fourth one. */
    static boolean isLeapYear(int year) {
        return «year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)»;
    }

    /** The number of days in a month, counted from 1 for January. */
    static int daysInMonth(int year, int month) {
        switch (month) {
            case 2:
                return isLeapYear(year) ? 29 : 28;
            case 4:
            case 6:
            case 9:
            case 11:
                return 30;
            default:
                return 31;
        }
    }
}
//: mutant
year % 4 == 0
//: mutant
year % 4 == 0 && year % 100 != 0
//: mutant
year % 4 == 0 || year % 100 != 0 && year % 400 == 0
//: mutant
year % 4 == 0 && (year % 100 == 0 || year % 400 != 0)
//: test
public class Main {
    private static void expect(int wanted, int got) {
        if (wanted != got) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        int[] leap = {1600, 1904, 2000, 2024, 2096, 2400, 4};
        for (int year : leap) {
            expect(29, MonthLength.daysInMonth(year, 2));
        }
        int[] common = {1700, 1800, 1900, 2001, 2022, 2023, 2100, 2200, 2300, 1};
        for (int year : common) {
            expect(28, MonthLength.daysInMonth(year, 2));
        }
        expect(31, MonthLength.daysInMonth(2024, 1));
        expect(30, MonthLength.daysInMonth(2024, 4));
        expect(31, MonthLength.daysInMonth(2024, 12));
    }
}
//: task merge_settings
import java.util.Map;
import java.util.TreeMap;

/** Settings from several places, the more special of which win. */
final class Settings {
    private Settings() {}

    /**
     * The defaults with the user's settings laid over them. A user's setting with an empty value
     * takes the setting away. Neither of the two maps is changed.
     */
    static Map<String, String> merge(Map<String, String> defaults, Map<String, String> user) {
        Map<String, String> merged = new TreeMap<>(defaults);
        for (Map.Entry<String, String> entry : user.entrySet()) {
            if (entry.getValue().isEmpty()) {
                merged.remove(entry.getKey());
            } else {
«                merged.put(entry.getKey(), entry.getValue());
»            }
        }
        return merged;
    }
}
//: mutant
                merged.putIfAbsent(entry.getKey(), entry.getValue());
//: mutant
                merged.replace(entry.getKey(), entry.getValue());
//: mutant
                defaults.put(entry.getKey(), entry.getValue());
//: mutant
                merged.put(entry.getValue(), entry.getKey());
//: test
public class Main {
    private static void expect(Object wanted, Object got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        Map<String, String> defaults = new TreeMap<>(Map.of("theme", "dark", "tabs", "4"));
        Map<String, String> user = new TreeMap<>();
        user.put("theme", "light");
        user.put("tabs", "");
        user.put("font", "mono");
        expect(Map.of("theme", "light", "font", "mono"), Settings.merge(defaults, user));
        expect(Map.of("theme", "dark", "tabs", "4"), defaults);
        expect(Map.of("theme", "light", "tabs", "", "font", "mono"), user);
        expect(Map.of(), Settings.merge(Map.of(), Map.of()));
        expect(Map.of("a", "1"), Settings.merge(Map.of("a", "1"), Map.of()));
        expect(Map.of("a", "1"), Settings.merge(Map.of(), Map.of("a", "1")));
        expect(Map.of("a", "2"), Settings.merge(Map.of("a", "1"), Map.of("a", "2")));
        expect(Map.of(), Settings.merge(Map.of(), Map.of("b", "")));
    }
}
//: task permission_bits
/** What a user may do with a document, one bit for each right. */
final class Permissions {
    static final int READ = 1;
    static final int WRITE = 2;
    static final int SHARE = 4;

    private int bits;

    /** Gives one or more rights; those already given stay. */
    void grant(int rights) {
        bits |= rights;
    }

    /** Takes one or more rights away; the others stay. */
    void revoke(int rights) {
«        bits &= ~rights;
»    }

    /** Whether all of these rights are given. */
    boolean allows(int rights) {
        return (bits & rights) == rights;
    }
}
//: mutant
        bits &= rights;
//: mutant
        bits ^= rights;
//: mutant
        bits -= rights;
//: mutant
        bits = ~rights;
//: mutant
        bits |= ~rights;
//: test
public class Main {
    private static void expect(Permissions given, boolean read, boolean write, boolean share) {
        if (given.allows(Permissions.READ) != read
                || given.allows(Permissions.WRITE) != write
                || given.allows(Permissions.SHARE) != share) {
            throw new AssertionError("wanted " + read + " " + write + " " + share);
        }
    }

    public static void main(String[] args) {
        Permissions permissions = new Permissions();
        expect(permissions, false, false, false);
        permissions.revoke(Permissions.WRITE);
        expect(permissions, false, false, false);
        permissions.grant(Permissions.READ | Permissions.WRITE);
        expect(permissions, true, true, false);
        permissions.revoke(Permissions.WRITE);
        expect(permissions, true, false, false);
        permissions.revoke(Permissions.WRITE | Permissions.SHARE);
        expect(permissions, true, false, false);
        permissions.grant(Permissions.READ | Permissions.SHARE);
        expect(permissions, true, false, true);
        permissions.revoke(0);
        expect(permissions, true, false, true);
        permissions.revoke(Permissions.READ | Permissions.SHARE);
        expect(permissions, false, false, false);
    }
}
//: task undo_history
import java.util.ArrayDeque;
import java.util.Deque;

/** A text whose changes can be undone and done again. */
final class UndoHistory {
    private final Deque<String> past = new ArrayDeque<>();
    private final Deque<String> future = new ArrayDeque<>();
    private String text = "";

    /** Puts another text in place of the present one; what was undone before is forgotten. */
    void change(String newText) {
        past.push(text);
        text = newText;
        future.clear();
    }

    /** Goes one change back; false when there is none. */
    boolean undo() {
        if (past.isEmpty()) {
            return false;
        }
        future.push(text);
        text = past.pop();
        return true;
    }

    /** Does the change again that was undone last; false when there is none. */
    boolean redo() {
        if (future.isEmpty()) {
            return false;
        }
«        past.push(text);
        text = future.pop();
»        return true;
    }

    String text() {
        return text;
    }
}
//: mutant
        text = future.pop();
        past.push(text);
//: mutant
        future.push(text);
        text = past.pop();
//: mutant
        text = future.pop();
//: mutant
        past.push(text);
        text = future.peek();
//: mutant
        past.push(text);
        text = future.pop();
        future.clear();
//: test
public class Main {
    private static void expect(Object wanted, Object got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        UndoHistory history = new UndoHistory();
        expect(false, history.undo());
        expect(false, history.redo());
        history.change("a");
        history.change("ab");
        history.change("abc");
        expect(true, history.undo());
        expect(true, history.undo());
        expect("a", history.text());
        expect(true, history.redo());
        expect("ab", history.text());
        expect(true, history.redo());
        expect("abc", history.text());
        expect(false, history.redo());
        expect("abc", history.text());
        expect(true, history.undo());
        expect("ab", history.text());
        expect(true, history.undo());
        expect("a", history.text());
        expect(true, history.redo());
        history.change("xyz");
        expect(false, history.redo());
        expect(true, history.undo());
        expect("ab", history.text());
        expect(true, history.undo());
        expect(true, history.undo());
        expect("", history.text());
        expect(false, history.undo());
    }
}
//: task matrix_transpose
/** A rectangular table of whole numbers. */
final class IntMatrix {
    private final int rows;
    private final int columns;
    private final int[][] cells;

    IntMatrix(int[][] cells) {
        this.rows = cells.length;
        this.columns = rows == 0 ? 0 : cells[0].length;
        this.cells = cells;
    }

    int get(int row, int column) {
        return cells[row][column];
    }

    /** A new matrix whose rows are the columns of this one. */
    IntMatrix transposed() {
        int[][] turned = new int[columns][rows];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
«                turned[column][row] = cells[row][column];
»            }
        }
        return new IntMatrix(turned);
    }

    int[][] toArray() {
        return cells;
    }
}
//: mutant
                turned[row][column] = cells[row][column];
//: mutant
                turned[column][row] = cells[column][row];
//: mutant
                turned[column][rows - 1 - row] = cells[row][column];
//: mutant
                turned[columns - 1 - column][row] = cells[row][column];
//: test
public class Main {
    private static void expect(int[][] cells, int[][] wanted) {
        int[][] got = new IntMatrix(cells).transposed().toArray();
        if (!java.util.Arrays.deepEquals(wanted, got)) {
            throw new AssertionError("got " + java.util.Arrays.deepToString(got));
        }
    }

    public static void main(String[] args) {
        expect(new int[][] {}, new int[][] {});
        expect(new int[][] {{5}}, new int[][] {{5}});
        expect(new int[][] {{1, 2, 3}}, new int[][] {{1}, {2}, {3}});
        expect(new int[][] {{1}, {2}, {3}}, new int[][] {{1, 2, 3}});
        expect(new int[][] {{1, 2}, {3, 4}}, new int[][] {{1, 3}, {2, 4}});
        expect(new int[][] {{1, -2, 3}, {4, 5, 6}}, new int[][] {{1, 4}, {-2, 5}, {3, 6}});
    }
}
//: task shorten_title
/** Makes titles fit into a column. */
final class Titles {
    private static final String MARK = "...";

    private Titles() {}

    /**
     * The title itself when it has at most {@code width} characters, else as much of its start as
     * fits before three dots, so that the whole is {@code width} characters long. A column of
     * three or fewer characters shows that many dots when the title does not fit.
     */
    static String shorten(String title, int width) {
        if (title.length() <= width) {
            return title;
        }
«        if (width <= MARK.length()) {
            return MARK.substring(0, width);
        }
        return title.substring(0, width - MARK.length()) + MARK;
»    }
}
//: mutant
        if (width <= MARK.length()) {
            return MARK.substring(0, width);
        }
        return title.substring(0, width) + MARK;
//: mutant
        return title.substring(0, width - MARK.length()) + MARK;
//: mutant
        if (width <= MARK.length()) {
            return MARK;
        }
        return title.substring(0, width - MARK.length()) + MARK;
//: mutant
        if (width <= MARK.length()) {
            return title.substring(0, width);
        }
        return title.substring(0, width - MARK.length()) + MARK;
//: mutant
        if (width <= MARK.length()) {
            return MARK.substring(0, width);
        }
        return MARK + title.substring(title.length() - width + MARK.length());
//: test
public class Main {
    private static void expect(String wanted, String title, int width) {
        String got = Titles.shorten(title, width);
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect("", "", 0);
        expect("", "", 5);
        expect("Ulysses", "Ulysses", 7);
        expect("Ulysses", "Ulysses", 20);
        expect("Uly...", "Ulysses", 6);
        expect("U...", "Ulysses", 4);
        expect("...", "Ulysses", 3);
        expect("..", "Ulysses", 2);
        expect(".", "Ulysses", 1);
        expect("", "Ulysses", 0);
        expect("The Man Wi...", "The Man Without Qualities", 13);
    }
}
//: task reading_range
/** Follows a sensor and keeps the lowest and the highest of its readings. */
final class ReadingRange {
    private int count;
    private int lowest;
    private int highest;

    /** Takes one more reading into account. */
    void add(int reading) {
        if (count == 0) {
            lowest = reading;
            highest = reading;
        } else {
«            lowest = Math.min(lowest, reading);
            highest = Math.max(highest, reading);
»        }
        count++;
    }

    /** The distance from the lowest to the highest reading, 0 while there is none. */
    int spread() {
        return highest - lowest;
    }

    /** The range as text, such as {@code -3..12}, or {@code none}. */
    String describe() {
        return count == 0 ? "none" : lowest + ".." + highest;
    }
}
//: mutant
            lowest = Math.max(lowest, reading);
            highest = Math.min(highest, reading);
//: mutant
            lowest = Math.min(lowest, reading);
            highest = Math.max(lowest, reading);
//: mutant
            lowest = Math.min(highest, reading);
            highest = Math.max(highest, reading);
//: mutant
            lowest = highest;
            highest = reading;
//: test
public class Main {
    private static void expect(String range, int spread, int... readings) {
        ReadingRange seen = new ReadingRange();
        for (int reading : readings) {
            seen.add(reading);
        }
        if (!range.equals(seen.describe()) || spread != seen.spread()) {
            throw new AssertionError("wanted " + range + ", got " + seen.describe());
        }
    }

    public static void main(String[] args) {
        expect("none", 0);
        expect("5..5", 0, 5);
        expect("-5..-5", 0, -5, -5);
        expect("1..4", 3, 1, 4);
        expect("1..4", 3, 4, 1);
        expect("-3..12", 15, 4, -3, 12, 0, 7);
        expect("-9..-2", 7, -4, -2, -9, -3);
        expect("2..8", 6, 5, 8, 2, 6);
    }
}
//: task mask_number
/** Hides most of a number that must not be shown in full. */
final class MaskedNumber {
    private static final int VISIBLE = 4;

    private MaskedNumber() {}

    /**
     * The number with a star for every digit but the last four; blanks are left out. A number of
     * four or fewer digits is hidden altogether.
     */
    static String mask(String number) {
        String digits = number.replace(" ", "");
        if (digits.length() <= VISIBLE) {
            return "*".repeat(digits.length());
        }
        int hidden = digits.length() - VISIBLE;
        return "*".repeat(hidden) + «digits.substring(hidden)»;
    }
}
//: mutant
digits.substring(VISIBLE)
//: mutant
digits.substring(0, VISIBLE)
//: mutant
digits.substring(hidden + 1)
//: mutant
number.substring(hidden)
//: test
public class Main {
    private static void expect(String wanted, String number) {
        String got = MaskedNumber.mask(number);
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect("", "");
        expect("*", "7");
        expect("****", "1234");
        expect("*2345", "12345");
        expect("**3456", "12 34 56");
        expect("************3456", "1234 5678 9012 3456");
        expect("****", " 1 2 3 4 ");
    }
}
//: task query_string
import java.util.Map;

/** Builds the part of a web address that carries its parameters. */
final class QueryString {
    private QueryString() {}

    /**
     * The parameters in the order of the map as {@code ?a=1&b=2}: a question mark before the
     * first, an ampersand before each of the others. A parameter with an empty value is written
     * without the equals sign; no parameters give an empty text.
     */
    static String build(Map<String, String> parameters) {
        StringBuilder query = new StringBuilder();
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            query.append(query.length() == 0 ? '?' : '&');
            query.append(parameter.getKey());
«            if (!parameter.getValue().isEmpty()) {
                query.append('=').append(parameter.getValue());
            }
»        }
        return query.toString();
    }
}
//: mutant
            query.append('=').append(parameter.getValue());
//: mutant
            if (parameter.getValue().isEmpty()) {
                query.append('=').append(parameter.getValue());
            }
//: mutant
            if (!parameter.getValue().isEmpty()) {
                query.append(parameter.getValue());
            }
//: mutant
            if (!parameter.getValue().isEmpty()) {
                query.append('=').append(parameter.getKey());
            }
//: mutant
            query.append('=');
            if (!parameter.getValue().isEmpty()) {
                query.append(parameter.getValue());
            }
//: test
public class Main {
    private static void expect(String wanted, String... keysAndValues) {
        Map<String, String> parameters = new java.util.LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            parameters.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        String got = QueryString.build(parameters);
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect("");
        expect("?a=1", "a", "1");
        expect("?a", "a", "");
        expect("?a=1&b=2", "a", "1", "b", "2");
        expect("?b=2&a=1&verbose", "b", "2", "a", "1", "verbose", "");
        expect("?debug&page=3&size=20", "debug", "", "page", "3", "size", "20");
    }
}
//: task stock_reserve
import java.util.HashMap;
import java.util.Map;

/** The articles in a store house and how many of each are left. */
final class Stock {
    private final Map<String, Integer> quantities = new HashMap<>();

    void deliver(String article, int quantity) {
        quantities.merge(article, quantity, Integer::sum);
    }

    int available(String article) {
        return quantities.getOrDefault(article, 0);
    }

    /**
     * Takes a quantity out of the stock and returns true; when fewer are left than asked for, it
     * takes none and returns false.
     */
    boolean reserve(String article, int quantity) {
        int available = available(article);
«        if (available < quantity) {
            return false;
        }
»        quantities.put(article, available - quantity);
        return true;
    }
}
//: mutant
        if (available <= quantity) {
            return false;
        }
//: mutant
        if (available > quantity) {
            return false;
        }
//: mutant
        if (available == 0) {
            return false;
        }
//: mutant
        if (!quantities.containsKey(article)) {
            return false;
        }
//: test
public class Main {
    private static void expect(Object wanted, Object got) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        Stock stock = new Stock();
        expect(false, stock.reserve("bolt", 1));
        expect(0, stock.available("bolt"));
        stock.deliver("bolt", 5);
        stock.deliver("nut", 1);
        expect(true, stock.reserve("bolt", 3));
        expect(2, stock.available("bolt"));
        expect(false, stock.reserve("bolt", 3));
        expect(2, stock.available("bolt"));
        expect(true, stock.reserve("bolt", 2));
        expect(0, stock.available("bolt"));
        expect(false, stock.reserve("bolt", 1));
        expect(1, stock.available("nut"));
        stock.deliver("bolt", 4);
        expect(true, stock.reserve("bolt", 1));
        expect(3, stock.available("bolt"));
    }
}
//: task window_overlap
/** A rectangle on the screen; its right and bottom edges lie outside it. */
final class Window {
    final int left;
    final int top;
    final int width;
    final int height;

    Window(int left, int top, int width, int height) {
        this.left = left;
        this.top = top;
        this.width = width;
        this.height = height;
    }

    /** The area that two windows have in common, 0 when they only touch or lie apart. */
    int sharedArea(Window other) {
        int sharedLeft = Math.max(left, other.left);
        int sharedTop = Math.max(top, other.top);
        int sharedRight = Math.min(left + width, other.left + other.width);
«        int sharedBottom = Math.min(top + height, other.top + other.height);
»        if (sharedRight <= sharedLeft || sharedBottom <= sharedTop) {
            return 0;
        }
        return (sharedRight - sharedLeft) * (sharedBottom - sharedTop);
    }
}
//: mutant
        int sharedBottom = Math.max(top + height, other.top + other.height);
//: mutant
        int sharedBottom = Math.min(top + width, other.top + other.width);
//: mutant
        int sharedBottom = Math.min(height, other.height);
//: mutant
        int sharedBottom = Math.min(top + height, other.top + height);
//: test
public class Main {
    private static void expect(int wanted, Window one, Window two) {
        if (one.sharedArea(two) != wanted || two.sharedArea(one) != wanted) {
            throw new AssertionError("wanted " + wanted + ", got " + one.sharedArea(two));
        }
    }

    public static void main(String[] args) {
        Window window = new Window(10, 20, 30, 8);
        expect(240, window, window);
        expect(240, window, new Window(0, 0, 100, 100));
        expect(6, window, new Window(12, 22, 3, 2));
        expect(5 * 4, window, new Window(35, 24, 50, 50));
        expect(2 * 3, window, new Window(0, 10, 12, 13));
        expect(0, window, new Window(40, 20, 5, 5));
        expect(0, window, new Window(10, 28, 30, 5));
        expect(0, window, new Window(10, 12, 30, 8));
        expect(0, window, new Window(10, 100, 30, 8));
        expect(0, window, new Window(15, 22, 0, 5));
        expect(4, new Window(-3, -3, 4, 4), new Window(-1, -1, 9, 9));
    }
}
