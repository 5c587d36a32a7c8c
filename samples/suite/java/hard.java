//: Fill-in-the-middle tasks for Java, hard: an invariant or a step of an algorithm must be right.
//: Each task is one program with one hole (between the two guillemets), then contents of the
//: hole that are wrong, each of which the test must refuse, then the test, which is put after the
//: filled program. It throws when an answer is wrong.
//: task lru_cache
import java.util.HashMap;
import java.util.Map;

/** A cache that forgets the entry that was not used for the longest time. */
final class LruCache {
    private static final class Entry {
        String key;
        String value;
        Entry newer;
        Entry older;
    }

    private final int capacity;
    private final Map<String, Entry> entries = new HashMap<>();
    /** The ends of a doubly linked list of all entries; these two hold nothing themselves. */
    private final Entry newest = new Entry();
    private final Entry oldest = new Entry();

    LruCache(int capacity) {
        this.capacity = capacity;
        newest.older = oldest;
        oldest.newer = newest;
    }

    /** The value of a key, which counts as used now, or null. */
    String get(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        unlink(entry);
        linkAsNewest(entry);
        return entry.value;
    }

    void put(String key, String value) {
        Entry entry = entries.get(key);
        if (entry != null) {
            unlink(entry);
        } else {
            if (entries.size() == capacity) {
                Entry forgotten = oldest.newer;
                unlink(forgotten);
                entries.remove(forgotten.key);
            }
            entry = new Entry();
            entry.key = key;
            entries.put(key, entry);
        }
        entry.value = value;
        linkAsNewest(entry);
    }

    private void unlink(Entry entry) {
        entry.newer.older = entry.older;
        entry.older.newer = entry.newer;
    }

    /** Puts an entry that is not in the list right behind the {@code newest} end of it. */
    private void linkAsNewest(Entry entry) {
«        entry.newer = newest;
        entry.older = newest.older;
        newest.older.newer = entry;
        newest.older = entry;
»    }
}
//: mutant
        entry.newer = newest;
        entry.older = newest.older;
        newest.older = entry;
        newest.older.newer = entry;
//: mutant
        entry.newer = oldest.newer;
        entry.older = oldest;
        oldest.newer.older = entry;
        oldest.newer = entry;
//: mutant
        entry.newer = newest;
        entry.older = newest.older;
        newest.older = entry;
//: mutant
        newest.older.newer = entry;
        newest.older = entry;
        entry.newer = newest;
        entry.older = newest.older;
//: mutant
        entry.newer = newest;
        entry.older = oldest;
        newest.older = entry;
        oldest.newer = entry;
//: test
public class Main {
    private static void expect(LruCache cache, String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            String got = cache.get(keysAndValues[i]);
            if (!java.util.Objects.equals(keysAndValues[i + 1], got)) {
                throw new AssertionError(keysAndValues[i] + " gives " + got);
            }
        }
    }

    public static void main(String[] args) {
        LruCache cache = new LruCache(3);
        expect(cache, "a", null);
        cache.put("a", "1");
        expect(cache, "a", "1", "a", "1");
        cache.put("b", "2");
        cache.put("c", "3");
        cache.put("d", "4");
        expect(cache, "a", null, "b", "2", "c", "3", "d", "4", "b", "2");
        cache.put("e", "5");
        expect(cache, "c", null, "d", "4", "b", "2", "e", "5");
        cache.put("d", "44");
        cache.put("f", "6");
        expect(cache, "b", null, "d", "44", "e", "5", "f", "6");
        cache.put("g", "7");
        cache.put("h", "8");
        cache.put("i", "9");
        expect(cache, "d", null, "e", null, "f", null, "g", "7", "h", "8", "i", "9");
        LruCache single = new LruCache(1);
        single.put("a", "1");
        single.put("a", "2");
        expect(single, "a", "2");
        single.put("b", "3");
        expect(single, "a", null, "b", "3");
    }
}
//: task expression_value
/**
 * Computes expressions of single-digit numbers with {@code + - * / ^} and parentheses. The
 * power {@code ^} binds strongest and groups to the right, so {@code 2^3^2} is {@code 2^(3^2)};
 * all other operators group to the left. A division drops the rest.
 */
final class Expression {
    private final String text;
    private int position;

    private Expression(String text) {
        this.text = text.replace(" ", "");
    }

    static long evaluate(String text) {
        return new Expression(text).parse(1);
    }

    private static int precedence(char operator) {
        return switch (operator) {
            case '+', '-' -> 1;
            case '*', '/' -> 2;
            case '^' -> 3;
            default -> 0;
        };
    }

    /** Reads an expression whose operators, outside parentheses, have at least this precedence. */
    private long parse(int lowest) {
        long left = parseOperand();
        while (position < text.length() && precedence(text.charAt(position)) >= lowest) {
            char operator = text.charAt(position++);
            int precedence = precedence(operator);
            long right = parse(«operator == '^' ? precedence : precedence + 1»);
            left = apply(operator, left, right);
        }
        return left;
    }

    private long parseOperand() {
        char first = text.charAt(position++);
        if (first != '(') {
            return first - '0';
        }
        long inner = parse(1);
        position++;
        return inner;
    }

    private static long apply(char operator, long left, long right) {
        return switch (operator) {
            case '+' -> left + right;
            case '-' -> left - right;
            case '*' -> left * right;
            case '/' -> left / right;
            default -> (long) Math.pow(left, right);
        };
    }
}
//: mutant
precedence
//: mutant
precedence + 1
//: mutant
operator == '^' ? precedence + 1 : precedence
//: mutant
lowest
//: mutant
operator == '^' ? precedence : lowest + 1
//: mutant
operator == '^' ? 1 : precedence + 1
//: test
public class Main {
    private static void expect(long wanted, String text) {
        long got = Expression.evaluate(text);
        if (wanted != got) {
            throw new AssertionError(text + ": wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect(7, "7");
        expect(7, "((7))");
        expect(3, "8 - 3 - 2");
        expect(7, "8 - (3 - 2)");
        expect(9, "8 - 3 + 4");
        expect(14, "2 + 3 * 4");
        expect(20, "(2 + 3) * 4");
        expect(10, "2 * 3 + 4");
        expect(-1, "9 - 2 * 5");
        expect(512, "2 ^ 3 ^ 2");
        expect(64, "(2 ^ 3) ^ 2");
        expect(19, "2 ^ 4 + 3");
        expect(48, "2 ^ 4 * 3");
        expect(54, "2 * 3 ^ 3");
        expect(1, "5 - 2 ^ 1 * 3 + 2");
        expect(-8, "1 - 2 * 2 ^ 2 - 1");
        expect(24, "2 * 3 * 4 * 1");
        expect(0, "9 - 4 - 3 - 2");
        expect(1, "8 / 4 / 2");
        expect(6, "7 / 2 * 2");
        expect(2, "1 + 8 / 2 ^ 1 ^ 5 / 3");
        expect(4, "9 / (4 - 2)");
    }
}
//: task build_order
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds an order in which the modules of a program can be built. */
final class BuildOrder {
    private BuildOrder() {}

    /**
     * All modules, each after those that it needs; of the modules that can be built at a moment
     * the first in the alphabet is taken. Every module is a key of {@code needs} and names each
     * module that it needs once. Modules that need each other in a circle are refused.
     */
    static List<String> of(Map<String, List<String>> needs) {
        Map<String, Integer> missing = new TreeMap<>();
        Map<String, List<String>> neededBy = new TreeMap<>();
        TreeSet<String> ready = new TreeSet<>();
        needs.forEach((module, needed) -> {
            missing.put(module, needed.size());
            if (needed.isEmpty()) {
                ready.add(module);
            }
            for (String other : needed) {
                neededBy.computeIfAbsent(other, key -> new ArrayList<>()).add(module);
            }
        });
        List<String> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            String built = ready.pollFirst();
            order.add(built);
            for (String module : neededBy.getOrDefault(built, List.of())) {
«                int stillMissing = missing.merge(module, -1, Integer::sum);
                if (stillMissing == 0) {
                    ready.add(module);
                }
»            }
        }
        if (order.size() < needs.size()) {
            throw new IllegalArgumentException("modules need each other in a circle");
        }
        return order;
    }
}
//: mutant
                ready.add(module);
//: mutant
                int stillMissing = missing.merge(module, -1, Integer::sum);
                if (stillMissing <= 1) {
                    ready.add(module);
                }
//: mutant
                int stillMissing = missing.get(module) - 1;
                if (stillMissing == 0) {
                    ready.add(module);
                }
//: mutant
                int stillMissing = missing.merge(built, -1, Integer::sum);
                if (stillMissing == 0) {
                    ready.add(module);
                }
//: mutant
                if (missing.get(module) == 0) {
                    ready.add(module);
                }
                missing.merge(module, -1, Integer::sum);
//: mutant
                int stillMissing = missing.merge(module, -1, Integer::sum);
                if (stillMissing >= 0) {
                    ready.add(module);
                }
//: test
public class Main {
    /** Each text names a module and then those that it needs. */
    private static Map<String, List<String>> needs(String... modules) {
        Map<String, List<String>> needs = new TreeMap<>();
        for (String module : modules) {
            List<String> words = List.of(module.split(" "));
            needs.put(words.get(0), words.subList(1, words.size()));
        }
        return needs;
    }

    private static void expect(String wanted, String... modules) {
        String got = String.join(" ", BuildOrder.of(needs(modules)));
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    private static void expectCircle(String... modules) {
        try {
            BuildOrder.of(needs(modules));
        } catch (IllegalArgumentException refused) {
            return;
        }
        throw new AssertionError("a circle was not noticed");
    }

    public static void main(String[] args) {
        expect("");
        expect("a", "a");
        expect("a b c", "c", "a", "b");
        expect("c b a", "a b", "b c", "c");
        expect("d b c a", "a b c", "b d", "c d", "d");
        expect("b c d a e", "a b c d", "b", "c", "d", "e a");
        expect("m z a", "a m z", "m", "z");
        expect("x a y b", "a x", "b y", "x", "y a");
        expect("log net store app", "app log net store", "log", "net log", "store log net");
        expectCircle("a a");
        expectCircle("a b", "b a");
        expectCircle("a b", "b c", "c b", "d");
    }
}
//: task cheapest_flights
import java.util.Arrays;
import java.util.List;

/** Finds cheap journeys that do not change planes too often. */
final class Flights {
    /** A flight from one airport to another; airports are numbered from 0. */
    record Flight(int from, int to, int price) {}

    private static final int UNREACHED = Integer.MAX_VALUE;

    private Flights() {}

    /**
     * The lowest price of a journey that consists of at most {@code limit} flights, or -1 when
     * there is none. Round after round, {@code best} holds the prices with one flight more.
     */
    static int cheapest(int airports, List<Flight> flights, int start, int goal, int limit) {
        int[] best = new int[airports];
        Arrays.fill(best, UNREACHED);
        best[start] = 0;
        for (int round = 0; round < limit; round++) {
«            int[] next = best.clone();
»            for (Flight flight : flights) {
                if (best[flight.from()] != UNREACHED) {
                    int price = best[flight.from()] + flight.price();
                    next[flight.to()] = Math.min(next[flight.to()], price);
                }
            }
            best = next;
        }
        return best[goal] == UNREACHED ? -1 : best[goal];
    }
}
//: mutant
            int[] next = best;
//: mutant
            int[] next = new int[airports];
//: mutant
            int[] next = new int[airports]; Arrays.fill(next, UNREACHED);
//: test
public class Main {
    private static void expect(
            int wanted, int airports, List<Flights.Flight> flights, int goal, int limit) {
        int got = Flights.cheapest(airports, flights, 0, goal, limit);
        if (wanted != got) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    private static Flights.Flight flight(int from, int to, int price) {
        return new Flights.Flight(from, to, price);
    }

    public static void main(String[] args) {
        expect(0, 1, List.of(), 0, 0);
        expect(0, 1, List.of(), 0, 3);
        expect(-1, 2, List.of(), 1, 5);
        List<Flights.Flight> chain =
                List.of(flight(0, 1, 10), flight(1, 2, 10), flight(2, 3, 10), flight(0, 3, 90));
        expect(90, 4, chain, 3, 1);
        expect(90, 4, chain, 3, 2);
        expect(30, 4, chain, 3, 3);
        expect(30, 4, chain, 3, 4);
        expect(-1, 4, chain, 2, 1);
        expect(20, 4, chain, 2, 2);
        expect(0, 4, chain, 0, 2);
        expect(-1, 4, chain, 3, 0);
        List<Flights.Flight> circle =
                List.of(flight(0, 1, 5), flight(1, 0, 1), flight(1, 2, 7), flight(0, 2, 13));
        expect(13, 3, circle, 2, 1);
        expect(12, 3, circle, 2, 2);
        expect(12, 3, circle, 2, 9);
        expect(5, 3, circle, 1, 3);
    }
}
//: task weak_links
import java.util.ArrayList;
import java.util.List;

/** Finds the cables of a network without which a part of it would be cut off. */
final class WeakLinks {
    private final List<List<int[]>> cablesAt = new ArrayList<>();
    private final int[] order;
    private final int[] lowest;
    private final List<Integer> weak = new ArrayList<>();
    private int visited;

    /** Each cable joins two different stations; two stations may be joined by several cables. */
    WeakLinks(int stations, int[][] cables) {
        for (int station = 0; station < stations; station++) {
            cablesAt.add(new ArrayList<>());
        }
        for (int cable = 0; cable < cables.length; cable++) {
            int[] ends = cables[cable];
            cablesAt.get(ends[0]).add(new int[] {ends[1], cable});
            cablesAt.get(ends[1]).add(new int[] {ends[0], cable});
        }
        order = new int[stations];
        lowest = new int[stations];
        for (int station = 0; station < stations; station++) {
            if (order[station] == 0) {
                visit(station, -1);
            }
        }
    }

    /** The numbers of the weak cables in rising order. */
    List<Integer> find() {
        return weak.stream().sorted().toList();
    }

    /**
     * Goes on from a station. {@code order} says when a station was reached, counted from 1, and
     * {@code lowest} the first station in that order to which one gets from here or from further
     * on without going back over the cable that led here.
     */
    private void visit(int station, int cameBy) {
        order[station] = ++visited;
        lowest[station] = order[station];
        for (int[] link : cablesAt.get(station)) {
            int neighbour = link[0];
            int cable = link[1];
            if (cable == cameBy) {
                continue;
            }
            if (order[neighbour] == 0) {
                visit(neighbour, cable);
                lowest[station] = Math.min(lowest[station], lowest[neighbour]);
                if («lowest[neighbour] > order[station]») {
                    weak.add(cable);
                }
            } else {
                lowest[station] = Math.min(lowest[station], order[neighbour]);
            }
        }
    }
}
//: mutant
lowest[neighbour] >= order[station]
//: mutant
order[neighbour] > order[station]
//: mutant
lowest[neighbour] > order[neighbour]
//: mutant
lowest[neighbour] > lowest[station] + 1
//: mutant
lowest[station] == order[station]
//: mutant
lowest[neighbour] < order[station]
//: test
public class Main {
    private static void expect(List<Integer> wanted, int stations, int[]... cables) {
        List<Integer> got = new WeakLinks(stations, cables).find();
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    private static int[] cable(int one, int other) {
        return new int[] {one, other};
    }

    public static void main(String[] args) {
        expect(List.of(), 0);
        expect(List.of(), 3);
        expect(List.of(0), 2, cable(0, 1));
        expect(List.of(), 2, cable(0, 1), cable(1, 0));
        expect(List.of(0, 1), 3, cable(0, 1), cable(1, 2));
        expect(List.of(0, 1), 3, cable(1, 0), cable(2, 0));
        expect(List.of(), 3, cable(0, 1), cable(1, 2), cable(2, 0));
        expect(List.of(3), 4, cable(0, 1), cable(1, 2), cable(2, 0), cable(2, 3));
        expect(
                List.of(3),
                6,
                cable(0, 1),
                cable(1, 2),
                cable(2, 0),
                cable(2, 3),
                cable(3, 4),
                cable(4, 5),
                cable(5, 3));
        expect(List.of(1), 5, cable(3, 4), cable(0, 1), cable(4, 3));
        expect(List.of(0, 3), 5, cable(0, 1), cable(1, 2), cable(2, 1), cable(2, 3));
    }
}
//: task edit_distance
/** Measures how far a misspelt word is from a word of the dictionary. */
final class Spelling {
    private Spelling() {}

    /**
     * The least number of letters to insert, to delete or to replace that turns one word into the
     * other. Only one row of the table of distances is kept: before step {@code j} of a round,
     * {@code row[j]} still belongs to the round before, and {@code row[j - 1]} to this one.
     */
    static int distance(String word, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= word.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int above = row[j];
                int cost = word.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
«                row[j] = Math.min(diagonal + cost, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
»            }
        }
        return row[other.length()];
    }
}
//: mutant
                row[j] = Math.min(diagonal + cost, Math.min(above, row[j - 1]) + 1);
                diagonal = row[j];
//: mutant
                row[j] = Math.min(diagonal, Math.min(above, row[j - 1])) + cost;
                diagonal = above;
//: mutant
                row[j] = Math.min(diagonal + cost, above + 1);
                diagonal = above;
//: mutant
                row[j] = Math.min(diagonal + cost, row[j - 1] + 1);
                diagonal = above;
//: mutant
                row[j] = Math.min(above + cost, Math.min(diagonal, row[j - 1]) + 1);
                diagonal = above;
//: mutant
                row[j] = cost == 0 ? diagonal : Math.min(above, row[j - 1]) + 1;
                diagonal = above;
//: test
public class Main {
    private static void expect(int wanted, String word, String other) {
        int there = Spelling.distance(word, other);
        int back = Spelling.distance(other, word);
        if (wanted != there || wanted != back) {
            throw new AssertionError(word + ", " + other + ": " + there + " and " + back);
        }
    }

    public static void main(String[] args) {
        expect(0, "", "");
        expect(3, "", "abc");
        expect(0, "abc", "abc");
        expect(1, "a", "b");
        expect(1, "abc", "abd");
        expect(1, "abc", "bc");
        expect(1, "abc", "abxc");
        expect(2, "ab", "ba");
        expect(2, "garden", "hardens");
        expect(2, "aaaa", "aa");
        expect(4, "kettle", "batter");
        expect(4, "abcd", "wxyz");
        expect(5, "harbour", "arboretum");
        expect(2, "xabc", "abcx");
    }
}
//: task window_peaks
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** Smooths a curve by its highest values. */
final class WindowPeaks {
    private WindowPeaks() {}

    /**
     * The highest value of every {@code width} neighbouring values, in one pass. The indices in
     * {@code candidates} rise, and their values fall: an index is kept only while its value can
     * still be the highest of some window.
     */
    static int[] of(int[] values, int width) {
        int[] peaks = new int[Math.max(0, values.length - width + 1)];
        Deque<Integer> candidates = new ArrayDeque<>();
        for (int i = 0; i < values.length; i++) {
            if (!candidates.isEmpty() && candidates.peekFirst() <= i - width) {
                candidates.removeFirst();
            }
«            while (!candidates.isEmpty() && values[candidates.peekLast()] <= values[i]) {
                candidates.removeLast();
            }
»            candidates.addLast(i);
            if (i >= width - 1) {
                peaks[i - width + 1] = values[candidates.peekFirst()];
            }
        }
        return peaks;
    }

    static String describe(int[] values, int width) {
        return Arrays.toString(of(values, width));
    }
}
//: mutant
            if (!candidates.isEmpty() && values[candidates.peekLast()] <= values[i]) {
                candidates.removeLast();
            }
//: mutant
            while (!candidates.isEmpty() && values[candidates.peekLast()] >= values[i]) {
                candidates.removeLast();
            }
//: mutant
            while (!candidates.isEmpty() && candidates.peekLast() <= values[i]) {
                candidates.removeLast();
            }
//: mutant
            while (!candidates.isEmpty() && values[candidates.peekFirst()] >= values[i]) {
                candidates.removeFirst();
            }
//: mutant
            while (!candidates.isEmpty()) {
                candidates.removeLast();
            }
//: test
public class Main {
    private static void expect(int width, int... values) {
        int windows = Math.max(0, values.length - width + 1);
        int[] wanted = new int[windows];
        for (int start = 0; start < windows; start++) {
            wanted[start] = values[start];
            for (int i = start; i < start + width; i++) {
                wanted[start] = Math.max(wanted[start], values[i]);
            }
        }
        String got = WindowPeaks.describe(values, width);
        if (!Arrays.toString(wanted).equals(got)) {
            throw new AssertionError("wanted " + Arrays.toString(wanted) + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect(1);
        expect(3);
        expect(3, 1, 2);
        expect(1, 5);
        expect(1, 3, -1, 3, 2);
        expect(3, 1, 2, 3, 4, 5, 6);
        expect(3, 6, 5, 4, 3, 2, 1);
        expect(3, 5, 1, 2, 3, 0, 0, 9, 1, 1, 1);
        expect(4, 9, 3, 2, 1, 4, 4, 2, 0, 0, -1, -1);
        expect(2, -5, -3, -4, -4, -9);
        expect(5, 7, 7, 7, 7, 7, 7);
        expect(3, 4, 2, 1, 3, 0, 0, 0);
        expect(4, 100, 50, 20, 60, 10, 5, 0);
    }
}
//: task tree_removal
/** A sorted set of numbers, kept in a search tree: smaller keys to the left, greater ones right. */
final class NumberSet {
    private static final class Node {
        int key;
        Node left;
        Node right;

        Node(int key) {
            this.key = key;
        }
    }

    private Node root;

    void add(int key) {
        root = add(root, key);
    }

    void remove(int key) {
        root = remove(root, key);
    }

    private static Node add(Node node, int key) {
        if (node == null) {
            return new Node(key);
        }
        if (key < node.key) {
            node.left = add(node.left, key);
        } else if (key > node.key) {
            node.right = add(node.right, key);
        }
        return node;
    }

    /** The tree below {@code node} without the key; it is the same when the key is not there. */
    private static Node remove(Node node, int key) {
        if (node == null) {
            return null;
        }
        if (key < node.key) {
            node.left = remove(node.left, key);
        } else if (key > node.key) {
            node.right = remove(node.right, key);
        } else if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        } else {
            Node successor = node.right;
            while (successor.left != null) {
                successor = successor.left;
            }
«            node.key = successor.key;
            node.right = remove(node.right, successor.key);
»        }
        return node;
    }

    /** The keys in rising order, each followed by a blank. */
    @Override
    public String toString() {
        return keys(root);
    }

    private static String keys(Node node) {
        return node == null ? "" : keys(node.left) + node.key + " " + keys(node.right);
    }
}
//: mutant
            node.key = successor.key;
            node.right = remove(node.right, key);
//: mutant
            node.key = successor.key;
            node.right = successor.right;
//: mutant
            node.key = successor.key;
            node.left = remove(node.left, successor.key);
//: mutant
            node.right = remove(node.right, successor.key);
//: mutant
            node.key = successor.key;
            node.right = remove(successor, successor.key);
//: mutant
            successor.left = node.left;
            node = successor;
//: test
public class Main {
    private static void expect(NumberSet set, String wanted) {
        if (!wanted.equals(set.toString())) {
            throw new AssertionError("wanted " + wanted + ", got " + set);
        }
    }

    private static NumberSet set(int... keys) {
        NumberSet set = new NumberSet();
        for (int key : keys) {
            set.add(key);
        }
        return set;
    }

    private static void expectWithout(int key, String wanted, int... keys) {
        NumberSet set = set(keys);
        set.remove(key);
        expect(set, wanted);
        set.remove(key);
        expect(set, wanted);
        set.add(key);
        expect(set, set(keys).toString());
    }

    public static void main(String[] args) {
        NumberSet empty = set();
        empty.remove(4);
        expect(empty, "");
        expectWithout(5, "", 5);
        expectWithout(5, "3 ", 5, 3);
        expectWithout(5, "8 ", 5, 8);
        expectWithout(5, "3 8 ", 5, 3, 8);
        expectWithout(5, "3 6 8 9 ", 5, 3, 8, 6, 9);
        expectWithout(5, "3 6 7 8 9 ", 5, 3, 8, 6, 7, 9);
        expectWithout(5, "-4 3 7 10 20 30 ", 5, 3, -4, 20, 10, 7, 30);
        expectWithout(20, "3 5 7 10 25 30 ", 5, 3, 20, 10, 7, 30, 25);
        NumberSet set = set(50, 25, 75, 10, 30, 60, 90, 55, 65, 57);
        set.remove(50);
        expect(set, "10 25 30 55 57 60 65 75 90 ");
        set.remove(55);
        expect(set, "10 25 30 57 60 65 75 90 ");
        set.remove(25);
        set.remove(57);
        expect(set, "10 30 60 65 75 90 ");
        set.remove(60);
        set.remove(75);
        expect(set, "10 30 65 90 ");
    }
}
//: task heap_sift
import java.util.Arrays;

/** Gives out waiting numbers, the smallest first; they stand in a heap inside an array. */
final class SmallestFirst {
    /** Places from {@code size} on are free and hold 0. */
    private int[] heap = new int[2];
    private int size;

    void add(int number) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        int node = size++;
        while (node > 0 && heap[(node - 1) / 2] > number) {
            heap[node] = heap[(node - 1) / 2];
            node = (node - 1) / 2;
        }
        heap[node] = number;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Takes the smallest number out; the smaller child moves up into each place that is left. */
    int take() {
        int smallest = heap[0];
        int moved = heap[--size];
        heap[size] = 0;
        if (size == 0) {
            return smallest;
        }
        int node = 0;
        while (2 * node + 1 < size) {
            int child = 2 * node + 1;
«            child = child + 1 < size && heap[child + 1] < heap[child] ? child + 1 : child;
»            if (heap[child] >= moved) {
                break;
            }
            heap[node] = heap[child];
            node = child;
        }
        heap[node] = moved;
        return smallest;
    }
}
//: mutant
            child = heap[child + 1] < heap[child] ? child + 1 : child;
//: mutant
            child = child + 1 < size && heap[child + 1] > heap[child] ? child + 1 : child;
//: mutant
            child = child + 1 < size && heap[child + 1] < moved ? child + 1 : child;
//: mutant
            child = child + 1 < heap.length && heap[child + 1] <= heap[child] ? child + 1 : child;
//: mutant
            child = child + 1 < size ? child + 1 : child;
//: test
public class Main {
    private static void expect(int wanted, int got) {
        if (wanted != got) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    private static void expectSorted(int... numbers) {
        SmallestFirst waiting = new SmallestFirst();
        for (int number : numbers) {
            waiting.add(number);
        }
        int[] sorted = numbers.clone();
        Arrays.sort(sorted);
        for (int number : sorted) {
            expect(number, waiting.take());
        }
        if (!waiting.isEmpty()) {
            throw new AssertionError("numbers are left");
        }
    }

    public static void main(String[] args) {
        expectSorted();
        expectSorted(4);
        expectSorted(2, 1);
        expectSorted(3, 3, 3);
        expectSorted(5, 4, 3, 2, 1);
        expectSorted(1, 2, 3, 4, 5, 6, 7, 8, 9);
        expectSorted(9, -4, 7, 0, 7, 12, -4, 3, 8, 1, 2);
        int[] many = new int[500];
        int state = 17;
        for (int i = 0; i < many.length; i++) {
            state = state * 1103515245 + 12345;
            many[i] = (state >>> 16) % 200 - 100;
        }
        expectSorted(many);
        SmallestFirst waiting = new SmallestFirst();
        waiting.add(6);
        waiting.add(2);
        waiting.add(4);
        expect(2, waiting.take());
        waiting.add(5);
        waiting.add(1);
        expect(1, waiting.take());
        expect(4, waiting.take());
        waiting.add(9);
        expect(5, waiting.take());
        expect(6, waiting.take());
        expect(9, waiting.take());
    }
}
//: task pattern_search
import java.util.ArrayList;
import java.util.List;

/** Finds a pattern in a text without ever going back in the text. */
final class PatternSearch {
    private final String pattern;
    /** For every part at the start of the pattern: how much of its start is also its end. */
    private final int[] overlap;

    PatternSearch(String pattern) {
        if (pattern.isEmpty()) {
            throw new IllegalArgumentException("the pattern must not be empty");
        }
        this.pattern = pattern;
        overlap = new int[pattern.length()];
        for (int i = 1; i < pattern.length(); i++) {
            overlap[i] = extend(overlap[i - 1], pattern.charAt(i));
        }
    }

    /**
     * How much of the start of the pattern is matched after one more character, when
     * {@code matched} characters were before and these are not yet the whole pattern.
     */
    private int extend(int matched, char next) {
«        while (matched > 0 && pattern.charAt(matched) != next) {
            matched = overlap[matched - 1];
        }
»        return pattern.charAt(matched) == next ? matched + 1 : matched;
    }

    /** The places at which the pattern begins in the text; occurrences may overlap. */
    List<Integer> findAll(String text) {
        List<Integer> places = new ArrayList<>();
        int matched = 0;
        for (int i = 0; i < text.length(); i++) {
            matched = extend(matched, text.charAt(i));
            if (matched == pattern.length()) {
                places.add(i + 1 - matched);
                matched = overlap[matched - 1];
            }
        }
        return places;
    }
}
//: mutant
        while (matched > 0 && pattern.charAt(matched) != next) {
            matched = 0;
        }
//: mutant
        while (matched > 0 && pattern.charAt(matched) != next) {
            matched--;
        }
//: mutant
        if (matched > 0 && pattern.charAt(matched) != next) {
            matched = overlap[matched - 1];
        }
//: mutant
        while (matched > 0 && pattern.charAt(matched) != next) {
            matched = overlap[matched - 1] / 2;
        }
//: mutant
        while (matched > 1 && pattern.charAt(matched) != next) {
            matched = overlap[matched - 1];
        }
//: mutant
        while (matched > 0 && pattern.charAt(matched) != next) {
            matched = overlap[matched] - 1;
        }
//: test
public class Main {
    private static void expect(String pattern, String text) {
        List<Integer> wanted = new ArrayList<>();
        for (int i = text.indexOf(pattern); i >= 0; i = text.indexOf(pattern, i + 1)) {
            wanted.add(i);
        }
        List<Integer> got = new PatternSearch(pattern).findAll(text);
        if (!wanted.equals(got)) {
            throw new AssertionError(pattern + " in " + text + ": " + got);
        }
    }

    public static void main(String[] args) {
        expect("a", "");
        expect("a", "a");
        expect("ab", "a");
        expect("aa", "aaaa");
        expect("aab", "aaab");
        expect("abab", "abacababab");
        expect("aabaaa", "aabaabaaabaaa");
        expect("abcabd", "abcabcabdabcabd");
        expect("abac", "ababacabac");
        expect("aaab", "aaaaabaaab");
        expect("banana", "bananabananana");
        StringBuilder text = new StringBuilder();
        int state = 5;
        for (int i = 0; i < 4000; i++) {
            state = state * 1103515245 + 12345;
            text.append((state >>> 20) % 2 == 0 ? 'a' : 'b');
        }
        for (int bits = 0; bits < 128; bits++) {
            StringBuilder pattern = new StringBuilder();
            for (int bit = 0; bit < 7; bit++) {
                pattern.append((bits >> bit) % 2 == 0 ? 'a' : 'b');
            }
            expect(pattern.toString(), text.toString());
        }
    }
}
//: task room_booking
import java.util.Map;
import java.util.TreeMap;

/** The bookings of a room; no two of them overlap. */
final class RoomBooking {
    /** The end of every booking, by its start; the end itself is free again. */
    private final TreeMap<Integer, Integer> endByStart = new TreeMap<>();

    /**
     * Books the room from {@code start} until just before {@code end} and returns true, or returns
     * false when a booking is in the way. Of all bookings that begin before the new one ends, only
     * the last can be.
     */
    boolean book(int start, int end) {
        if (start >= end) {
            throw new IllegalArgumentException("a booking ends after it starts");
        }
«        Map.Entry<Integer, Integer> nearest = endByStart.lowerEntry(end);
»        if (nearest != null && nearest.getValue() > start) {
            return false;
        }
        endByStart.put(start, end);
        return true;
    }
}
//: mutant
        Map.Entry<Integer, Integer> nearest = endByStart.floorEntry(end);
//: mutant
        Map.Entry<Integer, Integer> nearest = endByStart.floorEntry(start);
//: mutant
        Map.Entry<Integer, Integer> nearest = endByStart.lowerEntry(start);
//: mutant
        Map.Entry<Integer, Integer> nearest = endByStart.higherEntry(start);
//: mutant
        Map.Entry<Integer, Integer> nearest = endByStart.lastEntry();
//: mutant
        Map.Entry<Integer, Integer> nearest = endByStart.lowerEntry(end - 1);
//: test
public class Main {
    private static void expect(boolean wanted, RoomBooking room, int start, int end) {
        if (room.book(start, end) != wanted) {
            throw new AssertionError(start + " to " + end + ": wanted " + wanted);
        }
    }

    public static void main(String[] args) {
        RoomBooking room = new RoomBooking();
        expect(true, room, 10, 20);
        expect(false, room, 10, 20);
        expect(false, room, 15, 16);
        expect(false, room, 5, 11);
        expect(false, room, 19, 30);
        expect(false, room, 5, 30);
        expect(false, room, 9, 20);
        expect(false, room, 10, 21);
        expect(true, room, 20, 30);
        expect(true, room, 5, 10);
        expect(true, room, 40, 50);
        expect(true, room, 30, 40);
        expect(false, room, 29, 30);
        expect(false, room, 4, 6);
        expect(true, room, -5, 5);
        expect(false, room, -9, 60);
        expect(true, room, 60, 61);
        expect(true, room, 50, 60);
        expect(false, room, 60, 62);
        expect(false, room, 59, 61);
        try {
            room.book(70, 70);
        } catch (IllegalArgumentException refused) {
            return;
        }
        throw new AssertionError("an empty booking was taken");
    }
}
//: task day_number
/** Counts days in the Gregorian calendar, so that dates can be subtracted from each other. */
final class DayNumber {
    /** The days from the first of March of the year 0 to the first of January 1970. */
    private static final long EPOCH = 719468;

    private DayNumber() {}

    /**
     * The days from 1970-01-01 to a date, negative before it. Years are counted here from March,
     * so that the leap day is the last day of the year that it belongs to.
     */
    static long of(int year, int month, int day) {
«        long marchYear = month > 2 ? year : year - 1;
»        int monthsSinceMarch = (month + 9) % 12;
        int daysSinceMarch = (153 * monthsSinceMarch + 2) / 5 + day - 1;
        long leapDays =
                Math.floorDiv(marchYear, 4L)
                        - Math.floorDiv(marchYear, 100L)
                        + Math.floorDiv(marchYear, 400L);
        return 365 * marchYear + leapDays + daysSinceMarch - EPOCH;
    }
}
//: mutant
        long marchYear = year;
//: mutant
        long marchYear = month >= 2 ? year : year - 1;
//: mutant
        long marchYear = month > 3 ? year : year - 1;
//: mutant
        long marchYear = month > 2 ? year + 1 : year;
//: mutant
        long marchYear = month > 2 ? year - 1 : year;
//: test
public class Main {
    private static void expect(int year, int month, int day) {
        long wanted = java.time.LocalDate.of(year, month, day).toEpochDay();
        long got = DayNumber.of(year, month, day);
        if (wanted != got) {
            String date = year + "-" + month + "-" + day;
            throw new AssertionError(date + ": wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect(1970, 1, 1);
        expect(1969, 12, 31);
        expect(2000, 2, 29);
        expect(2000, 3, 1);
        expect(1900, 2, 28);
        expect(1900, 3, 1);
        expect(2024, 12, 31);
        expect(0, 2, 29);
        expect(-1, 3, 1);
        expect(-400, 1, 1);
        for (int year = 1890; year <= 2110; year += 5) {
            for (int month = 1; month <= 12; month++) {
                expect(year, month, 1);
                expect(year, month, 28);
            }
        }
    }
}
//: task luggage_value
/** Chooses what to take along when not everything fits. */
final class Luggage {
    private Luggage() {}

    /**
     * The greatest value of things that weigh at most {@code capacity} together; each thing can be
     * taken once. After each thing, {@code best[room]} is the greatest value that fits into
     * {@code room} with the things so far. Weights and values are positive.
     */
    static int bestValue(int[] weights, int[] values, int capacity) {
        int[] best = new int[capacity + 1];
        for (int thing = 0; thing < weights.length; thing++) {
            int weight = weights[thing];
«            for (int room = capacity; room >= weight; room--) {
»                best[room] = Math.max(best[room], best[room - weight] + values[thing]);
            }
        }
        return best[capacity];
    }
}
//: mutant
            for (int room = weight; room <= capacity; room++) {
//: mutant
            for (int room = capacity; room > weight; room--) {
//: mutant
            for (int room = capacity; room >= 0; room--) {
//: mutant
            for (int room = capacity - 1; room >= weight; room--) {
//: mutant
            for (int room = capacity; room >= weight; room -= weight) {
//: test
public class Main {
    private static void expect(int[] weights, int[] values, int capacity) {
        int wanted = 0;
        for (int chosen = 0; chosen < 1 << weights.length; chosen++) {
            int weight = 0;
            int value = 0;
            for (int thing = 0; thing < weights.length; thing++) {
                if ((chosen >> thing) % 2 == 1) {
                    weight += weights[thing];
                    value += values[thing];
                }
            }
            if (weight <= capacity) {
                wanted = Math.max(wanted, value);
            }
        }
        int got = Luggage.bestValue(weights, values, capacity);
        if (wanted != got) {
            throw new AssertionError("wanted " + wanted + ", got " + got);
        }
    }

    public static void main(String[] args) {
        expect(new int[] {}, new int[] {}, 0);
        expect(new int[] {}, new int[] {}, 9);
        expect(new int[] {4}, new int[] {7}, 4);
        expect(new int[] {4}, new int[] {7}, 3);
        expect(new int[] {4}, new int[] {7}, 12);
        expect(new int[] {1, 1, 1}, new int[] {2, 2, 2}, 2);
        for (int capacity = 0; capacity <= 20; capacity++) {
            expect(new int[] {3, 4, 5, 2, 6}, new int[] {4, 5, 7, 3, 8}, capacity);
            expect(new int[] {5, 5, 9, 1}, new int[] {10, 40, 45, 2}, capacity);
        }
    }
}
//: task ticket_lottery
/** Draws the winner of a lottery in which people hold different numbers of tickets. */
final class Lottery {
    /** A Fenwick tree, counted from 1: a node holds the tickets of the people up to its own. */
    private final long[] tree;
    private final int people;

    Lottery(int people) {
        this.people = people;
        this.tree = new long[people + 1];
    }

    /** Gives a person, counted from 0, some more tickets. */
    void giveTickets(int person, long tickets) {
        for (int node = person + 1; node <= people; node += node & -node) {
            tree[node] += tickets;
        }
    }

    /**
     * The person who holds a ticket. The tickets are numbered from 0 in the order of the people:
     * when the first person has two, the second none and the third one, then 0 and 1 belong to
     * person 0 and 2 belongs to person 2.
     */
    int holderOf(long ticket) {
        int passed = 0;
        long rest = ticket;
        for (int step = Integer.highestOneBit(people); step > 0; step /= 2) {
            int node = passed + step;
            if (node <= people && «tree[node] <= rest») {
                passed = node;
                rest -= tree[node];
            }
        }
        return passed;
    }
}
//: mutant
tree[node] < rest
//: mutant
tree[node] <= ticket
//: mutant
tree[node] > rest
//: mutant
tree[step] <= rest
//: mutant
tree[passed] <= rest
//: test
public class Main {
    private static void expect(long... tickets) {
        Lottery lottery = new Lottery(tickets.length);
        for (int person = tickets.length - 1; person >= 0; person--) {
            lottery.giveTickets(person, tickets[person]);
        }
        long ticket = 0;
        for (int person = 0; person < tickets.length; person++) {
            for (long i = 0; i < tickets[person]; i++) {
                int got = lottery.holderOf(ticket);
                if (got != person) {
                    throw new AssertionError(ticket + ": wanted " + person + ", got " + got);
                }
                ticket++;
            }
        }
    }

    public static void main(String[] args) {
        expect(1);
        expect(3);
        expect(1, 1);
        expect(0, 2);
        expect(2, 0, 1);
        expect(0, 0, 0, 5);
        expect(1, 2, 3, 4, 5);
        expect(5, 0, 0, 1, 0, 2, 7);
        expect(0, 1, 0, 1, 0, 1, 0, 1, 3, 0, 2);
        expect(4, 4, 4, 4, 4, 4, 4, 4);
    }
}
//: task next_arrangement
import java.util.Arrays;

/** Goes through all different orders of the letters of a word, from the first to the last. */
final class Arrangements {
    private Arrangements() {}

    /**
     * Changes the letters to the next greater order in the alphabet; letters may occur several
     * times. When there is no greater one, it leaves them as they are and returns false.
     */
    static boolean next(char[] letters) {
        int pivot = letters.length - 2;
        while (pivot >= 0 && letters[pivot] >= letters[pivot + 1]) {
            pivot--;
        }
        if (pivot < 0) {
            return false;
        }
        int partner = letters.length - 1;
        while («letters[partner] <= letters[pivot]») {
            partner--;
        }
        swap(letters, pivot, partner);
        int left = pivot + 1;
        int right = letters.length - 1;
        while (left < right) {
            swap(letters, left++, right--);
        }
        return true;
    }

    private static void swap(char[] letters, int one, int other) {
        char letter = letters[one];
        letters[one] = letters[other];
        letters[other] = letter;
    }

    /** All orders, from the alphabetical one on, with a blank after each. */
    static String all(String word) {
        char[] letters = word.toCharArray();
        Arrays.sort(letters);
        StringBuilder orders = new StringBuilder();
        do {
            orders.append(letters).append(' ');
        } while (next(letters));
        return orders.toString();
    }
}
//: mutant
letters[partner] < letters[pivot]
//: mutant
letters[partner] > letters[pivot]
//: mutant
letters[partner] >= letters[pivot + 1]
//: mutant
letters[partner] <= letters[pivot + 1] && partner > pivot + 1
//: mutant
partner > pivot + 1
//: test
public class Main {
    /** One step is enough to judge most answers, and a wrong one could go round in circles. */
    private static void expectNext(String word, String wanted) {
        char[] letters = word.toCharArray();
        boolean more = Arrangements.next(letters);
        String got = more ? new String(letters) : "none";
        if (!wanted.equals(got)) {
            throw new AssertionError(word + ": wanted " + wanted + ", got " + got);
        }
        if (!more && !word.equals(new String(letters))) {
            throw new AssertionError(word + " was changed");
        }
    }

    public static void main(String[] args) {
        expectNext("", "none");
        expectNext("a", "none");
        expectNext("aa", "none");
        expectNext("ba", "none");
        expectNext("ab", "ba");
        expectNext("aab", "aba");
        expectNext("aba", "baa");
        expectNext("baa", "none");
        expectNext("abb", "bab");
        expectNext("acb", "bac");
        expectNext("abdc", "acbd");
        expectNext("adcb", "bacd");
        expectNext("acca", "caac");
        expectNext("bdcba", "cabbd");
        expectNext("bdcbba", "cabbbd");
        expectNext("abcdef", "abcdfe");
        expectNext("afedcb", "bacdef");
        if (!Arrangements.all("cab").equals("abc acb bac bca cab cba ")) {
            throw new AssertionError("orders of cab: " + Arrangements.all("cab"));
        }
        if (!Arrangements.all("abab").equals("aabb abab abba baab baba bbaa ")) {
            throw new AssertionError("orders of abab: " + Arrangements.all("abab"));
        }
    }
}
